//! The words for what is wrong with a file.

use crate::server::http::i18n::Words;
use crate::server::projects::users::import::FaultKind;

/// What is wrong, and what to do about it.
pub fn said(words: Words, kind: &FaultKind) -> String {
    match kind {
        FaultKind::Encoding => words.text("fault-encoding"),
        FaultKind::Unreadable => words.text("fault-unreadable"),
        FaultKind::NoColumn => words.text("fault-no-column"),
        FaultKind::ColumnTwice => words.text("fault-column-twice"),
        FaultKind::Empty => words.text("fault-empty"),
        FaultKind::NotAnAddress(text) => words.with("fault-address", [("text", text.as_str().into())]),
        FaultKind::TooLong => words.text("fault-too-long"),
        FaultKind::Unsafe => words.text("fault-unsafe"),
        FaultKind::Language(text) => words.with("fault-language", [("text", text.as_str().into())]),
        FaultKind::State(text) => words.with("fault-state", [("text", text.as_str().into())]),
        FaultKind::Twice { address, line } => {
            words.with("fault-twice", [("address", address.as_str().into()), ("line", line.to_string().into())])
        }
        FaultKind::Taken { address, owner } => {
            words.with("fault-taken", [("address", address.as_str().into()), ("owner", owner.as_str().into())])
        }
    }
}
