//! The durable record of a set-up: each stage is written down before it is entered, with all that going back needs.
//! It holds no secrets.

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::client::Client;
use super::{Error, files};
use crate::os::Places;
use crate::problem::Code;
use crate::protocol::Evidence;

/// How far a set-up has come. While a stage is recorded, what belongs to it may be done, half done or not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Stage {
    /// The mail client is asked to close; no file is touched.
    Close,
    /// The new profile's folder is filled.
    Create,
    /// The lists of profiles are replaced.
    Switch,
    /// The new profile is complete and the default; the mail client starts on it and proves it.
    Prove,
    /// It works.
    Done,
    /// The old profile is being made the default again.
    Undo,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Journal {
    pub id: Uuid,
    pub started: Timestamp,
    pub stage: Stage,
    /// The mail client, with all that going back needs.
    pub client: Client,
    pub was_running: bool,
    /// Messages in the new inbox at the agent's own sign-in; none where the agent cannot sign in.
    pub inbox_messages: Option<u32>,
    pub left: Vec<Code>,
    /// What proved it; once it is done.
    #[serde(default)]
    pub evidence: Option<Evidence>,
    /// A completed set-up before this one: it can still be undone when this one fails.
    pub previous: Option<Box<Journal>>,
}

fn path(places: &Places) -> PathBuf {
    places.state.join("journal.json")
}

impl Journal {
    /// Reads the record; `None` when there is none. A record that cannot be read is an error: something may be half done.
    pub fn read(places: &Places) -> Result<Option<Self>, Error> {
        let path = path(places);
        let failed = |reason: String| Error::UndoFailed { path: path.clone(), reason };
        match files::read_if_there(&path).map_err(|error| failed(error.to_string()))? {
            None => Ok(None),
            Some(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| failed(error.to_string())),
        }
    }

    /// Records that a stage is entered; durable when this returns.
    pub fn enter(&mut self, stage: Stage, places: &Places) -> Result<(), Error> {
        self.stage = stage;
        let path = path(places);
        let failed = |reason: String| Error::WriteFailed { path: path.clone(), reason };
        let bytes = serde_json::to_vec_pretty(self).map_err(|error| failed(error.to_string()))?;
        files::create_private_folder(&places.state).map_err(|error| failed(error.to_string()))?;
        files::replace(&path, &bytes).map_err(|error| failed(error.to_string()))?;
        tracing::info!(id = %self.id, ?stage, "set-up");
        Ok(())
    }

    /// Ends the record: nothing is half done and there is nothing to undo, except an earlier set-up.
    pub fn close(&self, places: &Places) -> Result<(), Error> {
        let path = path(places);
        let failed = |error: std::io::Error| Error::UndoFailed { path: path.clone(), reason: error.to_string() };
        if let Some(mut previous) = self.previous.clone() {
            previous.enter(previous.stage, places)?;
        } else {
            fs::remove_file(&path).map_err(failed)?;
            crate::os::files::sync_folder(&places.state).map_err(failed)?;
        }
        let ours = format!("before-{}-", self.id);
        for entry in fs::read_dir(&places.state).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(&ours) {
                // A copy that stays harms nothing.
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
    }
}
