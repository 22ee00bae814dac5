//! From "Set up my mail" to evidence or the manual page.

use futures::StreamExt;
use iced::Task;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::activation::open_link;
use super::notice::Notice;
use super::state::Stage;
use super::window::Page;
use super::wizard::{self, Choice};
use super::{Agent, Work, agreed, api, connection, secrets};
use crate::agent;
use crate::mail::{self, Order, Outcome, Progress};
use crate::problem::ResponseCode;
use crate::protocol::{Directive, EventKind};
use crate::secret::Secret;

#[derive(Debug)]
pub enum Message {
    Wizard(wizard::Message),
    PasswordChanged(Result<(), api::Error>, Secret),
    Progress(Progress),
    Ended(Result<Outcome, mail::Error>),
}

impl Agent {
    pub(super) fn set_up(&mut self, message: Message) -> Task<agent::Message> {
        match message {
            Message::Wizard(message) => self.wizard(message),
            Message::PasswordChanged(result, password) => self.password_changed(result, password),
            Message::Progress(progress) => self.progress(progress),
            Message::Ended(result) => self.end_set_up(result),
        }
    }

    fn wizard(&mut self, message: wizard::Message) -> Task<agent::Message> {
        let Page::Wizard(page) = &mut self.window.page else { return Task::none() };
        // It is taken out for as long as it is told what is known.
        let mut wizard = std::mem::take(page);
        let action = wizard.update(message, &self.facts());
        if action == wizard::Action::Cancel {
            wizard.cancelling();
        }
        self.window.page = Page::Wizard(wizard);
        match action {
            wizard::Action::None => Task::none(),
            wizard::Action::Later => self.postpone(),
            wizard::Action::SetUp { password } => self.commit(password),
            wizard::Action::Cancel => {
                if let Some(work) = &self.work {
                    work.cancel.request();
                }
                Task::none()
            }
            wizard::Action::OpenClient => Task::batch([self.open_client(), self.close_window()]),
            wizard::Action::Close => self.close_window(),
            wizard::Action::TryAgain => self.try_again(),
            wizard::Action::GoBackAgain => self.settle_record(),
            wizard::Action::FinishedByHand => {
                self.state.report(EventKind::FinishedByHand);
                self.state.stage = Stage::Completed;
                self.state.begun = None;
                self.state.outcome = None;
                self.save();
                Task::batch([self.close_window(), self.deliver()])
            }
            wizard::Action::Report => self.ask_for_report(),
            wizard::Action::Copy(text) => iced::clipboard::write(text).discard(),
            wizard::Action::OpenLink(url) => open_link(url),
            wizard::Action::Focus(id) => iced::widget::operation::focus(id),
        }
    }

    /// The one commit point. A new password goes to the directory first; nothing here is changed before it works.
    fn commit(&mut self, choice: Choice) -> Task<agent::Message> {
        if self.work.is_some() || !self.recovery.is_over() {
            // What an earlier set-up left is cleared up first; the entries stay.
            if let Page::Wizard(page) = &mut self.window.page {
                page.return_to_password();
            }
            return self.focus_page();
        }
        self.state.report(EventKind::Started);
        match choice {
            Choice::Existing(password) => self.start_set_up(password),
            Choice::SignInThere => self.start_set_up(Secret::default()),
            Choice::Create(password) => {
                let Some((api, token)) = self.connection.line() else {
                    if let Page::Wizard(page) = &mut self.window.page {
                        page.password_refused(Notice::new(ResponseCode::ServerUnreachable));
                    }
                    return self.focus_page();
                };
                self.work = Some(Work::start());
                if let Page::Wizard(page) = &mut self.window.page {
                    page.checking();
                }
                // The server takes a password only of a set-up that it knows to be begun.
                let reports = self.state.outbox.clone();
                Task::future(async move {
                    for batch in reports.chunks(connection::BATCH) {
                        if let Err(error) = api.events(&token, batch).await {
                            return Message::PasswordChanged(Err(error), password).into();
                        }
                    }
                    let changed = api.new_password(&token, &password).await;
                    Message::PasswordChanged(changed, password).into()
                })
            }
        }
    }

    fn password_changed(&mut self, result: Result<(), api::Error>, password: Secret) -> Task<agent::Message> {
        self.work = None;
        match result {
            Ok(()) => self.start_set_up(password),
            Err(error) => {
                if let Page::Wizard(page) = &mut self.window.page {
                    page.password_refused(Notice::from(&error));
                }
                Task::batch([self.show(), self.focus_page()])
            }
        }
    }

    pub(super) fn start_set_up(&mut self, password: Secret) -> Task<agent::Message> {
        let order = self.facts().order().and_then(|directive| Self::order(directive, password.clone()));
        let Some(order) = order else {
            return self.end_set_up(Err(mail::Error::Unsupported { what: "the project has no account yet".into() }));
        };
        self.state.stage = Stage::Configuring;
        self.save();
        if let Page::Wizard(page) = &mut self.window.page {
            page.checking();
        }
        let work = Work::start();
        let cancel = work.cancel.clone();
        self.work = Some(work);
        let (sender, progress) = unbounded_channel();
        let (places, host, secrets) =
            (self.session.places.clone(), self.session.host.clone(), self.connection.secrets.clone());
        let set_up = Task::future(async move {
            // Only until the evidence is in: an agent killed from here on goes on by itself.
            if !password.is_empty()
                && let Err(error) = secrets.keep(secrets::Key::MailPassword, &password).await
            {
                tracing::info!(%error, "the password is held in memory only");
            }
            let result = mail::set_up(order, &places, &host, sender, cancel).await;
            if let Err(error) = secrets.forget(secrets::Key::MailPassword).await {
                tracing::warn!(%error, "the password could not be removed from the keyring");
            }
            Message::Ended(result).into()
        });
        let steps = Task::stream(each(progress)).map(|step| Message::Progress(step).into());
        Task::batch([steps, set_up, self.deliver()])
    }

    pub(super) fn order(directive: &Directive, password: Secret) -> Option<Order> {
        let Directive { user, project, .. } = directive;
        Some(Order {
            name: user.name.clone(),
            address: user.new_address.clone(),
            old_address: user.old_address.clone(),
            account: project.account.clone()?,
            password,
            hand_over: project.password.hand_over,
            profile: user.new_address.clone(),
            minimum_versions: project.minimum_versions.clone(),
            switch_to_classic_outlook: project.switch_to_classic_outlook,
        })
    }

    fn progress(&mut self, progress: Progress) -> Task<agent::Message> {
        if let Page::Wizard(page) = &mut self.window.page {
            page.progress(progress);
        }
        if let Progress::Finished(step) = progress {
            self.state.report(EventKind::Step { step: step.id().into() });
            self.save();
        }
        match progress {
            // The person is needed: the window comes back.
            Progress::WaitingForClose => self.show(),
            // The person is needed elsewhere, and may be typing a password there: our window takes no key away.
            Progress::WaitingForSignIn => self.notify("notification-sign-in-title", "notification-sign-in-body"),
            Progress::Started(_) | Progress::Finished(_) => Task::none(),
        }
    }

    pub(super) fn end_set_up(&mut self, result: Result<Outcome, mail::Error>) -> Task<agent::Message> {
        self.work = None;
        self.computer.can_undo = mail::has_way_back(&self.session.places);
        let task = match result {
            Ok(outcome) => self.completed(outcome),
            Err(error) => self.failed(&error),
        };
        self.save();
        Task::batch([task, self.show(), self.deliver(), self.take_up_order()])
    }

    fn completed(&mut self, outcome: Outcome) -> Task<agent::Message> {
        tracing::info!(profile = outcome.profile, evidence = ?outcome.evidence, "completed");
        self.state.stage = Stage::Completed;
        self.state.begun = None;
        self.state.completed_at = Some(jiff::Timestamp::now());
        self.state.old_profile.clone_from(&outcome.old_profile);
        self.state.report(EventKind::Completed {
            client: outcome.client.clone(),
            profile: outcome.profile.clone(),
            evidence: outcome.evidence.clone(),
        });
        self.state.outcome = Some(outcome);
        if let Page::Wizard(page) = &mut self.window.page {
            page.completed();
        }
        Task::batch([self.focus_page(), self.notify("notification-completed-title", "notification-completed-body")])
    }

    fn failed(&mut self, error: &mail::Error) -> Task<agent::Message> {
        let code = error.code();
        tracing::warn!(%error, code = code.id(), "the set-up ended");
        let notice = Notice::from(error);
        if mail::is_unfinished(&self.session.places) {
            return self.stuck(code, notice);
        }
        let page = if let Page::Wizard(page) = &mut self.window.page { Some(page) } else { None };
        match code {
            ResponseCode::PasswordRefused => {
                self.state.stage = Stage::Starting;
                if let Some(page) = page {
                    page.password_refused(notice);
                }
            }
            ResponseCode::Interrupted => {
                self.state.stage = Stage::Starting;
                if let Some(page) = page {
                    page.return_to_password();
                }
                // The server does not go on believing that something is being set up.
                self.state.report(EventKind::Postponed);
            }
            _ => {
                self.state.stage = Stage::Failed { code };
                if let Some(page) = page {
                    page.failed(notice);
                }
                self.state.report(EventKind::Failed { code });
            }
        }
        self.focus_page()
    }

    /// Neither the new profile works nor is everything as it was: that has to be settled before anything else.
    fn stuck(&mut self, code: ResponseCode, notice: Notice) -> Task<agent::Message> {
        self.state.stage = Stage::Failed { code };
        self.state.report(EventKind::Failed { code });
        if let Page::Wizard(page) = &mut self.window.page {
            page.stuck(notice);
        }
        self.focus_page()
    }

    pub(super) fn try_again(&mut self) -> Task<agent::Message> {
        self.state.stage = Stage::Starting;
        // The operator may have corrected something: what is shown and used from now on is the newest.
        if self.work.is_none() {
            self.freeze_order();
        }
        self.save();
        if agreed::change(&self.facts()).is_some() {
            return self.turn_to(self.page_for_stage());
        }
        if let Page::Wizard(page) = &mut self.window.page {
            page.return_to_password();
        }
        self.focus_page()
    }

    fn open_client(&self) -> Task<agent::Message> {
        let (places, host) = (self.session.places.clone(), self.session.host.clone());
        Task::future(async move {
            if let Err(error) = mail::open_client(&places, &host).await {
                tracing::warn!(%error, "the mail program did not open");
            }
            agent::Message::Nothing
        })
    }
}

impl From<&mail::Error> for Notice {
    fn from(error: &mail::Error) -> Self {
        Self { code: error.code(), facts: error.facts(), incident: None }
    }
}

pub(super) fn each(progress: UnboundedReceiver<Progress>) -> impl futures::Stream<Item = Progress> {
    futures::stream::unfold(progress, async |mut progress| progress.recv().await.map(|step| (step, progress))).boxed()
}

impl From<Message> for agent::Message {
    fn from(message: Message) -> Self {
        Self::SetUp(message)
    }
}
