//! What this computer and session give to a set-up: programs, display, environment.

use std::ffi::OsString;
use std::path::PathBuf;

/// The session that mail clients run in. Tests and the demo make their own.
#[derive(Debug, Clone)]
pub struct Host {
    /// A program that calls [`super::nss_child_main`] when its only argument is [`super::NSS_CHILD_ARGUMENT`]: the
    /// agent itself.
    pub helper_exe: PathBuf,
    pub path: OsString,
    pub display: Option<String>,
    /// The whole environment for mail clients that are started; nothing is inherited.
    pub environment: Vec<(OsString, OsString)>,
}

impl Host {
    pub fn of_this_session() -> std::io::Result<Self> {
        Ok(Self {
            helper_exe: std::env::current_exe()?,
            path: std::env::var_os("PATH").unwrap_or_default(),
            display: std::env::var("DISPLAY").ok().filter(|display| !display.is_empty()),
            environment: std::env::vars_os().collect(),
        })
    }
}
