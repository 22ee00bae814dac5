//! What agents say of themselves, against what is known of them here: after a copy of the database was put back, they know
//! more.

use std::collections::HashMap;

use sqlx::{AnyConnection, Row};
use uuid::Uuid;

use crate::problem::ResponseCode;
use crate::server::directive::decision::Claim;
use crate::server::directive::lookup::All;
use crate::server::directive::lookup::snapshot::{self, Known};
use crate::server::directive::orders;
use crate::server::http::error::Refusal;

/// The last report of a login that tells how an order ended, or that it was begun.
const LAST: &str = "SELECT e.login_id, e.order_number, e.kind, e.received_at FROM event e
    WHERE e.place = (SELECT MAX(r.place) FROM event r WHERE r.login_id = e.login_id
     AND r.kind IN ('wizard_opened', 'started', 'step', 'completed', 'finished_by_hand', 'failed', 'undone', 'undo_failed',
                    'removed'))
    AND e.login_id IN ";

/// The orders that logins were given.
const GIVEN: &str = "SELECT login_id, number FROM user_order WHERE login_id IN ";

/// What the agents of a group say.
#[derive(Debug)]
pub struct Claims {
    /// Of the database.
    pub epoch: u64,
    of: HashMap<Uuid, Claim>,
}

impl Claims {
    pub fn new(epoch: u64, size: usize) -> Self {
        Self { epoch, of: HashMap::with_capacity(size) }
    }

    /// What holds for this login: what was said first.
    pub fn add(&mut self, login: Uuid, claim: Claim) -> Claim {
        *self.of.entry(login).or_insert(claim)
    }

    pub fn of(&self, login: Uuid) -> Claim {
        self.of.get(&login).copied().unwrap_or_default()
    }

    /// Compares with what is known. Costs a query only for those who have acted on what is not known here.
    pub async fn compare(&self, connection: &mut AnyConnection, all: &mut All) -> Result<(), Refusal> {
        let mut beyond = Vec::new();
        for known in all.values_mut().flatten() {
            let claim = self.of(known.login);
            known.is_astray = claim.epoch != 0 && claim.epoch != self.epoch;
            known.is_ahead = claim.acted_on > known.last_order;
            if let Some(person) = &mut known.person
                && claim.is_under_way
                && person.situation.order.is_none_or(|order| order.number < claim.acted_on)
            {
                person.situation.unsaid = true;
                beyond.push(known.login.to_string());
            }
        }
        // Orders that it was given as somebody else's computer are known, and nobody's any more.
        for row in snapshot::select(connection, GIVEN, &beyond).await? {
            let login: Uuid = row.try_get::<String, _>("login_id")?.parse().map_err(|_| ResponseCode::UnknownAgent)?;
            if let Some(Ok(Known { person: Some(person), .. })) = all.get_mut(&login)
                && row.try_get::<i64, _>("number")? == self.of(login).acted_on
            {
                person.situation.unsaid = false;
                beyond.retain(|beyond| *beyond != login.to_string());
            }
        }
        for row in snapshot::select(connection, LAST, &beyond).await? {
            let login = row.try_get::<String, _>("login_id")?.parse().map_err(|_| ResponseCode::UnknownAgent)?;
            let (number, report) = (row.try_get::<i64, _>("order_number")?, orders::report(&row)?);
            if let Some(Ok(Known { person: Some(person), .. })) = all.get_mut(&login)
                && number >= self.of(login).acted_on
                && let Some(report) = report
            {
                person.situation.unsaid = false;
                person.situation.acted(number, report);
            }
        }
        Ok(())
    }
}
