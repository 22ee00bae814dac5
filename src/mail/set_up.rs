//! The set-up itself, step by step.
//!
//! What always holds, whatever fails and whenever the computer stops:
//! * Nothing begins while an earlier set-up is not finished or taken back.
//! * Nothing of the person's is ever deleted. What is deleted is what we made, byte for byte as we made it, and never a
//!   folder that a mail client has opened.
//! * A profile that did not come to work keeps no password.

use tokio::sync::mpsc::UnboundedSender;

use super::client::{Client, Proving};
use super::journal::{Journal, Stage};
use super::{Cancel, Error, Host, Order, Outcome, Progress, Step, files, recovery, reserve, sign_in};
use crate::os::Places;
use crate::protocol::Evidence;

/// Sets a mail client up on the new account and proves that it works. The password is verified against both servers
/// before anything is written; after a failure everything is as it was.
pub async fn set_up(
    order: Order,
    places: &Places,
    host: &Host,
    progress: UnboundedSender<Progress>,
    cancel: Cancel,
) -> Result<Outcome, Error> {
    // Nobody may be listening any more; that stops nothing.
    let run = SetUp { order, places, host, progress: &|said| _ = progress.send(said), cancel };
    let waiting = || (run.progress)(Progress::WaitingForClose);
    recovery::settle(places, host, waiting, || run.cancel.is_requested()).await?;
    let client = Client::chosen(places, host).await?;
    let inbox_messages = if client.is_verified_first(&run.order) { Some(run.signed_in().await?) } else { None };
    client.check(&run.order, places, host).await?;
    run.check_cancel()?;
    let mut journal = run.begun(client, inbox_messages).await?;
    match run.apply(&mut journal).await {
        Ok(outcome) => Ok(outcome),
        Err(error) => {
            tracing::warn!(%error, code = error.code().id(), "the set-up failed; going back");
            // It is closed already, or on the new profile by our own doing.
            recovery::roll_back(&journal, places, host, waiting, || false).await?;
            Err(error)
        }
    }
}

/// What one run needs at every step.
struct SetUp<'a> {
    order: Order,
    places: &'a Places,
    host: &'a Host,
    progress: &'a (dyn Fn(Progress) + Sync),
    cancel: Cancel,
}

impl SetUp<'_> {
    fn step(&self, step: Step) {
        tracing::info!(step = step.id(), "begins");
        (self.progress)(Progress::Started(step));
    }

    fn done(&self, step: Step) {
        tracing::info!(step = step.id(), "done");
        (self.progress)(Progress::Finished(step));
    }

    fn check_cancel(&self) -> Result<(), Error> {
        if self.cancel.is_requested() { Err(Error::Interrupted) } else { Ok(()) }
    }

    /// Messages in the inbox.
    async fn signed_in(&self) -> Result<u32, Error> {
        self.step(Step::CheckPassword);
        let account = &self.order.account;
        let ca = account.certificate_authority.as_deref();
        let messages = sign_in::inbox_messages(&account.incoming, &self.order.password, ca).await?;
        sign_in::outgoing(&account.outgoing, &self.order.password, ca).await?;
        self.done(Step::CheckPassword);
        Ok(messages)
    }

    /// From here on there is a record.
    async fn begun(&self, client: Client, inbox_messages: Option<u32>) -> Result<Journal, Error> {
        let was_running = client.is_running().await;
        let places = self.places.clone();
        files::in_background(move || {
            let id = uuid::Uuid::new_v4();
            let journal = Journal {
                id,
                started: jiff::Timestamp::now(),
                stage: Stage::Close,
                was_running,
                reserves: reserve::places(&places.state, id, &client.lists()),
                client,
                inbox_messages,
                left: Vec::new(),
                evidence: None,
                previous: None,
            };
            journal.begin(&places)
        })
        .await
    }

    async fn apply(&self, journal: &mut Journal) -> Result<Outcome, Error> {
        self.switch_over(journal).await?;
        self.enter(journal, Stage::Prove).await?;
        finished(journal, self.places, self.host, self.progress, &|| self.cancel.is_requested()).await
    }

    /// Everything that is written: the new profile, then what points to it.
    async fn switch_over(&self, journal: &mut Journal) -> Result<(), Error> {
        self.step(Step::CloseClient);
        let waiting = || (self.progress)(Progress::WaitingForClose);
        journal.client.close(self.host, waiting, || self.cancel.is_requested()).await?;
        self.done(Step::CloseClient);

        self.step(Step::CreateProfile);
        journal.client.plan(&self.order, journal.id, self.places, self.host).await?;
        self.enter(journal, Stage::Create).await?;
        journal.left.extend(journal.client.create(self.host).await?);
        self.done(Step::CreateProfile);

        self.check_cancel()?;
        self.step(Step::CarryOver);
        journal.left.extend(journal.client.carry_over(&self.order, self.host).await?);
        journal.client.check_still_closed().await?;
        self.done(Step::CarryOver);

        self.check_cancel()?;
        self.step(Step::SwitchDefault);
        self.enter(journal, Stage::Switch).await?;
        journal.client.switch(self.host).await?;
        journal.client.check_still_closed().await?;
        self.done(Step::SwitchDefault);
        Ok(())
    }

    async fn enter(&self, journal: &mut Journal, stage: Stage) -> Result<(), Error> {
        enter(journal, stage, self.places).await
    }
}

async fn enter(journal: &mut Journal, stage: Stage, places: &Places) -> Result<(), Error> {
    let (mut record, places) = (journal.clone(), places.clone());
    *journal = files::in_background(move || record.enter(stage, &places).map(|()| record)).await?;
    Ok(())
}

/// The last stage, also after the agent was killed in it: start, prove, and record that it is done.
pub(super) async fn finished(
    journal: &mut Journal,
    places: &Places,
    host: &Host,
    progress: &(dyn Fn(Progress) + Sync),
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Outcome, Error> {
    let signed_in = journal.inbox_messages.is_some();
    let inbox_messages = journal.inbox_messages.unwrap_or_default();
    let evidence = journal.client.prove(&Proving { signed_in, inbox_messages, host, progress, stop }).await?;
    done(journal, evidence, places).await
}

async fn done(journal: &mut Journal, evidence: Evidence, places: &Places) -> Result<Outcome, Error> {
    journal.evidence = Some(evidence.clone());
    enter(journal, Stage::Done, places).await?;
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

#[cfg(test)]
mod tests;
