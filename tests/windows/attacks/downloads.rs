//! The program file as it is downloaded: what its header says, and what it does not.

use std::fs;

use crate::stage::{Setting, play, program};

/// Of the PE header, "PE Format" (<https://learn.microsoft.com/windows/win32/debug/pe-format>).
struct Header {
    bytes: Vec<u8>,
    /// Where the optional header begins.
    optional: usize,
}

impl Header {
    fn read() -> Self {
        let bytes = fs::read(program()).expect("the program");
        let optional = number::<4>(&bytes, 0x3C) + 0x18;
        assert_eq!(number::<2>(&bytes, optional), 0x20B, "PE32+");
        Self { bytes, optional }
    }

    fn characteristics(&self) -> usize {
        number::<2>(&self.bytes, self.optional + 0x46)
    }

    /// Where a directory lies in the file, and its size.
    fn directory(&self, index: usize) -> (usize, usize) {
        let entry = self.optional + 0x70 + index * 8;
        let (address, size) = (number::<4>(&self.bytes, entry), number::<4>(&self.bytes, entry + 4));
        let sections = self.optional + number::<2>(&self.bytes, self.optional - 4);
        let count = number::<2>(&self.bytes, self.optional - 0x12);
        let place = (0..count).map(|index| sections + index * 40).find_map(|section| {
            let [virtual_size, start, _, raw] = [8, 12, 16, 20].map(|at| number::<4>(&self.bytes, section + at));
            (start..start + virtual_size).contains(&address).then(|| address - start + raw)
        });
        (place.unwrap_or_default(), size)
    }

    fn contains(&self, text: &str) -> bool {
        self.bytes.windows(text.len()).any(|window| window == text.as_bytes())
    }

    fn contains_wide(&self, text: &str) -> bool {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        self.bytes.windows(wide.len()).any(|window| window == wide)
    }
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> usize {
    bytes[at..at + N].iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// M8: libraries planted in the folder of downloads were loaded with the program, before its first instruction.
#[test]
#[ignore = "needs the Windows program: make test-windows"]
fn the_libraries_that_are_loaded_with_the_program_come_from_the_system_only() {
    const LOAD_CONFIGURATION: usize = 10;
    const DEPENDENT_LOAD_FLAGS: usize = 78;
    const LOAD_LIBRARY_SEARCH_SYSTEM32: usize = 0x800;
    let header = Header::read();
    let (place, size) = header.directory(LOAD_CONFIGURATION);
    assert!(place > 0 && size == number::<4>(&header.bytes, place), "a load configuration of {size} bytes");
    assert_eq!(number::<2>(&header.bytes, place + DEPENDENT_LOAD_FLAGS), LOAD_LIBRARY_SEARCH_SYSTEM32);
}

/// M8: addresses are random, in all 64 bits, and data is not run.
#[test]
#[ignore = "needs the Windows program: make test-windows"]
fn the_program_takes_part_in_what_the_system_does_against_overflows() {
    const HIGH_ENTROPY_AND_DYNAMIC_BASE_AND_NX: usize = 0x20 | 0x40 | 0x100;
    let characteristics = Header::read().characteristics();
    let wanted = HIGH_ENTROPY_AND_DYNAMIC_BASE_AND_NX;
    assert_eq!(characteristics & wanted, wanted, "{characteristics:#x}");
}

/// F20 of the review on Windows: who it is from, one version, and nothing of the computer that built it.
#[test]
#[ignore = "needs the Windows program: make test-windows"]
fn the_program_says_who_made_it_and_nothing_of_where() {
    let header = Header::read();
    let version = env!("CARGO_PKG_VERSION");
    assert!(header.contains(&format!("name=\"Mailshift\" version=\"{version}.0\"")));
    assert!(header.contains_wide("CompanyName\0"));
    let home = std::env::var("HOME").expect("a home");
    for folder in [home.as_str(), env!("CARGO_MANIFEST_DIR")] {
        assert!(!header.contains(&format!("{folder}/")), "{folder} is in the program");
    }
}

/// M8: a link is one argument, whatever quotation marks it brings.
#[test]
#[ignore = "needs wine: make test-windows"]
fn nothing_in_a_link_is_an_option() {
    play(Setting::default(), |stage| {
        stage.start_agent()?;
        stage.turn_to_page("code-title")?;
        let class = stage.wine.export(r"HKCU\Software\Classes\mailshift\shell\open\command")?;
        assert!(class.contains(r#"\"C:\\Program Files\\Mailshift\\mailshift.exe\" -- \"%1\""#), "{class}");
        // What Windows makes of the link `mailshift://x" --version "`.
        let said = stage.second_start(&["--", "--version"])?;
        assert!(!said.contains(env!("CARGO_PKG_VERSION")), "{said}");
        Ok(())
    });
}
