//! The durable record of a set-up: each stage is written down before it is entered, with all that going back needs.
//! It holds no secrets.
//!
//! What always holds:
//! * A record is never written over while it is not done: it is worked off first ([`super::recovery`]). One that cannot be
//!   read is kept, nothing new begins beside it, and only the person's own wish sets it aside, under a name of its own.
//! * After a cut at any write there is the old state or the new one, at the latest after the next start or try.
//! * Going back needs no room that is not reserved ([`super::reserve`]).

use std::fs;
use std::io;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::client::Client;
use super::{Error, beside, files, reserve};
use crate::os::{self, Places};
use crate::problem::ResponseCode;
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
    /// The old profile is being made the default again. With evidence, the person wanted that; without, it did not work.
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
    pub left: Vec<ResponseCode>,
    /// What proved it; once it is done.
    #[serde(default)]
    pub evidence: Option<Evidence>,
    /// Files that hold room for going back.
    #[serde(default)]
    pub reserves: Vec<PathBuf>,
    /// A completed set-up before this one: it can still be undone when this one fails.
    pub previous: Option<Box<Journal>>,
}

/// How the name of a record begins that was set aside.
const ASIDE: &str = "journal.json.unreadable-";

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
        let before = std::mem::replace(&mut self.stage, stage);
        self.write(places).inspect_err(|_| self.stage = before)?;
        tracing::info!(id = %self.id, ?stage, "set-up");
        Ok(())
    }

    fn write(&self, places: &Places) -> Result<(), Error> {
        let path = path(places);
        let failed = |reason: String| Error::WriteFailed { path: path.clone(), reason };
        let bytes = serde_json::to_vec_pretty(self).map_err(|error| failed(error.to_string()))?;
        files::create_private_folder(&places.state).map_err(|error| failed(error.to_string()))?;
        files::replace(&path, &bytes).map_err(|error| failed(error.to_string()))
    }

    /// The record with which a set-up begins, over that of a set-up that is done; any other refuses it. The room for going
    /// back is taken before there is anything to go back from.
    pub fn begin(mut self, places: &Places) -> Result<Self, Error> {
        let mut before = Self::read(places)?;
        if let Some(unfinished) = before.as_ref().filter(|before| before.stage != Stage::Done) {
            let reason = format!("set-up {} is not finished ({:?})", unfinished.id, unfinished.stage);
            return Err(Error::UndoFailed { path: path(places), reason });
        }
        // One set-up before this one can be undone, and no more.
        let forgotten = before.as_mut().and_then(|before| before.previous.take());
        self.previous = before.map(Box::new);
        let no_room = |error: io::Error| Error::WriteFailed { path: places.state.clone(), reason: error.to_string() };
        reserve::take(&self.reserves, &self.client.lists()).map_err(no_room)?;
        if let Err(error) = self.enter(Stage::Close, places) {
            // It may be there all the same. If this fails, too, it is worked off later.
            let _ = self.release();
            let _ = self.close(places);
            return Err(error);
        }
        if let Some(forgotten) = forgotten {
            let _ = forgotten.release();
        }
        Ok(self)
    }

    pub fn release(&self) -> io::Result<()> {
        reserve::release(&self.reserves)
    }

    /// Ends the record: nothing is half done and there is nothing to undo, except an earlier set-up.
    pub fn close(&self, places: &Places) -> Result<(), Error> {
        let path = path(places);
        if let Some(mut previous) = self.previous.clone() {
            previous.enter(previous.stage, places)?;
        } else {
            let failed = |error: io::Error| Error::UndoFailed { path: path.clone(), reason: error.to_string() };
            files::remove(&path).map_err(failed)?;
        }
        clear_up(places);
        Ok(())
    }
}

/// Removes what set-ups kept beside the record that nobody needs any more. What stays harms nothing, and the next start
/// comes by again.
pub(super) fn clear_up(places: &Places) {
    let Ok(record) = Journal::read(places) else { return };
    let needed = |id: Uuid| {
        let mut all = std::iter::successors(record.as_ref(), |record| record.previous.as_deref());
        all.any(|record| record.id == id)
    };
    os::files::remove_leftovers_in(&places.state);
    let entries = || fs::read_dir(&places.state).into_iter().flatten().flatten();
    // Whoever looks into a record that was set aside needs what it speaks of.
    if entries().any(|entry| entry.file_name().as_encoded_bytes().starts_with(ASIDE.as_bytes())) {
        return;
    }
    for entry in entries() {
        let name = entry.file_name();
        if name.to_str().and_then(beside::set_up_of).is_some_and(|id| !needed(id)) {
            let _ = os::files::remove_if_there(&entry.path());
        }
    }
}

/// The person wants to go on although the record cannot be read. It is kept under another name.
pub(super) fn set_aside_unreadable(places: &Places) -> Result<(), Error> {
    if Journal::read(places).is_ok() {
        return Ok(());
    }
    let path = path(places);
    let aside = places.state.join(format!("{ASIDE}{}", Timestamp::now().as_millisecond()));
    let failed = |error: io::Error| Error::UndoFailed { path: path.clone(), reason: error.to_string() };
    fs::rename(&path, &aside).and_then(|()| os::files::sync_folder(&places.state)).map_err(failed)?;
    tracing::warn!(kept = %aside.display(), "a record that cannot be read was set aside");
    Ok(())
}
