//! What was looked up a moment ago, so that a question to which the answer is "nothing new" costs no query.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderValue;
use jiff::Timestamp;
use uuid::Uuid;

use super::Look;

/// How long anything is remembered.
const KEPT: Duration = Duration::from_mins(5);

/// Which state of the database something was read from. Taken before reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// How many changes of operators were known.
    signal: i64,
    /// Number of the last change that a login made itself.
    change: u64,
    at: Instant,
}

#[derive(Debug, Default)]
pub struct Memory(Mutex<Notes>);

#[derive(Debug, Default)]
struct Notes {
    changes: u64,
    /// What was read before this change is not remembered any more.
    forgotten: u64,
    logins: HashMap<Uuid, Login>,
    /// SHA-256 of the tokens of bound logins.
    tokens: HashMap<String, (Uuid, Since)>,
}

#[derive(Debug, Default)]
struct Login {
    changed: u64,
    look: Option<(HeaderValue, Option<Timestamp>, Since)>,
}

impl Memory {
    pub fn now(&self, signal: i64) -> Since {
        Since { signal, change: self.notes().changes, at: Instant::now() }
    }

    pub fn remember(&self, login: Uuid, look: &Look, since: Since) {
        let mut notes = self.notes();
        if since.change < notes.forgotten {
            return;
        }
        let note = notes.logins.entry(login).or_default();
        if note.changed <= since.change {
            note.look = Some((look.tag.clone(), look.wake_at, since));
        }
    }

    /// The tag of a login's directive and when it will change by itself, if nothing has changed since it was read.
    pub fn tag(&self, login: Uuid, signal: i64, now: Timestamp) -> Option<(HeaderValue, Option<Timestamp>)> {
        let notes = self.notes();
        let (tag, wake_at, since) = notes.logins.get(&login)?.look.as_ref()?;
        let holds = since.signal == signal && since.at.elapsed() < KEPT && wake_at.is_none_or(|at| at > now);
        holds.then(|| (tag.clone(), *wake_at))
    }

    pub fn remember_token(&self, token_hash: String, login: Uuid, since: Since) {
        let mut notes = self.notes();
        if since.change >= notes.forgotten {
            notes.tokens.insert(token_hash, (login, since));
        }
    }

    /// Whose token it is, if nothing has changed since it was read.
    pub fn login(&self, token_hash: &str, signal: i64) -> Option<Uuid> {
        let notes = self.notes();
        let (login, since) = notes.tokens.get(token_hash)?;
        let changed = notes.logins.get(login).map_or(0, |note| note.changed);
        (since.signal == signal && since.at.elapsed() < KEPT && changed <= since.change).then_some(*login)
    }

    /// Something changed for this login.
    pub fn forget(&self, login: Uuid) {
        let mut notes = self.notes();
        notes.changes += 1;
        let changed = notes.changes;
        notes.logins.insert(login, Login { changed, look: None });
    }

    /// Drops what is too old to be used.
    pub fn tidy(&self) {
        let mut notes = self.notes();
        notes.forgotten = notes.changes;
        let Notes { logins, tokens, .. } = &mut *notes;
        let changed = |login: &Uuid| logins.get(login).map_or(0, |note| note.changed);
        tokens.retain(|_, (login, since)| since.at.elapsed() < KEPT && changed(login) <= since.change);
        logins.retain(|_, login| login.look.as_ref().is_some_and(|(.., since)| since.at.elapsed() < KEPT));
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGIN: Uuid = Uuid::from_u128(1);

    fn look() -> Look {
        Look { tag: HeaderValue::from_static("\"a\""), body: Vec::new().into(), wake_at: None }
    }

    fn remembered(memory: &Memory, since: Since) {
        memory.remember(LOGIN, &look(), since);
        memory.remember_token("token".into(), LOGIN, since);
    }

    fn knows(memory: &Memory, signal: i64) -> (bool, bool) {
        (memory.tag(LOGIN, signal, Timestamp::now()).is_some(), memory.login("token", signal).is_some())
    }

    #[test]
    fn what_was_read_is_known_until_an_operator_or_the_login_changes_something() {
        let memory = Memory::default();
        remembered(&memory, memory.now(1));
        assert_eq!(knows(&memory, 1), (true, true));
        assert_eq!(knows(&memory, 2), (false, false), "an operator did something");
        memory.forget(Uuid::from_u128(2));
        assert_eq!(knows(&memory, 1), (true, true), "another login did something");
        memory.forget(LOGIN);
        assert_eq!(knows(&memory, 1), (false, false));
    }

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let memory = Memory::default();
        let before = memory.now(1);
        memory.forget(LOGIN);
        remembered(&memory, before);
        assert_eq!(knows(&memory, 1), (false, false));
        remembered(&memory, memory.now(1));
        assert_eq!(knows(&memory, 1), (true, true));
    }

    #[test]
    fn tidying_does_not_bring_back_what_was_forgotten() {
        let memory = Memory::default();
        let before = memory.now(1);
        memory.remember_token("token".into(), LOGIN, before);
        memory.forget(LOGIN);
        memory.tidy();
        assert_eq!(knows(&memory, 1), (false, false));
        remembered(&memory, before);
        assert_eq!(knows(&memory, 1), (false, false), "read before the change");
        remembered(&memory, memory.now(1));
        memory.tidy();
        assert_eq!(knows(&memory, 1), (true, true));
    }

    #[test]
    fn a_directive_that_time_changes_is_known_until_then() {
        let memory = Memory::default();
        let now = Timestamp::now();
        memory.remember(LOGIN, &Look { wake_at: Some(now), ..look() }, memory.now(1));
        assert!(memory.tag(LOGIN, 1, now - jiff::SignedDuration::from_secs(1)).is_some());
        assert!(memory.tag(LOGIN, 1, now).is_none());
    }
}
