//! What keeps it so: views borrow what is known, and own no copy of it that could grow old.

use std::path::{Path, PathBuf};

const AGENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/agent");
/// Types of what the agent knows. Who was signed in before (`MaskedUser`) is known to nobody else, and may be kept.
const KNOWN: [&str; 17] = [
    "Account",
    "Activation",
    "Agreed",
    "Article",
    "Directive",
    "Facts",
    "Helpdesk",
    "InstalledClient",
    "Inventory",
    "Outcome",
    "PasswordPolicy",
    "PasswordRules",
    "Project",
    "ProjectName",
    "Server",
    "State",
    "User",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|path| path.is_dir());
    let files = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

/// The fields and variants of each type in a file, without comments.
fn types(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let begins = |line: &str| {
        let line = line.trim_start_matches("pub(super) ").trim_start_matches("pub(crate) ").trim_start_matches("pub ");
        (line.starts_with("struct ") || line.starts_with("enum ")) && line.ends_with('{')
    };
    let whole = |start: usize| lines[start + 1..].iter().take_while(|line| **line != "}").copied().collect::<Vec<_>>();
    (0..lines.len()).filter(|start| begins(lines[*start])).map(|start| whole(start).join("\n")).collect()
}

/// The names of types that a part of the source mentions: those after a `:`, in brackets, or as a part of another.
fn mentions(part: &str, name: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    part.match_indices(name).any(|(at, _)| {
        let before = part[..at].chars().next_back();
        let after = part[at + name.len()..].chars().next();
        // At the beginning of a line it is the name of a variant.
        before.is_some_and(|c| matches!(c, ' ' | '(' | '<' | '&' | ':' | '['))
            && !part[..at].ends_with("    ")
            && !after.is_some_and(is_name)
    })
}

#[test]
fn views_own_no_copied_facts() {
    let (mut views, mut owned) = (0, Vec::new());
    for path in sources(Path::new(AGENT)) {
        let text = std::fs::read_to_string(&path).expect("readable");
        let shows = text.contains("fn view<") || text.contains("mod view;");
        views += usize::from(shows);
        for part in types(&text).iter().filter(|_| shows) {
            for name in KNOWN.iter().filter(|name| mentions(part, name)) {
                owned.push(format!("{}: {name}", path.display()));
            }
        }
        let is_home = path.ends_with("agent/facts.rs");
        assert!(is_home || !text.contains("struct Facts"), "{}: there is one kind of facts", path.display());
    }
    assert!(owned.is_empty(), "let `view` borrow it from `Facts`:\n{}", owned.join("\n"));
    assert!(views > 10, "{views} views");
}
