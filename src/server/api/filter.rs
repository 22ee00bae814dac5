//! Which users or computers: for lists, and for actions on all that match.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::server::api::{input, page};
use crate::server::http::error::Refusal;
use crate::server::status::{Stage, table};

/// Which rows of a list. What is left out does not narrow it.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Part of a name, an address or a computer's name; or the number of diagnostics.
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    stage: Option<Stage>,
    /// Id of a wave.
    wave: Option<Uuid>,
    /// Kind of mail client: `thunderbird`, `outlook`, `new-outlook`.
    #[param(min_length = 1, max_length = 200)]
    client: Option<String>,
    alert: Option<AlertKind>,
    /// The `next` of the part before.
    after: Option<Uuid>,
    /// Items at most; 100 when left out.
    #[param(minimum = 1, maximum = 500)]
    #[serde(default, deserialize_with = "page::limit")]
    limit: Option<u16>,
}

/// The same for all that match at once.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// Part of a name, an address or a computer's name; or the number of diagnostics.
    #[schema(max_length = 200)]
    q: Option<String>,
    stage: Option<Stage>,
    /// Id of a wave.
    wave: Option<Uuid>,
    /// Kind of mail client: `thunderbird`, `outlook`, `new-outlook`.
    #[schema(max_length = 200)]
    client: Option<String>,
    alert: Option<AlertKind>,
}

/// What needs a look.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum AlertKind {
    /// The last rehearsal was stopped.
    Rehearsal,
    /// Something on the computer would stop or disturb a set-up.
    Finding,
    /// Too many wrong codes.
    Locked,
    /// No contact for days.
    Silent,
    /// No computer.
    Absent,
}

impl AlertKind {
    fn id(self) -> &'static str {
        match self {
            Self::Rehearsal => "rehearsal",
            Self::Finding => "finding",
            Self::Locked => "locked",
            Self::Silent => "silent",
            Self::Absent => "absent",
        }
    }
}

impl Filter {
    pub fn limit(&self) -> u16 {
        self.limit.unwrap_or(page::USUAL)
    }

    /// After which row, and how many: one more than is shown tells whether there are more.
    pub fn part(&self) -> (Option<Uuid>, i64) {
        (self.after, i64::from(self.limit()) + 1)
    }
}

impl Matching {
    /// # Errors
    /// [`ResponseCode::FieldFaults`] for a text that is too long.
    pub fn checked(self) -> Result<Self, Refusal> {
        for (field, text) in [("matching.q", &self.q), ("matching.client", &self.client)] {
            if text.as_ref().is_some_and(|text| text.chars().count() > input::VALUE_LIMIT) {
                return Err(Refusal::fault(field, format!("write at most {} characters", input::VALUE_LIMIT)));
            }
        }
        Ok(self)
    }
}

impl From<Filter> for table::Filter {
    fn from(Filter { q, stage, wave, client, alert, .. }: Filter) -> Self {
        Matching { q, stage, wave, client, alert }.into()
    }
}

impl From<Matching> for table::Filter {
    fn from(matching: Matching) -> Self {
        Self {
            q: matching.q.unwrap_or_default(),
            stage: matching.stage.map(Stage::name).unwrap_or_default().to_owned(),
            wave: matching.wave.map(|wave| wave.to_string()).unwrap_or_default(),
            client: matching.client.unwrap_or_default(),
            alert: matching.alert.map(AlertKind::id).unwrap_or_default().to_owned(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alert_is_one_that_the_tables_know() {
        for alert in [AlertKind::Rehearsal, AlertKind::Finding, AlertKind::Locked, AlertKind::Silent, AlertKind::Absent]
        {
            assert!(table::ALERTS.contains(&alert.id()), "{}", alert.id());
        }
    }
}
