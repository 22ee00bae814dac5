//! From "Set up my mail" to evidence or the manual page.

use std::time::Instant;

use futures::StreamExt;
use iced::Task;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::activation::open_link;
use super::desk::Page;
use super::notice::Notice;
use super::state::Stage;
use super::wizard::{self, Choice};
use super::{Agent, Message, Work, agreed, api, outbox, secrets};
use crate::mail::{self, Cancel, Order, Outcome, Progress};
use crate::problem::ResponseCode;
use crate::protocol::{Directive, EventKind};
use crate::secret::Secret;

impl Agent {
    pub(super) fn wizard(&mut self, message: wizard::Message) -> Task<Message> {
        let Page::Wizard(page) = &mut self.page else { return Task::none() };
        // It is taken out for as long as it is told what is known.
        let mut wizard = std::mem::take(page);
        let action = wizard.update(message, &self.facts());
        if action == wizard::Action::Cancel {
            wizard.cancelling();
        }
        self.page = Page::Wizard(wizard);
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
                self.report(EventKind::FinishedByHand);
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
    fn commit(&mut self, choice: Choice) -> Task<Message> {
        if self.work.is_some() || self.recovering {
            // What an earlier set-up left is cleared up first; the entries stay.
            if let Page::Wizard(page) = &mut self.page {
                page.return_to_password();
            }
            return self.focus_page();
        }
        self.report(EventKind::Started);
        match choice {
            Choice::Existing(password) => self.set_up(password),
            Choice::SignInThere => self.set_up(Secret::default()),
            Choice::Create(password) => {
                let (Some(api), Some(token)) = (self.api.clone(), self.token.clone()) else {
                    if let Page::Wizard(page) = &mut self.page {
                        page.password_refused(Notice::new(ResponseCode::ServerUnreachable));
                    }
                    return self.focus_page();
                };
                self.work = Some(Work { cancel: Cancel::default(), since: Instant::now() });
                if let Page::Wizard(page) = &mut self.page {
                    page.checking();
                }
                // The server takes a password only of a set-up that it knows to be begun.
                let reports = self.state.outbox.clone();
                Task::future(async move {
                    for batch in reports.chunks(outbox::BATCH) {
                        if let Err(error) = api.events(&token, batch).await {
                            return Message::PasswordChanged(Err(error), password);
                        }
                    }
                    let changed = api.new_password(&token, &password).await;
                    Message::PasswordChanged(changed, password)
                })
            }
        }
    }

    pub(super) fn password_changed(&mut self, result: Result<(), api::Error>, password: Secret) -> Task<Message> {
        self.work = None;
        match result {
            Ok(()) => self.set_up(password),
            Err(error) => {
                if let Page::Wizard(page) = &mut self.page {
                    page.password_refused(Notice::from(&error));
                }
                Task::batch([self.show(), self.focus_page()])
            }
        }
    }

    pub(super) fn set_up(&mut self, password: Secret) -> Task<Message> {
        let order = self.facts().order().and_then(|directive| Self::order(directive, password.clone()));
        let Some(order) = order else {
            return self.set_up_ended(Err(mail::Error::Unsupported { what: "the project has no account yet".into() }));
        };
        self.state.stage = Stage::Configuring;
        self.save();
        if let Page::Wizard(page) = &mut self.page {
            page.checking();
        }
        let work = Work { cancel: Cancel::default(), since: Instant::now() };
        let cancel = work.cancel.clone();
        self.work = Some(work);
        let (sender, progress) = unbounded_channel();
        let (places, host, secrets) = (self.places.clone(), self.host.clone(), self.secrets.clone());
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
            Message::SetUp(result)
        });
        Task::batch([Task::stream(said(progress)).map(Message::Progress), set_up, self.deliver()])
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

    pub(super) fn progress(&mut self, progress: Progress) -> Task<Message> {
        if let Page::Wizard(page) = &mut self.page {
            page.progress(progress);
        }
        if let Progress::Finished(step) = progress {
            self.report(EventKind::Step { step: step.id().into() });
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

    pub(super) fn set_up_ended(&mut self, result: Result<Outcome, mail::Error>) -> Task<Message> {
        self.work = None;
        self.undoable = mail::has_way_back(&self.places);
        let task = match result {
            Ok(outcome) => self.completed(outcome),
            Err(error) => self.failed(&error),
        };
        self.save();
        Task::batch([task, self.show(), self.deliver(), self.take_up_order()])
    }

    fn completed(&mut self, outcome: Outcome) -> Task<Message> {
        tracing::info!(profile = outcome.profile, evidence = ?outcome.evidence, "completed");
        self.state.stage = Stage::Completed;
        self.state.begun = None;
        self.state.completed_at = Some(jiff::Timestamp::now());
        self.state.old_profile.clone_from(&outcome.old_profile);
        self.report(EventKind::Completed {
            client: outcome.client.clone(),
            profile: outcome.profile.clone(),
            evidence: outcome.evidence.clone(),
        });
        self.state.outcome = Some(outcome);
        if let Page::Wizard(page) = &mut self.page {
            page.completed();
        }
        Task::batch([self.focus_page(), self.notify("notification-completed-title", "notification-completed-body")])
    }

    fn failed(&mut self, error: &mail::Error) -> Task<Message> {
        let code = error.code();
        tracing::warn!(%error, code = code.id(), "the set-up ended");
        let notice = Notice::from(error);
        if mail::is_unfinished(&self.places) {
            return self.stuck(code, notice);
        }
        let page = if let Page::Wizard(page) = &mut self.page { Some(page) } else { None };
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
                self.report(EventKind::Postponed);
            }
            _ => {
                self.state.stage = Stage::Failed { code };
                if let Some(page) = page {
                    page.failed(notice);
                }
                self.report(EventKind::Failed { code });
            }
        }
        self.focus_page()
    }

    /// Neither the new profile works nor is everything as it was: that has to be settled before anything else.
    fn stuck(&mut self, code: ResponseCode, notice: Notice) -> Task<Message> {
        self.state.stage = Stage::Failed { code };
        self.report(EventKind::Failed { code });
        if let Page::Wizard(page) = &mut self.page {
            page.stuck(notice);
        }
        self.focus_page()
    }

    pub(super) fn try_again(&mut self) -> Task<Message> {
        self.state.stage = Stage::Starting;
        // The operator may have corrected something: what is shown and used from now on is the newest.
        if self.work.is_none() {
            self.freeze_order();
        }
        self.save();
        if agreed::change(&self.facts()).is_some() {
            return self.turn_to(self.page_for_stage());
        }
        if let Page::Wizard(page) = &mut self.page {
            page.return_to_password();
        }
        self.focus_page()
    }

    fn open_client(&self) -> Task<Message> {
        let (places, host) = (self.places.clone(), self.host.clone());
        Task::future(async move {
            if let Err(error) = mail::open_client(&places, &host).await {
                tracing::warn!(%error, "the mail program did not open");
            }
            Message::Nothing
        })
    }
}

impl From<&mail::Error> for Notice {
    fn from(error: &mail::Error) -> Self {
        Self { code: error.code(), facts: error.facts(), incident: None }
    }
}

pub(super) fn said(progress: UnboundedReceiver<Progress>) -> impl futures::Stream<Item = Progress> {
    futures::stream::unfold(progress, async |mut progress| progress.recv().await.map(|said| (said, progress))).boxed()
}
