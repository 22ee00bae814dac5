//! Names of what lies beside the record of a set-up. Each begins with its kind and the set-up's id.

use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::os::Places;

const BEFORE: &str = "before-";
const MADE: &str = "made-";
const RESERVE: &str = "reserve-";

/// The copy of a file as it was before a set-up.
pub(super) fn copy_before(places: &Places, id: Uuid, file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    places.state.join(format!("{BEFORE}{id}-{name}"))
}

/// The list of what a set-up makes.
pub(super) fn list_of_made(places: &Places, id: Uuid) -> PathBuf {
    places.state.join(format!("{MADE}{id}.json"))
}

/// Name of a file that holds room.
pub(super) fn reserve_name(id: Uuid) -> String {
    format!("{RESERVE}{id}")
}

/// The set-up to which something beside the record belongs.
pub(super) fn set_up_of(name: &str) -> Option<Uuid> {
    let rest = [BEFORE, MADE, RESERVE].iter().find_map(|start| name.strip_prefix(start))?;
    Uuid::try_parse(rest.get(..36)?).ok()
}
