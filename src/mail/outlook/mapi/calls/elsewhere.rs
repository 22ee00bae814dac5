//! There is no MAPI outside Windows.

use std::io::Write;

use super::{Job, Stop};

#[allow(clippy::unnecessary_wraps, reason = "as on Windows")]
pub(super) fn run(_job: &Job, _out: &mut dyn Write) -> Result<(), Stop> {
    Err(Stop::Unavailable { reason: "not on Windows".into() })
}
