//! What a program file says of itself: for which processor it was built, and its version.
//!
//! Format of the header: "PE Format" (<https://learn.microsoft.com/windows/win32/debug/pe-format>).

#[cfg(target_os = "windows")]
#[path = "program/windows.rs"]
mod sys;

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) enum Architecture {
    X86,
    X64,
    Arm64,
    #[default]
    Unknown,
}

impl Architecture {
    pub fn id(self) -> &'static str {
        match self {
            Self::X86 => "x86",
            Self::X64 => "x64",
            Self::Arm64 => "arm64",
            Self::Unknown => "",
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Program {
    /// Its real name: installers also note shortened ones (`C:\PROGRA~1\…`).
    pub path: PathBuf,
    pub architecture: Architecture,
    /// Of the version resource: four numbers.
    pub version: Option<String>,
}

pub(super) fn look(path: &Path) -> Option<Program> {
    let mut file = File::open(path).ok()?;
    let path = real(path);
    let architecture = architecture(&mut file).unwrap_or_default();
    Some(Program { architecture, version: version(&path), path })
}

/// Whether something has this name, also a link that only the system itself can follow, as those of Store programs.
pub(super) fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// The full name without links and shortened parts, in the form that people know.
fn real(path: &Path) -> PathBuf {
    let Ok(real) = fs::canonicalize(path) else { return path.to_path_buf() };
    match real.to_str().and_then(|real| real.strip_prefix(r"\\?\")) {
        Some(plain) if !plain.starts_with("UNC") => plain.into(),
        Some(_) => path.to_path_buf(),
        None => real,
    }
}

fn architecture(file: &mut (impl Read + Seek)) -> io::Result<Architecture> {
    /// Where the DOS header holds the place of the PE header.
    const PLACE: u64 = 0x3C;
    let mut magic = [0; 2];
    file.read_exact(&mut magic)?;
    let mut place = [0; 4];
    file.seek(SeekFrom::Start(PLACE))?;
    file.read_exact(&mut place)?;
    let mut header = [0; 6];
    file.seek(SeekFrom::Start(u32::from_le_bytes(place).into()))?;
    file.read_exact(&mut header)?;
    Ok(match (&magic, &header) {
        (b"MZ", [b'P', b'E', 0, 0, 0x4C, 0x01]) => Architecture::X86,
        (b"MZ", [b'P', b'E', 0, 0, 0x64, 0x86]) => Architecture::X64,
        (b"MZ", [b'P', b'E', 0, 0, 0x64, 0xAA]) => Architecture::Arm64,
        _ => Architecture::Unknown,
    })
}

#[cfg(target_os = "windows")]
use sys::version;

/// Only Windows itself reads version resources.
#[cfg(not(target_os = "windows"))]
fn version(_path: &Path) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn built_for(machine: [u8; 2]) -> Vec<u8> {
        let mut bytes = vec![0; 0x80];
        bytes[..2].copy_from_slice(b"MZ");
        bytes[0x3C] = 0x80;
        bytes.extend(b"PE\0\0");
        bytes.extend(machine);
        bytes
    }

    #[test]
    fn the_machine_word_tells_the_architecture() {
        let read = |bytes: Vec<u8>| architecture(&mut Cursor::new(bytes)).ok();
        assert_eq!(read(built_for([0x4C, 0x01])), Some(Architecture::X86));
        assert_eq!(read(built_for([0x64, 0x86])), Some(Architecture::X64));
        assert_eq!(read(built_for([0x64, 0xAA])), Some(Architecture::Arm64));
        assert_eq!(read(built_for([0xFF, 0xFF])), Some(Architecture::Unknown));
    }

    #[test]
    fn a_file_that_is_no_program_is_there_but_unknown() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("OUTLOOK.EXE");
        assert_eq!(look(&path), None);
        for content in [&b""[..], b"M", b"MZ", &[0xFF; 0x40]] {
            fs::write(&path, content).expect("written");
            let program = look(&path).expect("it is there");
            assert_eq!((program.architecture, program.version), (Architecture::Unknown, None));
        }
        fs::write(&path, built_for([0x64, 0x86])).expect("written");
        assert_eq!(look(&path).expect("it is there").architecture, Architecture::X64);
    }

    #[cfg(unix)]
    #[test]
    fn a_program_has_one_real_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("OUTLOOK.EXE");
        fs::write(&path, built_for([0x64, 0x86])).expect("written");
        let link = folder.path().join("OUTLOO~1.EXE");
        std::os::unix::fs::symlink(&path, &link).expect("a link");
        assert_eq!(look(&link), look(&path));
        std::os::unix::fs::symlink("nowhere", folder.path().join("olk.exe")).expect("a link");
        assert!(is_there(&folder.path().join("olk.exe")));
    }

    #[cfg(target_os = "windows")]
    #[test]
    fn a_program_of_windows_tells_its_architecture_and_its_version() {
        let system = std::env::var_os("SystemRoot").expect("a folder");
        let program = look(&Path::new(&system).join("system32").join("KERNEL32.DLL")).expect("it is there");
        assert!(matches!(program.architecture, Architecture::X64 | Architecture::Arm64));
        let version = program.version.expect("a version");
        let numbers: Vec<u16> = version.split('.').map(|part| part.parse().expect("a number")).collect();
        assert_eq!(numbers.len(), 4);
        assert_ne!(numbers[0], 0);
        assert!(!program.path.to_string_lossy().starts_with(r"\\?\"), "{}", program.path.display());
    }
}
