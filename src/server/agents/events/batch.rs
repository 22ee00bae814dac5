//! Records what many agents report at the same time in one transaction: after a signal they all report at once, and each
//! transaction of its own would make everybody wait.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::{AnyConnection, AssertSqlSafe, Row};

use crate::protocol::EventsTaken;
use crate::server::Service;
use crate::server::agents::events::Reports;
use crate::server::db::rows;
use crate::server::directive::batcher::Asked;
use crate::server::http::error::Refusal;

/// Rows of one statement, of eight parameters each. More cost more: for each parameter `SQLite` looks through the names
/// of all of them.
const ROWS: usize = 32;

/// One event as a row.
struct New<'a> {
    login: &'a str,
    id: String,
    place: i64,
    reported: &'a crate::server::agents::events::Reported,
    received_at: i64,
}

pub async fn record(service: Arc<Service>, group: Vec<Asked<Reports, Result<EventsTaken, Refusal>>>) {
    let (reports, answers): (Vec<_>, Vec<_>) = group.into_iter().unzip();
    match write(&service, &reports).await {
        Ok(taken) => {
            for (answer, taken) in answers.into_iter().zip(taken) {
                let _ = answer.send(Ok(taken)); // who went away sends the events again
            }
        }
        // One may be the cause: each gets an answer of its own.
        Err(_) if answers.len() > 1 => {
            for (answer, report) in answers.into_iter().zip(&reports) {
                let taken = write(&service, std::slice::from_ref(report)).await;
                let _ = answer.send(taken.map(|mut taken| taken.pop().unwrap_or_default()).map_err(Refusal::from));
            }
        }
        Err(error) => {
            if let Some(answer) = answers.into_iter().next() {
                let _ = answer.send(Err(error.into()));
            }
        }
    }
}

async fn write(service: &Service, reports: &[Reports]) -> Result<Vec<EventsTaken>, sqlx::Error> {
    let logins: Vec<String> = reports.iter().map(|report| report.login.to_string()).collect();
    let mut tx = service.db.write().await?;
    let mut places = places(&mut tx, &logins).await?;
    let mut new = Vec::new();
    for (report, login) in reports.iter().zip(&logins) {
        for reported in &report.events {
            let place = places.entry(login.clone()).or_default();
            *place += 1;
            let (id, received_at) = (reported.event.id.to_string(), report.received_at.as_millisecond());
            new.push(New { login, id, place: *place, reported, received_at });
        }
    }
    let mut recorded = Vec::with_capacity(new.len());
    for rows in new.chunks(ROWS) {
        recorded.extend(insert(&mut tx, rows).await?);
    }
    tx.commit().await?;
    let mut recorded = recorded.into_iter();
    let taken = reports.iter().map(|report| {
        let here = recorded.by_ref().take(report.events.len()).filter(|recorded| *recorded).count();
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        EventsTaken { recorded: number(here), known: number(report.events.len() - here), ..EventsTaken::default() }
    });
    Ok(taken.collect())
}

/// The last place of each login's events.
async fn places(tx: &mut AnyConnection, logins: &[String]) -> Result<HashMap<String, i64>, sqlx::Error> {
    let text = "SELECT login_id, MAX(place) AS place FROM event WHERE login_id IN";
    let mut places = HashMap::with_capacity(logins.len());
    for logins in logins.chunks(ROWS) {
        let mut query = sqlx::query(AssertSqlSafe(format!("{text} {} GROUP BY login_id", rows(1, logins.len()))));
        for login in logins {
            query = query.bind(login);
        }
        for row in query.fetch_all(&mut *tx).await? {
            places.insert(row.try_get("login_id")?, row.try_get("place")?);
        }
    }
    Ok(places)
}

/// Whether each of them was not known before.
async fn insert(tx: &mut AnyConnection, new: &[New<'_>]) -> Result<Vec<bool>, sqlx::Error> {
    let mut query = sqlx::query(AssertSqlSafe(format!(
        "INSERT INTO event (login_id, id, place, order_number, kind, body, happened_at, received_at) VALUES {}
         ON CONFLICT (login_id, id) DO NOTHING",
        rows(new.len(), 8)
    )));
    for New { login, id, place, reported, received_at } in new {
        let order = i64::try_from(reported.event.order).unwrap_or(i64::MAX);
        query = query.bind(*login).bind(id).bind(*place).bind(order).bind(&reported.kind).bind(&reported.body);
        query = query.bind(reported.event.at.as_millisecond()).bind(*received_at);
    }
    let all = query.execute(&mut *tx).await?.rows_affected() == new.len() as u64;
    let mut recorded = Vec::with_capacity(new.len());
    for new in new {
        // Something was sent again: what was recorded now has the place that it was given now.
        recorded.push(all || place(tx, new).await? == Some(new.place));
    }
    Ok(recorded)
}

async fn place(tx: &mut AnyConnection, new: &New<'_>) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT place FROM event WHERE login_id = $1 AND id = $2")
        .bind(new.login)
        .bind(&new.id)
        .fetch_optional(tx)
        .await
}
