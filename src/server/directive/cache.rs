//! What was looked up a moment ago, so that a question to which the answer is "nothing new" costs no query.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderValue;
use jiff::Timestamp;
use uuid::Uuid;

use crate::server::agents::devices::Device;
use crate::server::directive::decision::Claim;

/// How long anything is remembered.
const KEPT: Duration = Duration::from_mins(5);

/// Which state of the database something was read from. Taken before reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since {
    /// Number of the last change that was known.
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
    /// The last change of a login, or of a project, and when it was.
    changed: HashMap<Uuid, (u64, Instant)>,
    looks: HashMap<Uuid, (Look, Claim, Device, Since)>,
    /// SHA-256 of the tokens of bound logins.
    tokens: HashMap<String, (Device, Since)>,
}

/// Of a [`crate::server::directive::lookup::Look`], what it takes to tell that nothing is new.
#[derive(Debug, Clone)]
pub struct Look {
    pub tag: HeaderValue,
    pub wake_at: Option<Timestamp>,
    pub identified: bool,
}

impl Look {
    pub fn of(look: &crate::server::directive::lookup::Look) -> Self {
        Self { tag: look.tag.clone(), wake_at: look.wake_at, identified: look.identified }
    }
}

impl Memory {
    pub fn now(&self) -> Since {
        Since { change: self.notes().changes, at: Instant::now() }
    }

    pub fn remember(&self, device: Device, claim: Claim, look: &crate::server::directive::lookup::Look, since: Since) {
        let mut notes = self.notes();
        if notes.holds(device, since) {
            notes.looks.insert(device.id, (Look::of(look), claim, device, since));
        }
    }

    /// What was looked up for a login, if nothing has changed since it was read, and the agent says the same of itself.
    pub fn look(&self, login: Uuid, claim: Claim, now: Timestamp) -> Option<Look> {
        let notes = self.notes();
        let (look, said, device, since) = notes.looks.get(&login)?;
        let holds = *said == claim && notes.holds(*device, *since) && look.wake_at.is_none_or(|at| at > now);
        holds.then(|| look.clone())
    }

    pub fn remember_token(&self, token_hash: String, device: Device, since: Since) {
        let mut notes = self.notes();
        if notes.holds(device, since) {
            notes.tokens.insert(token_hash, (device, since));
        }
    }

    /// Whose token it is, if nothing has changed since it was read.
    pub fn device(&self, token_hash: &str) -> Option<Device> {
        let notes = self.notes();
        let (device, since) = notes.tokens.get(token_hash)?;
        notes.holds(*device, *since).then_some(*device)
    }

    /// Something changed for this login.
    pub fn forget(&self, login: Uuid) {
        let mut notes = self.notes();
        notes.change(login);
        notes.looks.remove(&login);
    }

    /// Something changed for the logins of this project.
    pub fn forget_project(&self, project: Uuid) {
        self.notes().change(project);
    }

    /// Nobody knows what changed.
    pub fn forget_everything(&self) {
        let mut notes = self.notes();
        notes.changes += 1;
        notes.forgotten = notes.changes;
        notes.tidy();
    }

    /// Drops what is too old to be used.
    pub fn tidy(&self) {
        self.notes().tidy();
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notes {
    fn change(&mut self, subject: Uuid) {
        self.changes += 1;
        self.changed.insert(subject, (self.changes, Instant::now()));
    }

    /// Whether what was read then is still so.
    fn holds(&self, device: Device, since: Since) -> bool {
        let changed = |subject| self.changed.get(&subject).map_or(0, |(change, _)| *change);
        let last = self.forgotten.max(changed(device.id)).max(changed(device.project));
        last <= since.change && since.at.elapsed() < KEPT
    }

    fn tidy(&mut self) {
        let (mut looks, mut tokens) = (std::mem::take(&mut self.looks), std::mem::take(&mut self.tokens));
        looks.retain(|_, (_, _, device, since)| self.holds(*device, *since));
        tokens.retain(|_, (device, since)| self.holds(*device, *since));
        (self.looks, self.tokens) = (looks, tokens);
        // What was read before these is too old by itself.
        self.changed.retain(|_, (_, at)| at.elapsed() < KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE: Device = Device { id: Uuid::from_u128(1), project: Uuid::from_u128(2) };
    const OTHER: Device = Device { id: Uuid::from_u128(3), project: Uuid::from_u128(4) };

    fn look() -> crate::server::directive::lookup::Look {
        crate::server::directive::lookup::Look {
            tag: HeaderValue::from_static("\"a\""),
            body: Vec::new().into(),
            wake_at: None,
            identified: true,
        }
    }

    fn remembered(memory: &Memory, since: Since) {
        memory.remember(DEVICE, Claim::default(), &look(), since);
        memory.remember_token("token".into(), DEVICE, since);
    }

    fn knows(memory: &Memory) -> (bool, bool) {
        (memory.look(DEVICE.id, Claim::default(), Timestamp::now()).is_some(), memory.device("token").is_some())
    }

    #[test]
    fn what_was_read_is_known_until_something_changes_for_the_login_or_its_project() {
        let memory = Memory::default();
        remembered(&memory, memory.now());
        memory.forget(OTHER.id);
        memory.forget_project(OTHER.project);
        assert_eq!(knows(&memory), (true, true), "others have changed something");
        let changes: [fn(&Memory); 3] = [
            |memory| memory.forget(DEVICE.id),
            |memory| memory.forget_project(DEVICE.project),
            Memory::forget_everything,
        ];
        for forget in changes {
            remembered(&memory, memory.now());
            assert_eq!(knows(&memory), (true, true));
            forget(&memory);
            assert_eq!(knows(&memory), (false, false));
        }
    }

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let memory = Memory::default();
        let before = memory.now();
        memory.forget(DEVICE.id);
        remembered(&memory, before);
        assert_eq!(knows(&memory), (false, false));
        let between = memory.now();
        memory.forget_project(DEVICE.project);
        remembered(&memory, between);
        assert_eq!(knows(&memory), (false, false));
        remembered(&memory, memory.now());
        assert_eq!(knows(&memory), (true, true));
    }

    #[test]
    fn tidying_does_not_bring_back_what_was_forgotten() {
        let memory = Memory::default();
        let before = memory.now();
        remembered(&memory, before);
        memory.forget_project(DEVICE.project);
        memory.tidy();
        assert_eq!(knows(&memory), (false, false));
        remembered(&memory, before);
        assert_eq!(knows(&memory), (false, false), "read before the change");
        remembered(&memory, memory.now());
        memory.tidy();
        assert_eq!(knows(&memory), (true, true));
    }

    #[test]
    fn a_directive_that_time_changes_is_known_until_then() {
        let memory = Memory::default();
        let now = Timestamp::now();
        memory.remember(
            DEVICE,
            Claim::default(),
            &crate::server::directive::lookup::Look { wake_at: Some(now), ..look() },
            memory.now(),
        );
        assert!(memory.look(DEVICE.id, Claim::default(), now - jiff::SignedDuration::from_secs(1)).is_some());
        assert!(memory.look(DEVICE.id, Claim::default(), now).is_none());
    }

    #[test]
    fn an_agent_that_says_something_else_of_itself_is_looked_up_anew() {
        let memory = Memory::default();
        memory.remember(DEVICE, Claim::default(), &look(), memory.now());
        let other = Claim { acted_on: 7, ..Claim::default() };
        assert!(memory.look(DEVICE.id, other, Timestamp::now()).is_none());
        assert!(memory.look(DEVICE.id, Claim::default(), Timestamp::now()).is_some());
    }
}
