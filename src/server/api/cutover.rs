//! The moment the mail moves, as a call gives it.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::server::api::input;
use crate::server::db;
use crate::server::http::error::Refusal;
use crate::server::projects::waves;

/// A cutover is at most so far from now, either way: ten years. What is further away is a slip.
const FARTHEST: SignedDuration = SignedDuration::from_hours(10 * 366 * 24);

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
    /// The moment, and whether everybody starts at once.
    ///
    /// # Errors
    /// [`ResponseCode::FieldFaults`] when it is not exactly one moment, or too far away.
    pub fn read(self) -> Result<(Timestamp, bool), Refusal> {
        match (self.at, self.now) {
            (None, true) => Ok((db::now(), true)),
            (Some(at), false) if waves::has_passed(at, db::now()) && !self.at_once => {
                Err(input::fault("at", "this time has passed; give a later one, or add \"at_once\": true"))
            }
            (Some(at), false) => near("at", at).map(|at| (at, self.at_once)),
            _ => Err(input::fault("at", "give either a time or \"now\": true")),
        }
    }
}

/// A time within ten years, as exact as the database keeps it.
///
/// # Errors
/// [`ResponseCode::FieldFaults`].
pub fn near(field: &str, at: Timestamp) -> Result<Timestamp, Refusal> {
    if at.duration_since(db::now()).abs() > FARTHEST {
        return Err(input::fault(field, "give a time within ten years"));
    }
    Ok(db::time(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use crate::problem::ResponseCode;

    use super::*;

    #[test]
    fn exactly_one_moment_that_is_not_too_far_away_is_taken() {
        let read = |json: &str| serde_json::from_str::<Cutover>(json).expect("JSON").read();
        assert!(read(r#"{"now": true}"#).is_ok_and(|(_, at_once)| at_once));
        let soon = Timestamp::now();
        assert!(read(&format!(r#"{{"at": "{soon}"}}"#)).is_ok_and(|(_, at_once)| !at_once));
        for wrong in
            [r"{}", r#"{"now": false}"#, r#"{"at": "9000-01-01T00:00:00Z"}"#, r#"{"at": "0001-01-01T00:00:00Z"}"#]
        {
            assert!(read(wrong).is_err_and(|refusal| refusal.code() == ResponseCode::FieldFaults), "{wrong}");
        }
        assert!(read(&format!(r#"{{"at": "{soon}", "now": true}}"#)).is_err());
        let past = soon - SignedDuration::from_hours(1);
        assert!(read(&format!(r#"{{"at": "{past}"}}"#)).is_err(), "a slip of the pen starts nobody");
        assert!(read(&format!(r#"{{"at": "{past}", "at_once": true}}"#)).is_ok_and(|(_, at_once)| at_once));
    }
}
