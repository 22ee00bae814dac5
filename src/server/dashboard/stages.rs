//! The words for stages and alerts.

use crate::server::http::i18n::Words;
use crate::server::status::Stage;

pub fn label(words: Words, stage: Stage) -> String {
    words.text(match stage {
        Stage::Imported => "stage-imported",
        Stage::Invited => "stage-invited",
        Stage::Waiting => "stage-waiting",
        Stage::Started => "stage-started",
        Stage::Configuring => "stage-configuring",
        Stage::Completed => "stage-completed",
        Stage::Failed => "stage-failed",
        Stage::Undone => "stage-undone",
        Stage::Removed => "stage-removed",
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
