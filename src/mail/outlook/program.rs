//! What a program file says of itself.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// What a program was built for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) enum Architecture {
    X86,
    X64,
    Arm64,
    #[default]
    Unknown,
}

/// A program file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Program {
    pub architecture: Architecture,
    /// Of the version resource: four numbers.
    pub version: Option<String>,
}

/// Opens a program file; `None` when there is none.
pub(super) fn look(path: &Path) -> Option<Program> {
    let _ = path;
    None
}
