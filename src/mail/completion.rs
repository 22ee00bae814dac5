//! The last stage of a set-up, also after the agent was killed in it: start, prove, and record that it is done.

use super::context::Context;
use super::journal::{Journal, Stage};
use super::{Error, Host, Outcome, Progress};
use crate::os::Places;
use crate::protocol::Evidence;

pub(super) fn prove(
    journal: &mut Journal,
    places: &Places,
    host: &Host,
    progress: &dyn Fn(Progress),
    stop: &dyn Fn() -> bool,
) -> Result<Outcome, Error> {
    let context = Context { inbox_messages: journal.inbox_messages, host, progress, stop };
    let evidence = journal.client.prove(&context)?;
    complete(journal, evidence, places)
}

pub(super) fn complete(journal: &mut Journal, evidence: Evidence, places: &Places) -> Result<Outcome, Error> {
    journal.evidence = Some(evidence.clone());
    journal.enter(Stage::Done, places)?;
    Ok(outcome(journal, evidence, places))
}

/// What is told of a set-up that is done.
pub(super) fn outcome(journal: &Journal, evidence: Evidence, places: &Places) -> Outcome {
    Outcome {
        client: journal.client.name().into(),
        profile: journal.client.profile(),
        old_profile: journal.client.old_profile(&places.home),
        evidence,
        left: journal.left.clone(),
    }
}
