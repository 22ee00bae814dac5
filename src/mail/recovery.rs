//! Going back: after a set-up that failed or was cut off, and when the person wants the old profile again.

use tokio::sync::mpsc::UnboundedSender;

use super::journal::{Journal, Stage};
use super::{Error, Host, Outcome, Progress, files, set_up};
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

/// Finishes or undoes what a killed agent left half done. To be called before anything else at the agent's start. May
/// wait for the mail client as long as a set-up does.
pub async fn recover(places: &Places, host: &Host) -> Result<Recovered, Error> {
    let Some(mut journal) = read(places).await? else { return Ok(Recovered::Nothing) };
    tracing::info!(id = %journal.id, stage = ?journal.stage, "found the record of a set-up");
    match journal.stage {
        Stage::Done => {
            let evidence = journal.evidence.clone().unwrap_or_default();
            return Ok(Recovered::Done(set_up::outcome(&journal, evidence, places)));
        }
        Stage::Prove => match set_up::finished(&mut journal, places, host, &|_| {}, &|| false).await {
            Ok(outcome) => return Ok(Recovered::Finished(outcome)),
            Err(error) => tracing::warn!(%error, "the new profile does not work; going back"),
        },
        Stage::Close | Stage::Create | Stage::Switch | Stage::Undo => {}
    }
    roll_back(&journal, places, host).await?;
    Ok(Recovered::Undone)
}

/// Makes the old profile the default again. What the new profile has downloaded stays.
pub async fn undo(places: &Places, host: &Host, progress: UnboundedSender<Progress>) -> Result<(), Error> {
    let journal = read(places).await?.filter(|journal| journal.stage == Stage::Done);
    let Some(mut journal) = journal else {
        return Err(Error::UndoFailed { path: places.state.clone(), reason: "there is nothing to undo".into() });
    };
    // From now on, whether it ran counts for starting it again.
    journal.was_running = journal.client.is_running().await;
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

/// A set-up, or going back, was begun here and has not come to its end: [`recover`] comes before anything else.
pub fn is_unfinished(places: &Places) -> bool {
    !matches!(Journal::read(places), Ok(None)) && !can_undo(places)
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
        journal.client.close(host, waiting, || false).await?;
    }
    journal.client.restore(journal.stage, host).await?;
    let (record, kept) = (journal.clone(), places.clone());
    files::in_background(move || record.close(&kept)).await?;
    tracing::info!(id = %journal.id, "everything is as it was");
    if journal.was_running && journal.client.has_something_to_open() && !journal.client.is_running().await {
        journal.client.start(host)?;
    }
    Ok(())
}
