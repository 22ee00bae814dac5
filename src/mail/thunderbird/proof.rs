//! What proves that Thunderbird works on the new profile.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Child;
use tokio::time::{Instant, sleep};

use super::record::Record;
use super::sync::{Inbox, inbox};
use super::{CLIENT, Profile, is_default, lock, process};
use crate::mail::client::Proving;
use crate::mail::{Error, Host, Progress, Step, files};

/// How long Thunderbird may take to use the new profile; usually it takes 2 s.
const START_LIMIT: Duration = Duration::from_secs(90);
/// How long the first mail may take when Thunderbird has the password; usually it takes 1 s.
const ARRIVAL_LIMIT: Duration = Duration::from_mins(2);
/// How long the first mail may take when the person has to type the password into Thunderbird.
const TYPED_ARRIVAL_LIMIT: Duration = Duration::from_mins(5);
/// The inbox has arrived when it has not grown for this long.
const SETTLED: Duration = Duration::from_secs(2);
/// Rhythm of looking.
const LOOK: Duration = Duration::from_millis(100);

/// Starts Thunderbird (unless it runs on the new profile already) and waits until its own first mail is in. Returns the
/// number of messages.
pub(super) async fn prove(record: &Record, new: &Profile, proving: &Proving<'_>) -> Result<u32, Error> {
    let Proving { inbox_messages, host, progress, stop, .. } = *proving;
    progress(Progress::Started(Step::StartClient));
    let mut child =
        if is_there(record, new, host, stop).await? { None } else { Some(process::start(&record.install, host)?) };
    in_use(record, new, child.as_mut(), stop).await?;
    let (install, profile) = (record.install.clone(), new.clone());
    if !files::in_background(move || is_default(&install, &profile)).await? {
        return Err(not_used(new));
    }
    progress(Progress::Finished(Step::StartClient));
    progress(Progress::Started(Step::CheckArrival));
    let messages = arrived(record, new, inbox_messages, stop).await?;
    // Somebody has opened the old profile as well: what is written there would be missed here.
    let others = profiles_but(&record.install.root, new).await;
    process::close(&record.install, &others, host, || progress(Progress::WaitingForClose), stop).await?;
    progress(Progress::Finished(Step::CheckArrival));
    Ok(messages)
}

/// Whether a process has the new profile. One that is starting, by the agent that was killed before us or by the person, is
/// waited for: a second one beside it would only complain.
async fn is_there(
    record: &Record,
    new: &Profile,
    host: &Host,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<bool, Error> {
    let began = Instant::now();
    loop {
        let (install, host, folder) = (record.install.clone(), host.clone(), new.folder.clone());
        let look = move || (lock::holder(&folder).is_some(), process::starting(&install, &host));
        let (there, starting) = files::in_background(look).await;
        if there || starting.is_none() || began.elapsed() > START_LIMIT {
            return Ok(there);
        }
        if stop() {
            return Err(Error::Interrupted);
        }
        sleep(LOOK).await;
    }
}

async fn profiles_but(root: &Path, new: &Profile) -> Vec<PathBuf> {
    let (root, new) = (root.to_path_buf(), new.folder.clone());
    files::in_background(move || super::profile_folders(&root).into_iter().filter(|it| *it != new).collect()).await
}

/// Waits until a process holds the new profile's lock.
async fn in_use(
    record: &Record,
    new: &Profile,
    mut child: Option<&mut Child>,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<(), Error> {
    let not_started = |reason: String| Error::NotStarted { program: record.install.command.0.clone(), reason };
    let began = Instant::now();
    loop {
        let folder = new.folder.clone();
        if files::in_background(move || lock::holder(&folder)).await.is_some() {
            return Ok(());
        }
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
            let root = record.install.root.clone();
            let elsewhere = files::in_background(move || super::in_use(&root)).await.is_some();
            return Err(if elsewhere { not_used(new) } else { not_started("no window in time".into()) });
        }
        sleep(LOOK).await;
    }
}

/// Waits until Thunderbird holds as many messages as the inbox had, or some and no more are coming.
async fn arrived(
    record: &Record,
    new: &Profile,
    inbox_messages: u32,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<u32, Error> {
    let limit = if record.handed_over { ARRIVAL_LIMIT } else { TYPED_ARRIVAL_LIMIT };
    let began = Instant::now();
    let mut grew = (0, began);
    loop {
        let (folder, (server, username)) = (new.folder.clone(), record.incoming.clone());
        match files::in_background(move || inbox(&folder, &server, &username)).await {
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
        sleep(LOOK).await;
    }
}

fn not_used(new: &Profile) -> Error {
    Error::ProfileNotUsed { client: CLIENT.into(), profile: new.folder.clone() }
}
