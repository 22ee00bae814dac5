//! Records the orders that time has made, and the places of herd control, for many logins in one transaction.

use std::collections::HashMap;
use std::num::NonZeroU32;

use jiff::Timestamp;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use uuid::Uuid;

use crate::protocol::Action;
use crate::server::db::{self, Db, rows};
use crate::server::directive::admission::{self, Minutes};
use crate::server::directive::decision::{Cause, Order};
use crate::server::directive::lookup::All;
use crate::server::directive::lookup::claims::Claims;
use crate::server::directive::lookup::snapshot::{self, Known, Next, Person};
use crate::server::directive::orders;
use crate::server::http::error::Refusal;

/// How often an order may be made for one login at once: for the cutover, and for what came in between.
const ROUNDS: usize = 4;
/// Rows of one statement, of eight parameters each. More cost more: for each parameter `SQLite` looks through the names
/// of all of them.
const ROWS: usize = 32;

/// Makes what is due for these logins, as they are now; whose a login is has to be settled before.
pub async fn make(db: &Db, logins: &[Uuid], claims: &Claims, now: Timestamp) -> Result<All, Refusal> {
    let mut tx = db.write().await?;
    let mut all = snapshot::read(&mut tx, logins, claims).await?;
    let mut made = Made::default();
    for known in all.values().flatten().filter(|known| known.is_ahead) {
        made.raise(&mut tx, &known.project.id, claims.of(known.login).acted_on).await?;
    }
    for login in logins {
        if let Some(Ok(known)) = all.get_mut(login)
            && !known.unsettled
        {
            made.decide(&mut tx, known, now).await?;
        }
    }
    made.record(&mut tx, now).await?;
    tx.commit().await?;
    Ok(all)
}

#[derive(Default)]
struct Made {
    orders: Vec<New>,
    places: Vec<(Uuid, String, Timestamp)>,
    /// The highest number of each project's orders, with those that are made here.
    numbers: HashMap<String, i64>,
    minutes: HashMap<String, Minutes>,
}

struct New {
    user: String,
    login: Uuid,
    order: Order,
    cause: &'static str,
}

impl Made {
    async fn decide(&mut self, tx: &mut AnyConnection, known: &mut Known, now: Timestamp) -> Result<(), sqlx::Error> {
        for _ in 0..ROUNDS {
            let next = known.next(now);
            let Known { login, project, person: Some(person), .. } = known else { return Ok(()) };
            match next {
                Next::Stay { .. } => return Ok(()),
                Next::TakePlace { cap, .. } => {
                    let place = self.place(tx, &project.id, &person.situation.device, cap, now).await?;
                    self.places.push((*login, project.id.clone(), place));
                    person.place = Some(place);
                }
                Next::Order { cause, .. } => {
                    let number = self.number(tx, &project.id, now).await?;
                    self.order(*login, person, number, cause, now);
                }
            }
        }
        Ok(())
    }

    fn order(&mut self, login: Uuid, person: &mut Person, number: i64, cause: Cause, now: Timestamp) {
        let (cause, cutover_version) = match cause {
            Cause::Cutover { version } => ("cutover", Some(version)),
            Cause::Timetable { version } => ("timetable", version),
        };
        let order = Order { number, action: Action::Configure, at: now, cutover_version };
        let situation = &mut person.situation;
        situation.cutover_taken = situation.cutover_taken.max(cutover_version.unwrap_or(0));
        situation.order = Some(order);
        situation.report = None;
        self.orders.push(New { user: person.user.id.clone(), login, order, cause });
    }

    /// The next number of a project's orders. Nobody else takes one meanwhile: this transaction writes.
    async fn number(&mut self, tx: &mut AnyConnection, project: &str, now: Timestamp) -> Result<i64, sqlx::Error> {
        let last = self.last(tx, project).await?;
        *last = orders::next_number(*last, now);
        Ok(*last)
    }

    /// An agent has acted on this one: what is ordered from now on has a higher number.
    async fn raise(&mut self, tx: &mut AnyConnection, project: &str, acted_on: i64) -> Result<(), sqlx::Error> {
        let last = self.last(tx, project).await?;
        *last = acted_on.max(*last);
        Ok(())
    }

    async fn last(&mut self, tx: &mut AnyConnection, project: &str) -> Result<&mut i64, sqlx::Error> {
        if !self.numbers.contains_key(project) {
            self.numbers.insert(project.to_owned(), orders::last_number(tx, project).await?);
        }
        Ok(self.numbers.entry(project.to_owned()).or_default())
    }

    async fn place(
        &mut self,
        tx: &mut AnyConnection,
        project: &str,
        device: &str,
        cap: NonZeroU32,
        now: Timestamp,
    ) -> Result<Timestamp, sqlx::Error> {
        if !self.minutes.contains_key(project) {
            self.minutes.insert(project.to_owned(), taken(tx, project, now).await?);
        }
        Ok(self.minutes.entry(project.to_owned()).or_default().take(cap, device, now))
    }

    async fn record(&self, tx: &mut AnyConnection, now: Timestamp) -> Result<(), sqlx::Error> {
        for (project, number) in &self.numbers {
            orders::set_last_number(tx, project, *number).await?;
        }
        for orders in self.orders.chunks(ROWS) {
            let text =
                "INSERT INTO user_order (id, user_id, login_id, number, action, cause, cutover_version, created_at)";
            let mut query = sqlx::query(AssertSqlSafe(format!("{text} VALUES {}", rows(orders.len(), 8))));
            for New { user, login, order, cause } in orders {
                query = query.bind(db::new_id()).bind(user).bind(login.to_string()).bind(order.number);
                query = query.bind(order.action.id()).bind(*cause).bind(order.cutover_version);
                query = query.bind(now.as_millisecond());
            }
            query.execute(&mut *tx).await?;
        }
        for places in self.places.chunks(ROWS) {
            let mut query = sqlx::query(AssertSqlSafe(format!(
                "INSERT INTO start_place (login_id, project_id, at, minute) VALUES {}
                 ON CONFLICT (login_id) DO UPDATE SET at = excluded.at, minute = excluded.minute",
                rows(places.len(), 4)
            )));
            for (login, project, place) in places {
                query = query.bind(login.to_string()).bind(project);
                query = query.bind(place.as_millisecond()).bind(admission::minute(*place));
            }
            query.execute(&mut *tx).await?;
        }
        Ok(())
    }
}

/// The places of a project that are taken from now on.
async fn taken(tx: &mut AnyConnection, project: &str, now: Timestamp) -> Result<Minutes, sqlx::Error> {
    let found = sqlx::query(
        "SELECT minute, COUNT(*) AS taken FROM start_place WHERE project_id = $1 AND minute >= $2 GROUP BY minute",
    )
    .bind(project)
    .bind(admission::minute(now))
    .fetch_all(tx)
    .await?;
    let count = |row: &sqlx::any::AnyRow| {
        let taken: i64 = row.try_get("taken")?;
        Ok((row.try_get("minute")?, u32::try_from(taken).unwrap_or(u32::MAX)))
    };
    Ok(Minutes::new(found.iter().map(count).collect::<Result<Vec<_>, sqlx::Error>>()?))
}
