//! Back to the old profile: by the person, by the operator, and after an agent that was killed in the middle.

use std::time::Instant;

use iced::Task;
use jiff::Timestamp;
use tokio::sync::mpsc::unbounded_channel;

use super::activation::open_link;
use super::configuration::said;
use super::desk::Page;
use super::notice::Notice;
use super::state::Stage;
use super::undo::{self, Undo};
use super::{Agent, Message, Work, secrets};
use crate::mail::{self, Cancel, Progress, Recovered};
use crate::problem::ResponseCode;
use crate::protocol::EventKind;
use crate::schedule;
use crate::secret::Secret;

impl Agent {
    /// What a killed agent left half done has been finished or undone. It goes on where it was, as soon as it is known what
    /// this computer has.
    pub(super) fn recovered(
        &mut self,
        result: Result<Recovered, mail::Error>,
        password: Option<Secret>,
    ) -> Task<Message> {
        if self.inventory.is_none() {
            self.recovered_early = Some((result, password));
            return Task::none();
        }
        self.recovering = false;
        self.undoable = mail::has_way_back(&self.places);
        if let Err(error) = &result {
            tracing::error!(%error, "the journal could not be worked off");
        }
        if self.state.undoing {
            return Task::batch([self.undo_recovered(result), self.forget_password()]);
        }
        let was_configuring = self.state.stage == Stage::Configuring;
        let task = match result {
            Ok(Recovered::Finished(outcome)) => self.set_up_ended(Ok(outcome)),
            // It was done, and not told yet.
            Ok(Recovered::Done(outcome)) if was_configuring && self.state.outcome.as_ref() != Some(&outcome) => {
                self.set_up_ended(Ok(outcome))
            }
            Err(error) if was_configuring => self.set_up_ended(Err(error)),
            Ok(_) if was_configuring => match password {
                // It is needed until that has ended.
                Some(password) => return Task::batch([self.set_up(password), self.show()]),
                None if self.facts().signs_in_there() => {
                    return Task::batch([self.set_up(Secret::default()), self.show()]);
                }
                None => Task::batch([self.try_again(), self.show()]),
            },
            Err(error) => self.half_done(&error),
            Ok(_) => Task::none(),
        };
        Task::batch([task, self.forget_password()])
    }

    /// What an earlier set-up has left could not be worked off: the person is told, and can try again.
    fn half_done(&mut self, error: &mail::Error) -> Task<Message> {
        if matches!(self.state.stage, Stage::Failed { .. }) {
            // The page of that says the same.
            return self.show();
        }
        let mut page = Undo::default();
        page.failed(Notice::from(error), true);
        Task::batch([self.turn_to(Page::Undo(page)), self.show()])
    }

    /// Going back was cut off, and has been finished since, or could not be.
    fn undo_recovered(&mut self, result: Result<Recovered, mail::Error>) -> Task<Message> {
        let ended = match result {
            Ok(Recovered::Undone | Recovered::Nothing) => Ok(()),
            // It had not begun.
            Ok(Recovered::Done(_) | Recovered::Finished(_)) => {
                self.state.undoing = false;
                self.save();
                return Task::none();
            }
            Err(error) => Err(error),
        };
        let page = Page::Undo(Undo::default());
        Task::batch([self.turn_to(page), self.undone(ended), self.show()])
    }

    /// Nothing is being set up: the password of the mailbox has no business in the keyring.
    fn forget_password(&self) -> Task<Message> {
        let secrets = self.secrets.clone();
        Task::future(async move {
            if let Err(error) = secrets.forget(secrets::Key::MailPassword).await {
                tracing::warn!(%error, "the password could not be removed from the keyring");
            }
            Message::Nothing
        })
    }

    /// The person tries again to go back after a set-up whose record could not be worked off: nothing new is begun over it.
    pub(super) fn settle_record(&mut self) -> Task<Message> {
        if self.work.is_some() || self.recovering {
            return Task::none();
        }
        if let Page::Wizard(page) = &mut self.page {
            page.going_back();
        }
        self.recovering = true;
        let (places, host) = (self.places.clone(), self.host.clone());
        Task::future(async move { Message::Settled(mail::recover_again(&places, &host).await) })
    }

    pub(super) fn settled(&mut self, result: Result<Recovered, mail::Error>) -> Task<Message> {
        self.recovering = false;
        match result {
            Ok(Recovered::Finished(outcome)) => self.set_up_ended(Ok(outcome)),
            // What an earlier set-up has made is as it was, too.
            Ok(Recovered::Undone | Recovered::Nothing | Recovered::Done(_)) => {
                self.undoable = mail::has_way_back(&self.places);
                Task::batch([self.try_again(), self.show()])
            }
            Err(error) => self.set_up_ended(Err(error)),
        }
    }

    /// The person wants the old profile back: one question, on a page of its own.
    pub(super) fn ask_to_undo(&mut self) -> Task<Message> {
        if !self.undoable || self.work.is_some() {
            return self.show();
        }
        let page = Page::Undo(Undo::default());
        Task::batch([self.turn_to(page), self.show()])
    }

    /// The operator wants the old profile back. Who has used the new one since is asked, for a while; else the page shows
    /// it as it happens.
    pub(super) fn undo_ordered(&mut self) -> Task<Message> {
        if !self.undoable {
            self.report(EventKind::UndoFailed { code: ResponseCode::UndoFailed });
            return Task::none();
        }
        let now = Timestamp::now();
        if schedule::is_in_use(self.state.completed_at, now) {
            self.state.undo_due = now.checked_add(schedule::UNDO_QUESTION).ok();
            self.save();
            let page = self.page_for_stage();
            let told = self.notify("notification-undo-title", "notification-undo-body");
            return Task::batch([self.turn_to(page), self.show(), told]);
        }
        let asked = self.ask_to_undo();
        Task::batch([asked, self.go_back()])
    }

    pub(super) fn undo_page(&mut self, message: undo::Message) -> Task<Message> {
        let Page::Undo(page) = &mut self.page else { return Task::none() };
        match page.update(message) {
            undo::Action::None => Task::none(),
            undo::Action::GoBack => self.go_back(),
            undo::Action::OpenLink(url) => open_link(url),
            undo::Action::Keep if self.state.undo_due.take().is_some() => {
                tracing::info!(code = ResponseCode::NotAgreed.id(), "the person keeps the new profile");
                self.report(EventKind::UndoFailed { code: ResponseCode::NotAgreed });
                self.save();
                let page = self.page_for_stage();
                Task::batch([self.close_window(), self.turn_to(page), self.deliver()])
            }
            undo::Action::Keep | undo::Action::Close => {
                let page = self.page_for_stage();
                Task::batch([self.close_window(), self.turn_to(page)])
            }
        }
    }

    /// Nobody has answered the operator's question in time.
    pub(super) fn undo_due(&mut self) -> Task<Message> {
        if self.state.undo_due.is_none() || !self.undoable || self.work.is_some() {
            return Task::none();
        }
        if !matches!(self.page, Page::Undo(_)) {
            let page = self.page_for_stage();
            return Task::batch([self.turn_to(page), self.show(), self.go_back()]);
        }
        Task::batch([self.show(), self.go_back()])
    }

    fn go_back(&mut self) -> Task<Message> {
        if self.work.is_some() || self.recovering {
            return Task::none();
        }
        self.state.undo_due = None;
        self.state.undoing = true;
        self.save();
        if let Page::Undo(page) = &mut self.page {
            page.busy();
        }
        self.work = Some(Work { cancel: Cancel::default(), since: Instant::now() });
        let (sender, progress) = unbounded_channel();
        let (places, host) = (self.places.clone(), self.host.clone());
        Task::batch([
            Task::stream(said(progress)).map(Message::UndoProgress),
            Task::perform(
                async move {
                    // What an earlier try has left is gone on with.
                    if mail::is_unfinished(&places)
                        && let Recovered::Undone | Recovered::Nothing = mail::recover_again(&places, &host).await?
                    {
                        return Ok(());
                    }
                    mail::undo(&places, &host, sender).await
                },
                Message::Undone,
            ),
        ])
    }

    pub(super) fn undo_progress(&mut self, progress: Progress) -> Task<Message> {
        if let (Page::Undo(page), Progress::WaitingForClose) = (&mut self.page, progress) {
            page.waiting_for_close();
        }
        Task::none()
    }

    pub(super) fn undone(&mut self, result: Result<(), mail::Error>) -> Task<Message> {
        self.work = None;
        self.state.undoing = false;
        self.undoable = mail::has_way_back(&self.places);
        match result {
            Ok(()) => {
                tracing::info!("the old profile is the default again");
                self.state.stage = Stage::Undone;
                self.state.begun = None;
                self.report(EventKind::Undone);
                if let Page::Undo(page) = &mut self.page {
                    page.done();
                }
            }
            Err(error) => {
                tracing::warn!(%error, "going back failed");
                self.report(EventKind::UndoFailed { code: error.code() });
                if let Page::Undo(page) = &mut self.page {
                    page.failed(Notice::from(&error), mail::is_unfinished(&self.places));
                }
            }
        }
        self.save();
        Task::batch([self.focus_page(), self.deliver(), self.take_up_order()])
    }
}
