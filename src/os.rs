//! What the operating system does for us. The only door to the environment.

use std::path::PathBuf;

/// Folders of this login. Tests and the demo make their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The person's home: mail clients keep their profiles below it.
    pub home: PathBuf,
    /// What the agent remembers: `state.json`, `journal.json`, logs.
    pub state: PathBuf,
    /// Settings an operator may place: `config.json`.
    pub config: PathBuf,
    /// Sockets and locks of this session.
    pub runtime: PathBuf,
}
