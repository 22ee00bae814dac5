//! `mailshift://` links: which program the system starts for them, and what is seen of that start.

use std::io;
use std::path::Path;

#[cfg(target_os = "linux")]
use super::linux::links as imp;
#[cfg(target_os = "windows")]
use super::windows::links as imp;

/// Without the two slashes.
pub(super) const SCHEME: &str = "mailshift";

/// From now on the system starts `program` for `mailshift://` links of this login.
/// Not for a path that cannot stand in the system's records.
pub fn register(program: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "windows"))]
    return imp::register(program);
    // A bundle says it in its Info.plist.
    #[cfg(not(any(target_os = "linux", target_os = "windows")))]
    {
        let _ = program;
        Ok(())
    }
}

/// Takes this process' arguments out of what other logins can list: a link may have brought a code. Elsewhere than on
/// Linux the arguments are no other login's to see.
pub fn conceal_arguments() {
    #[cfg(target_os = "linux")]
    if let Err(error) = imp::conceal_arguments() {
        tracing::info!(kind = %error.kind(), "the arguments stay in the list of processes");
    }
}
