//! Which program file is started as the child, and from where.
//!
//! The child loads what others have installed, and Windows looks for libraries in a program's own folder first. So it is
//! started only from a folder in which nobody else could put one: that of an installation by administrators, or one of
//! this login's own, to which it is copied. Never from a folder of downloads.

use std::path::{Path, PathBuf};
use std::{fs, io};

use sha2::{Digest, Sha256};

use crate::mail::Error;
use crate::os::{files, guard};

const COPY: &str = "mailshift-mapi.exe";

/// SHA-256 of the helper for the other bitness, in hexadecimal digits, when this program was built together with one.
const HELPER_SHA256: Option<&str> = option_env!("MAILSHIFT_MAPI_X86_SHA256");

pub(in crate::mail::outlook) fn is_usable(helper: &Path) -> bool {
    guard::is_well_placed(helper) || fs::read(helper).is_ok_and(|bytes| is_ours(helper) || is_known(&bytes))
}

/// This very program: while it runs, its file cannot be replaced by another.
fn is_ours(helper: &Path) -> bool {
    std::env::current_exe().is_ok_and(|program| program == helper)
}

fn is_known(bytes: &[u8]) -> bool {
    let digits = || Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    HELPER_SHA256.is_some_and(|known| known.eq_ignore_ascii_case(&digits()))
}

pub(super) fn place(helper: &Path) -> Result<PathBuf, Error> {
    place_in(&guard::own_programs(), helper, guard::is_well_placed)
}

fn place_in(own: &Path, helper: &Path, is_well_placed: impl Fn(&Path) -> bool) -> Result<PathBuf, Error> {
    if is_well_placed(helper) {
        return Ok(helper.to_owned());
    }
    let missing = || Error::HelperMissing { helper: helper.display().to_string() };
    let bytes = fs::read(helper).map_err(|_| missing())?;
    let place = match helper.file_name() {
        _ if is_ours(helper) => own.join(COPY),
        Some(name) if is_known(&bytes) => own.join(name),
        _ => return Err(missing()),
    };
    let copied = || -> io::Result<()> {
        if fs::read(&place).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        files::private_folder(own)?;
        files::atomic_write(&place, &bytes, files::PRIVATE)
    };
    let failed = |error| Error::MapiUnavailable { reason: format!("{}: {error}", place.display()) };
    copied().map_err(failed).map(|()| place.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_from_a_folder_of_downloads_is_copied_and_another_one_is_never_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let own = folder.path().join("own");
        let ours = std::env::current_exe().expect("this program");
        let place = place_in(&own, &ours, |_| false).expect("copied");
        assert_eq!(place, own.join(COPY));
        let same = || fs::read(&place).expect("there") == fs::read(&ours).expect("there");
        assert!(same());
        fs::write(&place, "something else").expect("written");
        place_in(&own, &ours, |_| false).expect("copied again");
        assert!(same(), "what lies there is looked at each time");

        let strange = folder.path().join("mailshift-mapi-x86.exe");
        fs::write(&strange, "a helper that nobody knows").expect("written");
        assert!(matches!(place_in(&own, &strange, |_| false), Err(Error::HelperMissing { .. })));
        assert_eq!(place_in(&own, &strange, |_| true).expect("as it is"), strange, "administrators put it there");
        assert_eq!(fs::read_dir(&own).expect("a folder").count(), 1);
    }
}
