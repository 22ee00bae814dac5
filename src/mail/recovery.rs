//! Going back: after a set-up that failed or was cut off, and when the person wants the old profile again. May be begun
//! again at any time, from wherever it was cut off.

use tokio::sync::mpsc::UnboundedSender;

use super::journal::{self, Journal, Stage};
use super::{Error, Host, Outcome, Progress, files, reserve, set_up};
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
    /// The last set-up was done. The agent may have been killed before it could tell.
    Done(Outcome),
}

/// Finishes or undoes what a killed agent left half done. To be called before anything else at the agent's start, and as
/// often as somebody wants to try again. May wait for the mail client as long as a set-up does.
pub async fn recover(places: &Places, host: &Host) -> Result<Recovered, Error> {
    let found = read(places).await?;
    let kept = places.clone();
    files::in_background(move || journal::clear_up(&kept)).await;
    let Some(mut journal) = found else { return Ok(Recovered::Nothing) };
    tracing::info!(id = %journal.id, stage = ?journal.stage, "found the record of a set-up");
    let is_complete = match journal.stage {
        Stage::Done => {
            let evidence = journal.evidence.clone().unwrap_or_default();
            return Ok(Recovered::Done(set_up::outcome(&journal, evidence, places)));
        }
        Stage::Prove => true,
        // The lists had been replaced, and somebody has begun to use the new profile.
        Stage::Switch => journal.client.is_used_anew().await,
        Stage::Close | Stage::Create | Stage::Undo => false,
    };
    if is_complete {
        journal.stage = Stage::Prove;
        match set_up::finished(&mut journal, places, host, &|_| {}, &|| false).await {
            Ok(outcome) => return Ok(Recovered::Finished(outcome)),
            Err(error) => {
                tracing::warn!(%error, "the new profile does not work; going back");
                roll_back(&journal, places, host, || {}, || false).await?;
                return Ok(Recovered::Undone);
            }
        }
    }
    restore(journal, places, host, || {}, || false).await.map_err(|error| failed(places, error))?;
    Ok(Recovered::Undone)
}

/// As [`recover`], by the person's own wish: a record that cannot be read does not stand in the way for ever. It is kept
/// under another name.
pub async fn recover_again(places: &Places, host: &Host) -> Result<Recovered, Error> {
    let kept = places.clone();
    files::in_background(move || journal::set_aside_unreadable(&kept)).await?;
    recover(places, host).await
}

/// Before anything new is begun: nothing may be half done. The record of what is cannot be replaced by another.
pub(super) async fn settle(
    places: &Places,
    host: &Host,
    waiting: impl FnOnce(),
    stop: impl Fn() -> bool,
) -> Result<(), Error> {
    let Some(journal) = read(places).await?.filter(|journal| journal.stage != Stage::Done) else { return Ok(()) };
    tracing::info!(id = %journal.id, stage = ?journal.stage, "an earlier set-up is not finished; going back first");
    restore(journal, places, host, waiting, stop).await.map_err(|error| failed(places, error))
}

/// Makes the old profile the default again. What the new profile has downloaded stays.
pub async fn undo(places: &Places, host: &Host, progress: UnboundedSender<Progress>) -> Result<(), Error> {
    let journal = read(places).await?.filter(|journal| journal.stage == Stage::Done);
    let Some(mut journal) = journal else {
        return Err(Error::UndoFailed { path: places.state.clone(), reason: "there is nothing to undo".into() });
    };
    // From now on, whether it ran counts for starting it again.
    journal.was_running = journal.client.is_running().await;
    journal.evidence.get_or_insert_default();
    let journal = going_back(journal, places).await?;
    let waiting = || _ = progress.send(Progress::WaitingForClose);
    let result = restore(journal.clone(), places, host, waiting, || false).await;
    if let Err(Error::StayedOpen { .. }) = &result {
        // Nothing was changed: it can be undone later.
        let (mut record, kept) = (journal, places.clone());
        files::in_background(move || {
            record.enter(Stage::Done, &kept)?;
            // Without the room it is tried all the same.
            let _ = reserve::take(&record.reserves, &record.client.lists());
            Ok::<_, Error>(())
        })
        .await?;
    }
    result
}

/// A set-up completed here and has not been undone.
pub fn can_undo(places: &Places) -> bool {
    matches!(Journal::read(places), Ok(Some(journal)) if journal.stage == Stage::Done)
}

/// A set-up, or going back, was begun here and has not come to its end: [`recover`] comes before anything else.
pub fn is_unfinished(places: &Places) -> bool {
    has_way_back(places) && !can_undo(places)
}

/// There is something to go back from: a set-up that completed, or whatever is half done.
pub fn has_way_back(places: &Places) -> bool {
    !matches!(Journal::read(places), Ok(None))
}

async fn read(places: &Places) -> Result<Option<Journal>, Error> {
    let places = places.clone();
    files::in_background(move || Journal::read(&places)).await
}

/// Back to the state before a set-up that did not complete, with the mail client running if it was. When this fails, the
/// record stays.
pub(super) async fn roll_back(
    journal: &Journal,
    places: &Places,
    host: &Host,
    waiting: impl FnOnce(),
    stop: impl Fn() -> bool,
) -> Result<(), Error> {
    // What it was proven by before it failed does not count.
    let journal = Journal { evidence: None, ..journal.clone() };
    restore(journal, places, host, waiting, stop).await.map_err(|error| failed(places, error))
}

/// Whatever kept us from going back, the person has to know that.
fn failed(places: &Places, error: Error) -> Error {
    match error {
        Error::UndoFailed { .. } => error,
        other => Error::UndoFailed { path: places.state.clone(), reason: other.to_string() },
    }
}

async fn restore(
    journal: Journal,
    places: &Places,
    host: &Host,
    waiting: impl FnOnce(),
    stop: impl Fn() -> bool,
) -> Result<(), Error> {
    // Until then the mail client has not been touched by us, or is closed.
    if journal.stage >= Stage::Prove || journal.client.is_used_anew().await {
        journal.client.close(host, waiting, stop).await?;
    }
    let journal = going_back(journal, places).await?;
    journal.client.restore(journal.evidence.is_none(), host).await?;
    let (record, kept) = (journal.clone(), places.clone());
    files::in_background(move || record.close(&kept)).await?;
    tracing::info!(id = %journal.id, "everything is as it was");
    if journal.was_running && journal.client.has_something_to_open() && !journal.client.is_running().await {
        // The person can start it as well.
        if let Err(error) = journal.client.start(host) {
            tracing::warn!(%error, "the mail client does not come back by itself");
        }
    }
    Ok(())
}

/// Uses the reserved room. Once the lists may be half restored, nobody takes the set-up for one that is done, or works.
async fn going_back(journal: Journal, places: &Places) -> Result<Journal, Error> {
    let (mut record, places) = (journal, places.clone());
    files::in_background(move || {
        let failed =
            |error: std::io::Error| Error::UndoFailed { path: places.state.clone(), reason: error.to_string() };
        record.release().map_err(failed)?;
        if record.stage >= Stage::Switch {
            record.enter(Stage::Undo, &places)?;
        }
        Ok(record)
    })
    .await
}
