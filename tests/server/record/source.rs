//! What keeps it so: the three faces name no SQL, no role and no transaction. They call the rooms, whose operations each have
//! their entry on record.

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

/// What belongs to the room of the thing that is changed: its SQL, its transaction, the role that may, its entry on record.
const OF_THE_ROOMS: [&str; 9] = [
    "sqlx::query",
    "use sqlx",
    "db.write()",
    "pool().begin",
    "operation::Operation",
    ".record(",
    ".may(",
    "Role::Operator",
    "Role::Administrator",
];

#[test]
fn dashboard_api_and_command_line_only_call() {
    let mut read = 0;
    for folder in [PAGES, API, COMMANDS] {
        let root = PathBuf::from(format!("{folder}.rs"));
        for path in sources(Path::new(folder)).into_iter().chain([root]) {
            let text = std::fs::read_to_string(&path).expect("readable");
            for word in OF_THE_ROOMS {
                assert!(!text.contains(word), "{}: {word} belongs beside the thing that is changed", path.display());
            }
            read += 1;
        }
    }
    assert!(read > 60, "{read} files");
}
