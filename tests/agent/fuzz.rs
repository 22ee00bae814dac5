//! The parsers of foreign bytes, fed with what was found worth keeping and with changes of it. The same targets run for as
//! long as one likes with `make fuzz`.

use std::path::{Path, PathBuf};

use mailshift::fuzz::TARGETS;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fuzz/corpus");
/// Changes of each file of the corpus.
const CHANGES: u64 = 400;
/// Longest input, in bytes.
const LONGEST: usize = 4096;

/// The same numbers in every run (xorshift64, G. Marsaglia, 2003), so that what fails can be looked at.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).expect("a 64-bit system") % end.max(1)
    }
}

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(CORPUS).join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.map(|path| (path.clone(), std::fs::read(path).expect("readable"))).collect()
}

/// Bytes set, cut out, doubled, swapped for parts of another input, or for what parsers trip over.
fn changed(bytes: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    const WORDS: [&[u8]; 12] = [
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\r\n",
        b"[",
        b"]",
        b"=",
        b"\"",
        b"<",
        b"%00",
        b"{",
        "\u{202e}".as_bytes(),
    ];
    let mut bytes = bytes.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len() + 1);
        let end = (at + numbers.below(16)).min(bytes.len());
        match numbers.below(6) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(numbers.below(256)).expect("a byte"),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part.iter().copied().cycle().take(part.len() * numbers.below(40)));
            }
            3 => {
                let from = numbers.below(other.len());
                let part = other.iter().skip(from).take(numbers.below(64)).copied().collect::<Vec<_>>();
                bytes.splice(at..end, part);
            }
            4 => bytes.truncate(at),
            _ => drop(bytes.splice(at..at, WORDS[numbers.below(WORDS.len())].iter().copied())),
        }
        bytes.truncate(LONGEST);
    }
    bytes
}

#[test]
fn no_parser_stumbles_over_what_strangers_send() {
    for target in TARGETS {
        let corpus = corpus(target.name);
        assert!(corpus.len() > 2, "{} has a corpus", target.name);
        let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
        for (path, bytes) in &corpus {
            for change in 0..=CHANGES {
                let other = &corpus[numbers.below(corpus.len())].1;
                let input = if change == 0 { bytes.clone() } else { changed(bytes, other, &mut numbers) };
                let fine = std::panic::catch_unwind(|| (target.run)(&input));
                assert!(fine.is_ok(), "{} on change {change} of {}: {input:?}", target.name, path.display());
            }
        }
    }
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let mut folders: Vec<String> = std::fs::read_dir(CORPUS)
        .expect("the corpus")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    let mut names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    folders.sort();
    names.sort_unstable();
    assert_eq!(folders, names);
}
