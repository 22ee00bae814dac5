//! What keeps it so: where operators' doings are read, no other transaction is begun than one with a record.

use std::path::{Path, PathBuf};

const PAGES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/server/dashboard");
const API: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/server/api");
const COMMANDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/server/cli");

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|path| path.is_dir());
    let files = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

/// How many forms the dashboard reads.
pub fn forms() -> usize {
    let texts = sources(Path::new(PAGES)).into_iter().map(|path| std::fs::read_to_string(path).expect("readable"));
    texts.map(|text| text.matches("post(").count()).sum()
}

#[test]
fn pages_operations_and_commands_write_only_with_a_record() {
    let mut read = 0;
    for folder in [PAGES, API, COMMANDS] {
        for path in sources(Path::new(folder)) {
            let text = std::fs::read_to_string(&path).expect("readable");
            for plain in ["db.write()", "pool().begin"] {
                assert!(!text.contains(plain), "{}: use a Deed instead of {plain}", path.display());
            }
            read += 1;
        }
    }
    assert!(read > 60, "{read} files");
}
