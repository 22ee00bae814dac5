//! The set-up itself, step by step.

use std::path::Path;
use tokio::sync::mpsc::UnboundedSender;

use super::journal::{Journal, Stage};
use super::thunderbird::{self, CLIENT, Install, Plan, Profile};
use super::{Cancel, Error, Host, Order, Outcome, Progress, Step, files, recovery, sign_in};
use crate::os::Places;
use crate::problem::Code;
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
    run.step(Step::CheckPassword);
    let messages = run.signed_in().await?;
    run.done(Step::CheckPassword);
    let install = thunderbird::chosen(places, host).await?;
    thunderbird::check(&install).await?;
    run.check_cancel()?;
    let mut journal = run.begun(install, messages).await?;
    match run.apply(&mut journal).await {
        Ok(outcome) => Ok(outcome),
        Err(error) => {
            tracing::warn!(%error, code = error.code().id(), "the set-up failed; going back");
            recovery::roll_back(&journal, places, host).await?;
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

    async fn signed_in(&self) -> Result<u32, Error> {
        let account = &self.order.account;
        let ca = account.certificate_authority.as_deref();
        let messages = sign_in::inbox_messages(&account.incoming, &self.order.password, ca).await?;
        sign_in::outgoing(&account.outgoing, &self.order.password, ca).await?;
        Ok(messages)
    }

    /// From here on there is a record.
    async fn begun(&self, install: Install, inbox_messages: u32) -> Result<Journal, Error> {
        let incoming = &self.order.account.incoming;
        let journal = Journal {
            id: uuid::Uuid::new_v4(),
            started: jiff::Timestamp::now(),
            stage: Stage::Close,
            was_running: thunderbird::is_running(&install).await,
            install,
            new: None,
            old: None,
            backups: Vec::new(),
            incoming: (incoming.host.clone(), incoming.username.clone()),
            inbox_messages,
            handed_over: false,
            left: Vec::new(),
            previous: None,
        };
        let places = self.places.clone();
        files::in_background(move || {
            let previous = Journal::read(&places).ok().flatten().filter(|before| before.stage == Stage::Done);
            let previous = previous.map(|before| Box::new(Journal { previous: None, ..before }));
            let mut journal = Journal { previous, ..journal };
            journal.enter(Stage::Close, &places).map(|()| journal)
        })
        .await
    }

    async fn apply(&self, journal: &mut Journal) -> Result<Outcome, Error> {
        let new = self.switch_over(journal).await?;
        self.enter(journal, Stage::Prove).await?;
        finished(journal, &new, self.places, self.host, self.progress, || self.cancel.is_requested()).await
    }

    /// Everything that is written: the new profile, then the lists that point to it.
    async fn switch_over(&self, journal: &mut Journal) -> Result<Profile, Error> {
        self.step(Step::CloseClient);
        let waiting = || (self.progress)(Progress::WaitingForClose);
        thunderbird::close(&journal.install, self.host, waiting, || self.cancel.is_requested()).await?;
        self.done(Step::CloseClient);

        self.step(Step::CreateProfile);
        let plan = self.recorded_plan(journal).await?;
        let made = plan.clone();
        files::in_background(move || made.create()).await?;
        self.done(Step::CreateProfile);

        self.check_cancel()?;
        self.step(Step::CarryOver);
        let made = plan.clone();
        files::in_background(move || made.carry_over()).await?;
        self.hand_over(&plan, journal).await;
        self.done(Step::CarryOver);

        self.check_cancel()?;
        self.step(Step::SwitchDefault);
        self.enter(journal, Stage::Switch).await?;
        let (made, install) = (plan.clone(), journal.install.clone());
        files::in_background(move || made.switch(&install)).await?;
        self.done(Step::SwitchDefault);
        Ok(plan.new)
    }

    /// Plans with what is there now that the mail client is closed, and keeps what going back needs.
    async fn recorded_plan(&self, journal: &mut Journal) -> Result<Plan, Error> {
        let (order, mut record, places) = (self.order.clone(), journal.clone(), self.places.clone());
        let (plan, recorded) = files::in_background(move || {
            let plan = thunderbird::planned(&order, &record.install)?;
            record.new = Some(plan.new.clone());
            record.old.clone_from(&plan.old);
            for (file, content) in plan.lists(&record.install.clone()) {
                record.keep(&file, &content, &places)?;
            }
            record.enter(Stage::Create, &places)?;
            Ok::<_, Error>((plan, record))
        })
        .await?;
        *journal = recorded;
        Ok(plan)
    }

    /// Not having the password is no failure: Thunderbird asks for it once.
    async fn hand_over(&self, plan: &Plan, journal: &mut Journal) {
        match plan.hand_over(&self.order, &journal.install, self.host).await {
            Ok(()) => journal.handed_over = self.order.hand_over,
            Err(reason) => tracing::warn!(reason, "the mail client's password store was not filled"),
        }
        if !journal.handed_over {
            journal.left.push(Code::Cfg9);
        }
    }

    async fn enter(&self, journal: &mut Journal, stage: Stage) -> Result<(), Error> {
        let (mut record, places) = (journal.clone(), self.places.clone());
        *journal = files::in_background(move || record.enter(stage, &places).map(|()| record)).await?;
        Ok(())
    }
}

/// The last stage, also after the agent was killed in it: start, prove, and record that it is done.
pub(super) async fn finished(
    journal: &mut Journal,
    new: &Profile,
    places: &Places,
    host: &Host,
    progress: &(dyn Fn(Progress) + Sync),
    stop: impl Fn() -> bool,
) -> Result<Outcome, Error> {
    let first_sync_messages = thunderbird::prove(journal, new, host, progress, stop).await?;
    let (mut record, kept) = (journal.clone(), places.clone());
    *journal = files::in_background(move || record.enter(Stage::Done, &kept).map(|()| record)).await?;
    Ok(Outcome {
        client: CLIENT.into(),
        profile: new.name.clone(),
        old_profile: journal.old.as_ref().map(|old| format!("{} ({})", old.name, short(&old.folder, &places.home))),
        evidence: Evidence {
            imap: true,
            smtp: true,
            default_profile: true,
            first_sync_messages,
            account: true,
            store: true,
        },
        left: journal.left.clone(),
    })
}

/// A path as people write it: `~/.thunderbird/k3v9x2qa.default`.
fn short(path: &Path, home: &Path) -> String {
    match path.strip_prefix(home) {
        Ok(below) => Path::new("~").join(below).display().to_string(),
        Err(_) => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests;
