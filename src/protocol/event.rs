//! What agents report.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::problem;

/// `POST /v1/events`: an array of these. Kept by the agent until acknowledged; an id counts once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub id: Uuid,
    pub at: Timestamp,
    /// The order this belongs to.
    #[serde(default)]
    pub order: u64,
    #[serde(flatten)]
    pub kind: EventKind,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// The person confirmed the code; this computer waits for the cutover.
    Waiting,
    /// The wizard came up for the person.
    WizardOpened,
    /// The person chose "Later".
    Postponed,
    /// The person pressed "Set up my mail".
    Started,
    /// A step of the set-up was taken; the step's id.
    Step {
        step: String,
    },
    /// The new profile works.
    Completed {
        client: String,
        profile: String,
        evidence: Evidence,
    },
    /// The set-up failed and everything is as it was.
    Failed {
        code: problem::ResponseCode,
    },
    /// The person finished by hand.
    FinishedByHand,
    /// The old profile is the default again.
    Undone,
    UndoFailed {
        code: problem::ResponseCode,
    },
    /// The person removed this computer.
    Removed,
    #[serde(other)]
    Unknown,
}

/// What proves that the new profile works.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// The agent signed in to the incoming server.
    pub imap: bool,
    /// The agent signed in to the outgoing server.
    pub smtp: bool,
    /// The mail program's list of profiles, read again, names the new profile as default.
    pub default_profile: bool,
    /// Messages the mail program itself fetched into the new profile.
    pub first_sync_messages: u32,
    /// The mail program's own settings hold the account with the new address.
    pub account: bool,
    /// The mail program has made the file in which it keeps the account's mail.
    pub store: bool,
}

/// An event that the server could not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedEvent {
    /// Its place in the request, from 0.
    pub place: u32,
    /// None: it has none, or none that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// Why, in English.
    pub reason: String,
}

/// Answer (202) to events: how many ids are recorded now, and how many of them were known before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventsTaken {
    pub recorded: u32,
    pub known: u32,
    /// What could not be read: sending it again is of no use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<RefusedEvent>,
    /// Fields of a newer server.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_travels_flat_and_keeps_its_names() {
        let event = Event {
            id: Uuid::nil(),
            at: Timestamp::UNIX_EPOCH,
            order: 3,
            kind: EventKind::Failed { code: problem::ResponseCode::ClientStayedOpen },
        };
        let json = serde_json::to_string(&event).expect("plain data");
        assert_eq!(
            json,
            r#"{"id":"00000000-0000-0000-0000-000000000000","at":"1970-01-01T00:00:00Z","order":3,"kind":"failed","code":"CFG-2"}"#
        );
        assert_eq!(serde_json::from_str::<Event>(&json).expect("itself"), event);
    }
}
