//! The words for stages, alerts and mail clients.

use crate::server::http::i18n::Words;

/// The stages in the order in which a user goes through them.
pub const ALL: [&str; 9] =
    ["imported", "invited", "waiting", "started", "configuring", "completed", "failed", "undone", "removed"];

/// The kinds of mail client.
pub const CLIENTS: [&str; 3] = ["outlook", "new-outlook", "thunderbird"];

pub fn name(words: Words, stage: &str) -> String {
    words.text(match stage {
        "imported" => "stage-imported",
        "invited" => "stage-invited",
        "waiting" => "stage-waiting",
        "started" => "stage-started",
        "configuring" => "stage-configuring",
        "completed" => "stage-completed",
        "failed" => "stage-failed",
        "undone" => "stage-undone",
        _ => "stage-removed",
    })
}

pub fn alert(words: Words, alert: &str) -> String {
    words.text(match alert {
        "rehearsal" => "alert-rehearsal",
        "finding" => "alert-finding",
        "locked" => "alert-locked",
        "silent" => "alert-silent",
        _ => "alert-absent",
    })
}

/// A product's name is the same in every language.
pub fn client(kind: &str) -> &str {
    match kind {
        "outlook" => "Outlook",
        "new-outlook" => "New Outlook",
        "thunderbird" => "Thunderbird",
        other => other,
    }
}
