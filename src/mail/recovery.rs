//! Going back: after a set-up that failed or was cut off, and when the person wants the old profile again.

use std::fs;

use tokio::sync::mpsc::UnboundedSender;

use super::journal::{Backup, Journal, Stage, fingerprint};
use super::{Error, Host, Outcome, Progress, files, set_up, thunderbird};
use crate::os::Places;

/// What was found at the agent's start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovered {
    /// No set-up had been cut off.
    Nothing,
    /// A set-up had been cut off before the new profile was complete; everything is as it was before.
    Undone,
    /// A set-up had been cut off after the new profile was complete; it works.
    Finished(Outcome),
}

/// Finishes or undoes what a killed agent left half done. To be called before anything else at the agent's start. May
/// wait for the mail client as long as a set-up does.
pub async fn recover(places: &Places, host: &Host) -> Result<Recovered, Error> {
    let Some(mut journal) = read(places).await? else { return Ok(Recovered::Nothing) };
    tracing::info!(id = %journal.id, stage = ?journal.stage, "found the record of a set-up");
    match (journal.stage, journal.new.clone()) {
        (Stage::Done, _) => return Ok(Recovered::Nothing),
        (Stage::Prove, Some(new)) => {
            match set_up::finished(&mut journal, &new, places, host, &|_| {}, || false).await {
                Ok(outcome) => return Ok(Recovered::Finished(outcome)),
                Err(error) => tracing::warn!(%error, "the new profile does not work; going back"),
            }
        }
        _ => {}
    }
    roll_back(&journal, places, host).await?;
    Ok(Recovered::Undone)
}

/// Makes the old profile the default again. The new profile's folder stays.
pub async fn undo(places: &Places, host: &Host, progress: UnboundedSender<Progress>) -> Result<(), Error> {
    let journal = read(places).await?.filter(|journal| journal.stage == Stage::Done);
    let Some(mut journal) = journal else {
        return Err(Error::UndoFailed { path: places.state.clone(), reason: "there is nothing to undo".into() });
    };
    // From now on, whether it ran counts for starting it again.
    journal.was_running = thunderbird::is_running(&journal.install).await;
    let (mut record, kept) = (journal.clone(), places.clone());
    let journal = files::in_background(move || record.enter(Stage::Undo, &kept).map(|()| record)).await?;
    let result = restore(&journal, places, host, || _ = progress.send(Progress::WaitingForClose)).await;
    if let Err(Error::StayedOpen { .. }) = &result {
        // Nothing was changed: it can be undone later.
        let (mut record, kept) = (journal.clone(), places.clone());
        files::in_background(move || record.enter(Stage::Done, &kept)).await?;
    }
    result
}

/// A set-up completed here and has not been undone.
pub fn can_undo(places: &Places) -> bool {
    matches!(Journal::read(places), Ok(Some(journal)) if journal.stage == Stage::Done)
}

async fn read(places: &Places) -> Result<Option<Journal>, Error> {
    let places = places.clone();
    files::in_background(move || Journal::read(&places)).await
}

/// Back to the state before a set-up that did not complete, with the mail client running if it was.
pub(super) async fn roll_back(journal: &Journal, places: &Places, host: &Host) -> Result<(), Error> {
    restore(journal, places, host, || {}).await
}

async fn restore(journal: &Journal, places: &Places, host: &Host, waiting: impl FnOnce()) -> Result<(), Error> {
    // Until then the mail client has not been touched by us, or is closed.
    if journal.stage >= Stage::Prove {
        thunderbird::close(&journal.install, host, waiting, || false).await?;
    }
    let (record, kept) = (journal.clone(), places.clone());
    files::in_background(move || {
        for backup in &record.backups {
            restore_list(&record, backup)?;
        }
        remove_unused_profile(&record);
        record.close(&kept)
    })
    .await?;
    tracing::info!(id = %journal.id, "everything is as it was");
    if journal.was_running && !thunderbird::is_running(&journal.install).await {
        thunderbird::start(&journal.install, host)?;
    }
    Ok(())
}

/// The very bytes of before when nobody else has changed the file; else only our own entries go.
fn restore_list(journal: &Journal, backup: &Backup) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::UndoFailed { path: backup.file.clone(), reason: error.to_string() };
    let read = |path: &std::path::Path| files::read_if_there(path).map_err(failed);
    let before = backup.copy.as_ref().map(|copy| fs::read(copy).map_err(failed)).transpose()?;
    // What a killed agent had written beside, and not yet renamed.
    crate::os::files::remove_leftovers(&backup.file);
    let now = read(&backup.file)?;
    if now == before {
        return Ok(());
    }
    let unchanged = now.as_ref().is_some_and(|now| fingerprint(now) == backup.written);
    let after = match (&journal.new, now.as_deref().and_then(files::decoded)) {
        (Some(new), Some(text)) if !unchanged => {
            let before = before.as_deref().and_then(files::decoded);
            thunderbird::restored(&text, before.as_deref(), new, journal.old.as_ref()).map(String::into_bytes)
        }
        _ => before,
    };
    match after {
        Some(bytes) => files::replace(&backup.file, &bytes).map_err(failed),
        None => match fs::remove_file(&backup.file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        },
    }
}

/// A half-made profile that no mail client has ever used holds nothing of the person's own but copies. A used one stays.
fn remove_unused_profile(journal: &Journal) {
    let Some(new) = &journal.new else { return };
    if journal.stage < Stage::Prove
        && let Err(error) = fs::remove_dir_all(&new.folder)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(path = %new.folder.display(), %error, "a half-made profile stays");
    }
}
