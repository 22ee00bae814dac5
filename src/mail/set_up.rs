//! The set-up itself, step by step.
//!
//! What always holds, whatever fails and whenever the computer stops:
//! * Nothing begins while an earlier set-up is not finished or taken back.
//! * Nothing of the person's is ever deleted. What is deleted is what we made, byte for byte as we made it, and never a
//!   folder that a mail client has opened.
//! * A profile that did not come to work keeps no password.

use super::client::Client;
use super::journal::{Journal, Stage};
use super::{Cancel, Error, Host, Order, Outcome, Progress, Step, completion, recovery, reserve, script, sign_in};
use crate::os::Places;

/// Sets a mail client up on the new account and proves that it works. The password is verified against both servers
/// before anything is written; after a failure everything is as it was.
pub(super) fn set_up(
    order: &Order,
    places: &Places,
    host: &Host,
    progress: &dyn Fn(Progress),
    cancel: &Cancel,
) -> Result<Outcome, Error> {
    let run = Run { order, places, host, progress, cancel };
    let waiting = || progress(Progress::WaitingForClose);
    recovery::settle(places, host, waiting, || cancel.is_requested())?;
    let client = Client::detect(places, host)?;
    let inbox_messages = if client.is_verified_first(order) { Some(run.sign_in()?) } else { None };
    client.check(order, places, host)?;
    run.check_cancel()?;
    let mut journal = run.begin(client, inbox_messages)?;
    match run.apply(&mut journal) {
        Ok(outcome) => Ok(outcome),
        Err(error) => {
            tracing::warn!(%error, code = error.code().id(), "the set-up failed; going back");
            // It is closed already, or on the new profile by our own doing.
            recovery::roll_back(journal, places, host, waiting, || false)?;
            Err(error)
        }
    }
}

/// What one run needs at every step.
struct Run<'a> {
    order: &'a Order,
    places: &'a Places,
    host: &'a Host,
    progress: &'a dyn Fn(Progress),
    cancel: &'a Cancel,
}

impl Run<'_> {
    fn step(&self, step: Step) {
        tracing::info!(step = step.id(), "begins");
        (self.progress)(Progress::Started(step));
    }

    fn finish(&self, step: Step) {
        tracing::info!(step = step.id(), "done");
        (self.progress)(Progress::Finished(step));
    }

    fn check_cancel(&self) -> Result<(), Error> {
        if self.cancel.is_requested() { Err(Error::Interrupted) } else { Ok(()) }
    }

    /// Signs in to both servers. Returns how many messages the inbox holds.
    fn sign_in(&self) -> Result<u32, Error> {
        self.step(Step::CheckPassword);
        let (account, password) = (&self.order.account, &self.order.password);
        let ca = account.certificate_authority.as_deref();
        let messages = script::wait_for(async {
            let messages = sign_in::inbox_messages(&account.incoming, password, ca).await?;
            sign_in::outgoing(&account.outgoing, password, ca).await?;
            Ok::<_, Error>(messages)
        })?;
        self.finish(Step::CheckPassword);
        Ok(messages)
    }

    /// From here on there is a record.
    fn begin(&self, client: Client, inbox_messages: Option<u32>) -> Result<Journal, Error> {
        let id = uuid::Uuid::new_v4();
        let journal = Journal {
            id,
            started: jiff::Timestamp::now(),
            stage: Stage::Close,
            was_running: client.is_running(),
            reserves: reserve::places(&self.places.state, id, &client.lists()),
            client,
            inbox_messages,
            left: Vec::new(),
            evidence: None,
            previous: None,
        };
        journal.begin(self.places)
    }

    fn apply(&self, journal: &mut Journal) -> Result<Outcome, Error> {
        self.switch_over(journal)?;
        journal.enter(Stage::Prove, self.places)?;
        completion::prove(journal, self.places, self.host, self.progress, &|| self.cancel.is_requested())
    }

    /// Everything that is written: the new profile, then what points to it.
    fn switch_over(&self, journal: &mut Journal) -> Result<(), Error> {
        self.step(Step::CloseClient);
        let waiting = || (self.progress)(Progress::WaitingForClose);
        journal.client.close(self.host, waiting, || self.cancel.is_requested())?;
        self.finish(Step::CloseClient);

        self.step(Step::CreateProfile);
        journal.client.plan(self.order, journal.id, self.places, self.host)?;
        journal.enter(Stage::Create, self.places)?;
        journal.left.extend(journal.client.create(self.host)?);
        self.finish(Step::CreateProfile);

        self.check_cancel()?;
        self.step(Step::CarryOver);
        journal.client.carry_over()?;
        journal.left.extend(journal.client.hand_over(self.order, self.host)?);
        journal.client.check_still_closed()?;
        self.finish(Step::CarryOver);

        self.check_cancel()?;
        self.step(Step::SwitchDefault);
        journal.enter(Stage::Switch, self.places)?;
        journal.client.switch(self.host)?;
        journal.client.check_still_closed()?;
        self.finish(Step::SwitchDefault);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
