//! What the agent remembers: one file, replaced as a whole, without secrets.

use std::path::{Path, PathBuf};
use std::{fs, io};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::agreed::Agreed;
use crate::mail::Outcome;
use crate::os::{Places, files};
use crate::problem::ResponseCode;
use crate::protocol::{Action, Directive, Event, MaskedUser, ProjectName, Rehearsal};

/// The shape of [`State`] on disk. Raised only when an older agent would misread the file.
const VERSION: u32 = 1;

/// Everything a killed agent needs to go on where it was. Passwords, codes and tokens live in the keyring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// Shape of the file on disk.
    pub version: u32,
    pub stage: Stage,
    /// Address of the Mailshift server.
    pub server: Option<String>,
    /// `server` was named by the command line or by an administrator: a link does not change it.
    pub server_was_placed: bool,
    /// Another server that was configured, and that the person has said no to.
    pub declined_server: Option<String>,
    /// The database that issued the token; none: an older server.
    pub instance: Option<Uuid>,
    /// The server says that it does not know this computer.
    pub unknown: Option<Unknown>,
    /// A code was entered here once: what fills in codes for new installations leaves this one alone.
    pub was_activated: bool,
    pub device_id: Option<Uuid>,
    /// Whose this login is: for whom the code was, and from then on who the server says it is.
    pub user: Option<MaskedUser>,
    pub project: Option<ProjectName>,
    /// Bound with a project's code, which says nothing of the person: they may also say that they are somebody else.
    pub by_project: bool,
    /// What the server wanted last.
    pub directive: Option<Directive>,
    /// The last order that was acted on: each is acted on once.
    pub acted_on: u64,
    /// The history of the server that this agent knows; 0: none yet.
    pub epoch: u64,
    /// Another one, which is being told where this agent stands.
    pub restating: Option<u64>,
    /// The mail servers that the organisation named at first, or that the person has agreed to since.
    pub agreed: Option<Agreed>,
    /// The order that the open wizard goes by.
    pub begun: Option<Directive>,
    /// "Later" was chosen: the wizard comes back by itself then.
    pub postponed_until: Option<Timestamp>,
    /// The set-up that works, for the last page.
    pub outcome: Option<Outcome>,
    /// The profile to go back to, as people know it.
    pub old_profile: Option<String>,
    /// When that set-up was proven to work.
    pub completed_at: Option<Timestamp>,
    /// The way back to the old profile was begun, and has not ended.
    pub undoing: bool,
    /// The operator wants the old profile back; the person is asked until then.
    pub undo_due: Option<Timestamp>,
    /// The last rehearsal; it stays part of what the server is told of this computer.
    pub rehearsal: Option<Rehearsal>,
    /// The server has confirmed that everything is done: the guardian does not ask any more.
    pub guardian_over: bool,
    /// Events the server has not acknowledged yet, oldest first.
    pub outbox: Vec<Event>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            version: VERSION,
            stage: Stage::default(),
            server: None,
            server_was_placed: false,
            declined_server: None,
            instance: None,
            unknown: None,
            was_activated: false,
            device_id: None,
            user: None,
            project: None,
            by_project: false,
            directive: None,
            acted_on: 0,
            epoch: 0,
            restating: None,
            agreed: None,
            begun: None,
            postponed_until: None,
            outcome: None,
            old_profile: None,
            completed_at: None,
            undoing: false,
            undo_due: None,
            rehearsal: None,
            guardian_over: false,
            outbox: Vec::new(),
        }
    }
}

/// How long, and how often, the server has said that it does not know this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unknown {
    pub since: Timestamp,
    pub times: u32,
}

/// Whose the login is, as far as the server has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Somebodys,
    /// The person is to say who they are; nothing goes on until then.
    Nobodys,
    /// The server has said nothing of it yet.
    Undecided,
}

impl State {
    /// Nobody has ever entered a code here.
    pub fn is_new(&self) -> bool {
        self.stage == Stage::Unactivated && !self.was_activated
    }

    pub fn standing(&self) -> Standing {
        match &self.directive {
            Some(directive) if directive.action == Action::Identify => Standing::Nobodys,
            None if self.user.is_none() => Standing::Undecided,
            _ => Standing::Somebodys,
        }
    }

    /// Whether the person may still say that they are somebody else.
    pub fn may_sign_out(&self) -> bool {
        self.by_project && self.stage == Stage::Waiting && self.standing() == Standing::Somebodys
    }
}

/// Where the agent is on its way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Stage {
    /// No code has been confirmed yet.
    #[default]
    Unactivated,
    /// Bound to a user; nothing on the computer changes before cutover.
    Waiting,
    /// The signal came; the person has not begun.
    Starting,
    /// The person pressed "Set up my mail".
    Configuring,
    /// Everything is as it was before.
    Failed { code: ResponseCode },
    /// The new profile works.
    Completed,
    /// The old profile is the default again.
    Undone,
}

/// The state, and what became of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    pub state: State,
    /// Where a file that could not be read was moved to (`SET-3`); the state is a fresh one then.
    pub set_aside: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Written by a newer agent: it is left alone.
    #[error("the state has version {found}, this agent knows {VERSION}")]
    Newer { found: u64 },
    #[error("the state file cannot be read or written")]
    File(#[from] io::Error),
    #[error("the state cannot be put into JSON")]
    Encode(#[from] serde_json::Error),
}

impl Error {
    pub fn code(&self) -> ResponseCode {
        match self {
            Self::Newer { .. } | Self::File(_) | Self::Encode(_) => ResponseCode::StateUnreadable,
        }
    }
}

/// Keeps the state in `state.json`.
#[derive(Debug, Clone)]
pub struct Store {
    path: PathBuf,
}

impl Store {
    pub fn open(places: &Places) -> Self {
        Self { path: places.state.join("state.json") }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A missing file is a fresh start; a broken one is moved aside, so that nothing is lost.
    pub fn load(&self) -> Result<Loaded, Error> {
        files::remove_leftovers(&self.path);
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Loaded { state: State::default(), set_aside: None });
            }
            Err(error) => return Err(error.into()),
        };
        // By way of an object: an empty list would pass for a state with every field missing. The version is read by
        // itself, since the rest of a newer file may look like anything.
        let read = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&bytes).and_then(|object| {
            let version = object.get("version").and_then(serde_json::Value::as_u64).unwrap_or_default();
            if version > VERSION.into() {
                return Ok(Err(Error::Newer { found: version }));
            }
            serde_json::from_value(object.into()).map(Ok)
        });
        match read {
            Ok(state) => Ok(Loaded { state: state?, set_aside: None }),
            Err(error) => {
                let aside = self.set_aside("broken")?;
                tracing::warn!(code = ResponseCode::StateUnreadable.id(), %error, aside = %aside.display(), "the state cannot be read");
                Ok(Loaded { state: State::default(), set_aside: Some(aside) })
            }
        }
    }

    /// The server that is remembered, as far as that can be read; the file stays as it is.
    pub fn server(&self) -> Option<String> {
        let state: serde_json::Value = serde_json::from_slice(&fs::read(&self.path).ok()?).ok()?;
        state.get("server")?.as_str().map(str::to_owned)
    }

    /// Returns when the state is on the disk.
    pub fn save(&self, state: &State) -> Result<(), Error> {
        let mut json = serde_json::to_vec_pretty(&State { version: VERSION, ..state.clone() })?;
        json.push(b'\n');
        Ok(files::atomic_write(&self.path, &json, files::PRIVATE)?)
    }

    /// Moves the file to a name of its own, where it stays.
    pub fn set_aside(&self, why: &str) -> io::Result<PathBuf> {
        let name = format!("state.json.{why}-{}", Timestamp::now().as_nanosecond());
        let aside = self.path.with_file_name(name);
        match fs::rename(&self.path, &aside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(aside),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::EventKind;

    fn store() -> (tempfile::TempDir, Store) {
        let home = tempfile::tempdir().expect("a folder");
        let places = Places::below(home.path()).expect("folders");
        (home, Store::open(&places))
    }

    fn full() -> State {
        let event = Event { id: Uuid::nil(), at: Timestamp::UNIX_EPOCH, order: 2, kind: EventKind::Waiting };
        State {
            stage: Stage::Failed { code: ResponseCode::ClientStayedOpen },
            server: Some("https://move.example.org".into()),
            device_id: Some(Uuid::nil()),
            acted_on: 2,
            postponed_until: Some(Timestamp::UNIX_EPOCH),
            outbox: vec![event],
            ..State::default()
        }
    }

    #[test]
    fn what_is_saved_is_what_is_loaded() {
        let (_home, store) = store();
        store.save(&full()).expect("saved");
        assert_eq!(store.load().expect("loaded"), Loaded { state: full(), set_aside: None });
    }

    #[test]
    fn without_a_file_the_agent_starts_afresh() {
        let (_home, store) = store();
        assert_eq!(store.load().expect("loaded").state, State::default());
        store.set_aside("before").expect("nothing to move is no error");
    }

    #[test]
    fn a_broken_file_is_moved_aside_and_nothing_of_it_is_lost() {
        let (_home, store) = store();
        for bytes in [&b"{\"version\":1,\"stage\":"[..], b"", b"[]", b"{\"stage\":{\"name\":\"dancing\"}}"] {
            fs::write(store.path(), bytes).expect("written");
            let Loaded { state, set_aside } = store.load().expect("loaded");
            assert_eq!(state, State::default());
            assert_eq!(fs::read(set_aside.expect("moved aside")).expect("readable"), bytes);
            assert!(!store.path().exists());
        }
    }

    #[test]
    fn the_file_of_a_newer_agent_is_left_alone() {
        let (_home, store) = store();
        let newer = r#"{"version":2,"stage":"something else"}"#;
        fs::write(store.path(), newer).expect("written");
        assert!(matches!(store.load(), Err(Error::Newer { found: 2 })));
        assert_eq!(fs::read_to_string(store.path()).expect("still there"), newer);
    }

    #[test]
    fn fields_of_a_later_version_and_missing_ones_do_no_harm() {
        let (_home, store) = store();
        fs::write(store.path(), r#"{"acted_on":7,"later":true}"#).expect("written");
        assert_eq!(store.load().expect("loaded").state, State { acted_on: 7, ..State::default() });
    }
}
