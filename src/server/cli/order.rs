//! `cutover`, `configure`, `retry`, `rehearse`, `undo`, `remove`, `delay`: what the operator wants of the agents.

use std::io::Write;

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned, civil};
use uuid::Uuid;

use crate::i18n::datetime;
use crate::protocol;
use crate::server::cli::{Failure, project_named, user_addressed};
use crate::server::db::{self, Db};
use crate::server::directive::orders;
use crate::server::http::i18n::Words;
use crate::server::operation::Operation;
use crate::server::operators::{Actor, Role};
use crate::server::projects::actions::{self, Action, Outcome};
use crate::server::projects::users::{self, User};
use crate::server::projects::waves::{self, Concerned};
use crate::server::projects::{Project, Settings};
use crate::server::{self, Service, projects};

#[derive(Debug, Subcommand)]
pub enum When {
    /// Everyone starts at once, without lead and spread.
    Now,
    /// At a time, for instance `2026-11-21T18:00[Europe/Berlin]`; without a zone, in the time zone of this computer.
    At {
        time: String,
        /// Everyone starts at once at that time, without lead and spread; also when it has passed.
        #[arg(long)]
        at_once: bool,
    },
    /// Not at all for now: computers that have not begun wait; a wave follows the project's.
    None,
}

impl When {
    /// The moment, and whether everyone starts at once.
    pub fn read(&self, project: &Project) -> Result<Option<(Zoned, bool)>, Failure> {
        match self {
            Self::Now if project.settings.account.is_none() => Err(Failure::NoAccount(project.name.clone())),
            Self::Now => Ok(Some((local(db::now()), true))),
            Self::At { time: text, at_once } => Ok(Some((to_come(text, *at_once)?, *at_once))),
            Self::None => Ok(None),
        }
    }
}

/// A time that has passed starts everyone at once, which has to be meant.
pub fn to_come(text: &str, at_once: bool) -> Result<Zoned, Failure> {
    let at = time(text)?;
    if !at_once && waves::has_passed(at.timestamp(), db::now()) {
        return Err(Failure::Passed(text.into()));
    }
    Ok(at)
}

#[derive(Debug, Args)]
pub struct Whom {
    pub project: String,
    /// The user's old or new address.
    pub address: String,
}

pub async fn cutover(db: &Db, project: &str, when: When, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, project).await?;
    let wanted = when.read(&project)?;
    let (at, at_once) = (wanted.as_ref().map(|(at, _)| at.timestamp()), wanted.as_ref().is_some_and(|(_, once)| *once));
    let mut tx = Operation::begin(db, &Actor::command_line(), Role::Operator).await?;
    projects::set_cutover(&mut tx, &project.id, at, at_once).await?;
    tx.commit().await?;
    match wanted {
        Some((at, at_once)) => told(&project.name, &project.settings, &at, at_once, out)?,
        None => writeln!(out, "{:?} has no cutover any more; computers that have not begun wait", project.name)?,
    }
    let Concerned { users, ready } = waves::concerned(db.pool(), &project.id, None).await?;
    Ok(writeln!(out, "it is for {users} people, {ready} of them with a computer")?)
}

/// Says when the mail moves.
pub fn told(name: &str, settings: &Settings, at: &Zoned, at_once: bool, out: &mut impl Write) -> Result<(), Failure> {
    let from = datetime::plain(at.timestamp(), at.time_zone());
    let zone = at.time_zone().iana_name().unwrap_or("UTC");
    if at_once {
        writeln!(out, "cutover of {name:?} is now, {from} ({zone}); every computer starts at once")?;
    } else {
        let (lead, spread) = (settings.lead_minutes, settings.spread_minutes);
        writeln!(
            out,
            "cutover of {name:?} is at {from} ({zone}); computers start {lead} min later, over {spread} min"
        )?;
    }
    Ok(())
}

/// Does something to all of a user's computers.
pub async fn act(db: &Db, whom: &Whom, action: Action, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, &whom.project).await?;
    let user = user_addressed(db, &project, &whom.address).await?;
    let logins = users::logins(db.pool(), &user.id).await?;
    if logins.is_empty() {
        return if action == Action::Configure { give(db, &project, &user, out).await } else { Err(no_device(user)) };
    }
    act_on(db, &project, &logins, &action, out).await
}

fn no_device(user: User) -> Failure {
    Failure::NoDevice(user.old_address)
}

/// Does something to logins, and tells what became of each.
pub async fn act_on(
    db: &Db,
    project: &Project,
    logins: &[Uuid],
    action: &Action,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let service = Service::new(db.clone(), server::Settings::default());
    let outcomes = actions::apply(&service, &Actor::command_line(), project, logins, action).await?;
    let words = Words::of("en");
    let mut failed = 0;
    for Outcome { target, refused } in &outcomes {
        match refused {
            None => writeln!(out, "{target}: {}", action.id())?,
            Some(code) => {
                failed += 1;
                let (id, why) = (code.id(), words.text(&format!("problem-{}", code.id())));
                writeln!(out, "{target}: not done: {id} {why}")?;
            }
        }
    }
    if failed == 0 { Ok(()) } else { Err(Failure::NotAllDone { failed, all: outcomes.len() }) }
}

/// An order to configure waits for the computers that will be the user's.
async fn give(db: &Db, project: &Project, user: &User, out: &mut impl Write) -> Result<(), Failure> {
    if project.settings.account.is_none() {
        return Err(Failure::NoAccount(project.name.clone()));
    }
    let mut tx = Operation::begin(db, &Actor::command_line(), Role::Operator).await?;
    let number = orders::give(&mut tx, &user.id, None, protocol::Action::Configure).await?;
    tx.record(Some(&project.id), Action::Configure.id(), &user.old_address, "").await?;
    db::ring(&mut tx, &project.id).await?;
    tx.commit().await?;
    writeln!(out, "order {number} for {}: configure, as soon as there is a computer", user.old_address)?;
    Ok(())
}

/// Reads a time with a zone, with an offset, or in this computer's zone.
pub fn time(text: &str) -> Result<Zoned, Failure> {
    if let Ok(zoned) = text.parse::<Zoned>() {
        return Ok(zoned);
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(local(timestamp));
    }
    let civil = text.parse::<civil::DateTime>().map_err(|_| Failure::Time(text.into()))?;
    civil.to_zoned(TimeZone::system()).map_err(|_| Failure::Time(text.into()))
}

/// A time as this computer's clock shows it.
pub fn local(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::system())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_zone_with_offset_and_in_local_time() {
        let utc = |text: &str| time(text).expect("a time").timestamp().to_string();
        assert_eq!(utc("2026-11-21T18:00[Europe/Berlin]"), "2026-11-21T17:00:00Z");
        assert_eq!(utc("2026-07-21T18:00[Europe/Berlin]"), "2026-07-21T16:00:00Z");
        assert_eq!(utc("2026-11-21T18:00:00+02:00"), "2026-11-21T16:00:00Z");
        assert_eq!(utc("2026-11-21T18:00Z"), "2026-11-21T18:00:00Z");
        let local = time("2026-11-21T18:00").expect("a time");
        assert_eq!(local.time_zone(), &TimeZone::system());
        assert!(time("tomorrow").is_err());
    }
}
