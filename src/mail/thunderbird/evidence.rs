//! What proves that Thunderbird works on the new profile.

use std::time::{Duration, Instant};

use tokio::process::Child;

use super::install::Install;
use super::profiles::{self, Profile};
use super::sync::{Inbox, inbox};
use super::{CLIENT, lock, process};
use crate::mail::context::Context;
use crate::mail::{Error, Progress, Step, script};
use crate::protocol::Evidence;

/// How long Thunderbird may take to use the new profile; usually it takes 2 s.
const START_LIMIT: Duration = Duration::from_secs(90);
/// How long the first mail may take when Thunderbird has the password; usually it takes 1 s.
const ARRIVAL_LIMIT: Duration = Duration::from_mins(2);
/// How long the first mail may take when the person has to type the password into Thunderbird.
const TYPED_ARRIVAL_LIMIT: Duration = Duration::from_mins(5);
/// The inbox has arrived when it has not grown for this long.
const SETTLED: Duration = Duration::from_secs(2);
const LOOK: Duration = Duration::from_millis(100);

/// What Thunderbird is to come to.
pub(super) struct Expected<'a> {
    pub install: &'a Install,
    pub new: &'a Profile,
    /// Host and user name of the incoming server.
    pub host: &'a str,
    pub username: &'a str,
    pub has_password: bool,
}

/// Starts Thunderbird (unless it runs on the new profile already) and waits until its own first mail is in.
pub(super) fn collect(expected: &Expected<'_>, context: &Context<'_>) -> Result<Evidence, Error> {
    let Expected { install, new, .. } = *expected;
    let Context { inbox_messages, host, progress, stop } = *context;
    progress(Progress::Started(Step::StartClient));
    let mut child = if is_there(expected, context)? { None } else { Some(process::start(install, host)?) };
    until_in_use(expected, child.as_mut(), stop)?;
    if !profiles::is_default(install, new)? {
        return Err(not_used(new));
    }
    progress(Progress::Finished(Step::StartClient));
    progress(Progress::Started(Step::CheckArrival));
    let first_sync_messages = until_arrived(expected, inbox_messages.unwrap_or_default(), stop)?;
    // Somebody has opened the old profile as well: what is written there would be missed here.
    let mut others = profiles::folders(&install.root);
    others.retain(|folder| *folder != new.folder);
    process::close(install, &others, host, || progress(Progress::WaitingForClose), stop)?;
    progress(Progress::Finished(Step::CheckArrival));
    let signed_in = inbox_messages.is_some();
    let default_profile = true;
    let (account, store) = (true, true);
    Ok(Evidence { imap: signed_in, smtp: signed_in, default_profile, first_sync_messages, account, store })
}

/// Whether a process has the new profile. One that is starting, by the agent that was killed before us or by the person, is
/// waited for: a second one beside it would only complain.
fn is_there(expected: &Expected<'_>, context: &Context<'_>) -> Result<bool, Error> {
    let began = Instant::now();
    loop {
        let there = lock::holder(&expected.new.folder).is_some();
        let starting = process::starting(expected.install, context.host);
        if there || starting.is_none() || began.elapsed() > START_LIMIT {
            return Ok(there);
        }
        if (context.stop)() {
            return Err(Error::Interrupted);
        }
        script::pause(LOOK);
    }
}

/// Waits until a process holds the new profile's lock.
fn until_in_use(expected: &Expected<'_>, mut child: Option<&mut Child>, stop: &dyn Fn() -> bool) -> Result<(), Error> {
    let Expected { install, new, .. } = *expected;
    let not_started = |reason: String| Error::NotStarted { program: install.command.0.clone(), reason };
    let began = Instant::now();
    while lock::holder(&new.folder).is_none() {
        if stop() {
            return Err(Error::Interrupted);
        }
        // A start script may hand over and end well; a failure is final.
        if let Some(Ok(Some(status))) = child.as_mut().map(|child| child.try_wait())
            && !status.success()
        {
            return Err(not_started(status.to_string()));
        }
        if began.elapsed() > START_LIMIT {
            let elsewhere = profiles::user_of_any(&install.root).is_some();
            return Err(if elsewhere { not_used(new) } else { not_started("no window in time".into()) });
        }
        script::pause(LOOK);
    }
    Ok(())
}

/// Waits until Thunderbird holds as many messages as the inbox had, or some and no more are coming.
fn until_arrived(expected: &Expected<'_>, inbox_messages: u32, stop: &dyn Fn() -> bool) -> Result<u32, Error> {
    let new = expected.new;
    let limit = if expected.has_password { ARRIVAL_LIMIT } else { TYPED_ARRIVAL_LIMIT };
    let began = Instant::now();
    let mut grew = (0, began);
    loop {
        match inbox(&new.folder, expected.host, expected.username) {
            // Rewriting `prefs.js` takes Thunderbird a moment; only a lasting loss counts.
            None if began.elapsed() > SETTLED => return Err(not_used(new)),
            Some(Inbox::Holds(count)) if count >= inbox_messages => return Ok(count),
            Some(Inbox::Holds(count)) if count > grew.0 => grew = (count, Instant::now()),
            Some(Inbox::Holds(count)) if count > 0 && grew.1.elapsed() > SETTLED => return Ok(count),
            _ => {}
        }
        if stop() {
            return Err(Error::Interrupted);
        }
        if began.elapsed() > limit {
            return Err(Error::NothingArrived { profile: new.folder.clone(), seconds: limit.as_secs() });
        }
        script::pause(LOOK);
    }
}

fn not_used(new: &Profile) -> Error {
    Error::ProfileNotUsed { client: CLIENT.into(), profile: new.folder.clone() }
}
