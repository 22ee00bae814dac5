//! The record of a set-up as the help desk may see it: how far it came, and no names or values.

use jiff::Timestamp;
use uuid::Uuid;

use super::journal::Journal;
use crate::os::Places;
use crate::problem::ResponseCode;

/// What is recorded on this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Summary {
    SetUp {
        id: Uuid,
        started: Timestamp,
        /// The stage that was entered last.
        stage: String,
        /// Small things left for the person.
        left: Vec<ResponseCode>,
    },
    Unreadable {
        reason: String,
    },
}

/// The last set-up; none when there was none, or when it was taken back.
pub fn summary(places: &Places) -> Option<Summary> {
    match Journal::read(places) {
        Ok(journal) => journal.map(|journal| Summary::SetUp {
            id: journal.id,
            started: journal.started,
            stage: format!("{:?}", journal.stage),
            left: journal.left,
        }),
        Err(error) => Some(Summary::Unreadable { reason: error.to_string() }),
    }
}
