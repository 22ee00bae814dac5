//! `cutover`, `configure`, `retry`, `rehearse`, `undo`, `remove`, `delay`: what the operator wants of the agents.

use std::io::Write;

use clap::{Args, Subcommand};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned, civil};

use crate::i18n::datetime;
use crate::problem::ResponseCode;
use crate::server::cli::{Failure, project_named, user_addressed};
use crate::server::db::{self, Db};
use crate::server::http::i18n::Words;
use crate::server::operators::Actor;
use crate::server::projects::actions::{self, Action, Target};
use crate::server::projects::cutover::{self, Concerned};
use crate::server::projects::users;
use crate::server::projects::{Project, Settings};

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
    /// What is asked for, and the moment as people read it.
    pub fn read(&self) -> Result<(cutover::When, Option<Zoned>), Failure> {
        match self {
            Self::Now => Ok((cutover::When::Now, Some(local(db::now())))),
            Self::At { time: text, at_once } => {
                let at = to_come(text, *at_once)?;
                Ok((cutover::When::At { at: at.timestamp(), at_once: *at_once }, Some(at)))
            }
            Self::None => Ok((cutover::When::Never, None)),
        }
    }
}

/// A time that has passed starts everyone at once, which has to be meant.
pub fn to_come(text: &str, at_once: bool) -> Result<Zoned, Failure> {
    let at = time(text)?;
    if !at_once && cutover::has_passed(at.timestamp(), db::now()) {
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

pub async fn set_cutover(db: &Db, project: &str, when: When, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, project).await?;
    let ((when, at), actor) = (when.read()?, Actor::command_line());
    cutover::set(db, &actor, &project, None, when).await?;
    match at {
        Some(at) => tell(&project.name, &project.settings, &at, when, out)?,
        None => writeln!(out, "{:?} has no cutover any more; computers that have not begun wait", project.name)?,
    }
    let Concerned { users, ready } = cutover::concerned(db, &actor, &project, None).await?;
    Ok(writeln!(out, "it is for {users} people, {ready} of them with a computer")?)
}

/// Says when the mail moves.
pub fn tell(
    name: &str,
    settings: &Settings,
    at: &Zoned,
    when: cutover::When,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let from = datetime::plain(at.timestamp(), at.time_zone());
    let zone = at.time_zone().iana_name().unwrap_or("UTC");
    if matches!(when, cutover::When::Now | cutover::When::At { at_once: true, .. }) {
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
    let agents = users::logins(db.pool(), &user.id).await?;
    let mut targets: Vec<_> = agents.into_iter().map(|agent| (Target::Agent(agent), agent.to_string())).collect();
    if targets.is_empty() {
        targets.push((Target::User(user.id), user.old_address));
    }
    act_on(db, &project, targets, &action, out).await
}

/// Does something to each target, which is called by its label, and tells what became of it.
pub async fn act_on(
    db: &Db,
    project: &Project,
    targets: Vec<(Target, String)>,
    action: &Action,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let (targets, labels): (Vec<_>, Vec<_>) = targets.into_iter().unzip();
    let outcomes = actions::apply(db, &Actor::command_line(), project, &targets, action).await?;
    let (words, mut failed) = (Words::of("en"), 0);
    for (label, outcome) in labels.iter().zip(&outcomes) {
        match outcome.refused {
            None => writeln!(out, "{label}: {}", action.id())?,
            Some(ResponseCode::NobodyActivated) => return Err(Failure::NoDevice(label.clone())),
            Some(code) => {
                failed += 1;
                writeln!(out, "{label}: not done: {} {}", code.id(), words.text(&format!("problem-{}", code.id())))?;
            }
        }
    }
    if failed == 0 { Ok(()) } else { Err(Failure::NotAllDone { failed, all: outcomes.len() }) }
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
