//! The moment the mail moves, as a call gives it.

use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::server::http::error::Refusal;
use crate::server::projects::cutover::When;

/// When the mail moves: `{"at": "2026-11-21T17:00:00Z"}` or `{"now": true}`. A time that has passed starts everybody at once,
/// which has to be said: `{"at": …, "at_once": true}`.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cutover {
    /// A time within ten years.
    pub at: Option<Timestamp>,
    /// Now, and everybody at once, without lead and spread.
    #[serde(default)]
    pub now: bool,
    /// Everybody at once at that time, without lead and spread; also when it has passed.
    #[serde(default)]
    pub at_once: bool,
}

impl Cutover {
    /// # Errors
    /// [`FieldFaults`](crate::problem::ResponseCode::FieldFaults) when it is not exactly one moment.
    pub fn read(self) -> Result<When, Refusal> {
        match (self.at, self.now) {
            (None, true) => Ok(When::Now),
            (Some(at), false) => Ok(When::At { at, at_once: self.at_once }),
            _ => Err(Refusal::fault("at", "give either a time or \"now\": true")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_moment_is_taken() {
        let read = |json: &str| serde_json::from_str::<Cutover>(json).expect("JSON").read();
        let at = "2026-11-21T17:00:00Z";
        assert!(read(r#"{"now": true}"#).is_ok_and(|when| when == When::Now));
        let passed = When::At { at: at.parse().expect("a time"), at_once: true };
        assert!(read(&format!(r#"{{"at": "{at}", "at_once": true}}"#)).is_ok_and(|when| when == passed));
        for wrong in ["{}", r#"{"now": false}"#, &format!(r#"{{"at": "{at}", "now": true}}"#)] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
