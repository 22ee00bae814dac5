//! Back to the old profile: by the person, by the operator, and after an agent that was killed in the middle.

pub mod page;

use iced::Task;
use jiff::Timestamp;
use tokio::sync::mpsc::unbounded_channel;

use self::page::Undo;
use super::activation::open_link;
use super::notice::Notice;
use super::secrets::Key;
use super::set_up::each;
use super::state::Stage;
use super::window::Page;
use super::{Agent, Recovery, Work};
use crate::agent;
use crate::mail::{self, Progress, Recovered};
use crate::problem::ResponseCode;
use crate::protocol::EventKind;
use crate::schedule;
use crate::secret::Secret;

#[derive(Debug)]
pub enum Message {
    Page(page::Message),
    /// What a killed agent left half done has come to its end; with the password that it was given.
    Recovered(Result<Recovered, mail::Error>, Option<Secret>),
    /// The person has tried again to go back.
    Settled(Result<Recovered, mail::Error>),
    Progress(Progress),
    Ended(Result<(), mail::Error>),
    /// Nobody has said anything to the operator's order to go back.
    Due,
}

impl Agent {
    pub(super) fn undo(&mut self, message: Message) -> Task<agent::Message> {
        match message {
            Message::Page(message) => self.undo_page(message),
            Message::Recovered(recovered, password) => self.recovered(recovered, password),
            Message::Settled(result) => self.settled(result),
            Message::Progress(progress) => self.undo_progress(progress),
            Message::Ended(result) => self.end_undo(result),
            Message::Due => self.undo_due(),
        }
    }

    pub(super) fn recover(&self) -> Task<agent::Message> {
        let (places, host, secrets) =
            (self.session.places.clone(), self.session.host.clone(), self.connection.secrets.clone());
        Task::future(async move {
            let recovered = mail::recover(&places, &host).await;
            let password = secrets.read(Key::MailPassword).await.ok().flatten();
            Message::Recovered(recovered, password).into()
        })
    }

    /// What a killed agent left half done has been finished or undone. It goes on where it was, as soon as it is known what
    /// this computer has.
    pub(super) fn recovered(
        &mut self,
        result: Result<Recovered, mail::Error>,
        password: Option<Secret>,
    ) -> Task<agent::Message> {
        if self.computer.inventory.is_none() {
            self.recovery = Recovery::Early(result, password);
            return Task::none();
        }
        self.recovery = Recovery::Done;
        self.computer.can_undo = mail::has_way_back(&self.session.places);
        if let Err(error) = &result {
            tracing::error!(%error, "the journal could not be worked off");
        }
        if self.state.undoing {
            return Task::batch([self.undo_recovered(result), self.forget_password()]);
        }
        let was_configuring = self.state.stage == Stage::Configuring;
        let task = match result {
            Ok(Recovered::Finished(outcome)) => self.end_set_up(Ok(outcome)),
            // It was done, and not told yet.
            Ok(Recovered::Done(outcome)) if was_configuring && self.state.outcome.as_ref() != Some(&outcome) => {
                self.end_set_up(Ok(outcome))
            }
            Err(error) if was_configuring => self.end_set_up(Err(error)),
            Ok(_) if was_configuring => match password {
                // It is needed until that has ended.
                Some(password) => return Task::batch([self.start_set_up(password), self.show()]),
                None if self.facts().signs_in_there() => {
                    return Task::batch([self.start_set_up(Secret::default()), self.show()]);
                }
                None => Task::batch([self.try_again(), self.show()]),
            },
            Err(error) => self.half_done(&error),
            Ok(_) => Task::none(),
        };
        Task::batch([task, self.forget_password()])
    }

    /// What an earlier set-up has left could not be worked off: the person is told, and can try again.
    fn half_done(&mut self, error: &mail::Error) -> Task<agent::Message> {
        if matches!(self.state.stage, Stage::Failed { .. }) {
            // The page of that says the same.
            return self.show();
        }
        let mut page = Undo::default();
        page.failed(Notice::from(error), true);
        Task::batch([self.turn_to(Page::Undo(page)), self.show()])
    }

    /// Going back was cut off, and has been finished since, or could not be.
    fn undo_recovered(&mut self, result: Result<Recovered, mail::Error>) -> Task<agent::Message> {
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
        Task::batch([self.turn_to(page), self.end_undo(ended), self.show()])
    }

    /// Nothing is being set up: the password of the mailbox has no business in the keyring.
    fn forget_password(&self) -> Task<agent::Message> {
        self.connection.forget_secret(Key::MailPassword).map(agent::Message::Connection)
    }

    /// The person tries again to go back after a set-up whose record could not be worked off: nothing new is begun over it.
    pub(super) fn settle_record(&mut self) -> Task<agent::Message> {
        if self.work.is_some() || !self.recovery.is_over() {
            return Task::none();
        }
        if let Page::Wizard(page) = &mut self.window.page {
            page.going_back();
        }
        self.recovery = Recovery::Running;
        let (places, host) = (self.session.places.clone(), self.session.host.clone());
        Task::future(async move { Message::Settled(mail::recover_again(&places, &host).await).into() })
    }

    fn settled(&mut self, result: Result<Recovered, mail::Error>) -> Task<agent::Message> {
        self.recovery = Recovery::Done;
        match result {
            Ok(Recovered::Finished(outcome)) => self.end_set_up(Ok(outcome)),
            // What an earlier set-up has made is as it was, too.
            Ok(Recovered::Undone | Recovered::Nothing | Recovered::Done(_)) => {
                self.computer.can_undo = mail::has_way_back(&self.session.places);
                Task::batch([self.try_again(), self.show()])
            }
            Err(error) => self.end_set_up(Err(error)),
        }
    }

    /// The person wants the old profile back: one question, on a page of its own.
    pub(super) fn ask_to_undo(&mut self) -> Task<agent::Message> {
        if !self.computer.can_undo || self.work.is_some() {
            return self.show();
        }
        let page = Page::Undo(Undo::default());
        Task::batch([self.turn_to(page), self.show()])
    }

    /// The operator wants the old profile back. Who has used the new one since is asked, for a while; else the page shows
    /// it as it happens.
    pub(super) fn undo_ordered(&mut self) -> Task<agent::Message> {
        if !self.computer.can_undo {
            self.state.report(EventKind::UndoFailed { code: ResponseCode::UndoFailed });
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

    fn undo_page(&mut self, message: page::Message) -> Task<agent::Message> {
        let Page::Undo(page) = &mut self.window.page else { return Task::none() };
        match page.update(message) {
            page::Action::None => Task::none(),
            page::Action::GoBack => self.go_back(),
            page::Action::OpenLink(url) => open_link(url),
            page::Action::Keep if self.state.undo_due.take().is_some() => {
                tracing::info!(code = ResponseCode::NotAgreed.id(), "the person keeps the new profile");
                self.state.report(EventKind::UndoFailed { code: ResponseCode::NotAgreed });
                self.save();
                let page = self.page_for_stage();
                Task::batch([self.close_window(), self.turn_to(page), self.deliver()])
            }
            page::Action::Keep | page::Action::Close => {
                let page = self.page_for_stage();
                Task::batch([self.close_window(), self.turn_to(page)])
            }
        }
    }

    /// Nobody has answered the operator's question in time.
    fn undo_due(&mut self) -> Task<agent::Message> {
        if self.state.undo_due.is_none() || !self.computer.can_undo || self.work.is_some() {
            return Task::none();
        }
        if !matches!(self.window.page, Page::Undo(_)) {
            let page = self.page_for_stage();
            return Task::batch([self.turn_to(page), self.show(), self.go_back()]);
        }
        Task::batch([self.show(), self.go_back()])
    }

    fn go_back(&mut self) -> Task<agent::Message> {
        if self.work.is_some() || !self.recovery.is_over() {
            return Task::none();
        }
        self.state.undo_due = None;
        self.state.undoing = true;
        self.save();
        if let Page::Undo(page) = &mut self.window.page {
            page.busy();
        }
        self.work = Some(Work::start());
        let (sender, progress) = unbounded_channel();
        let (places, host) = (self.session.places.clone(), self.session.host.clone());
        Task::batch([
            Task::stream(each(progress)).map(|step| Message::Progress(step).into()),
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
                |result| Message::Ended(result).into(),
            ),
        ])
    }

    fn undo_progress(&mut self, progress: Progress) -> Task<agent::Message> {
        if let (Page::Undo(page), Progress::WaitingForClose) = (&mut self.window.page, progress) {
            page.waiting_for_close();
        }
        Task::none()
    }

    fn end_undo(&mut self, result: Result<(), mail::Error>) -> Task<agent::Message> {
        self.work = None;
        self.state.undoing = false;
        self.computer.can_undo = mail::has_way_back(&self.session.places);
        match result {
            Ok(()) => {
                tracing::info!("the old profile is the default again");
                self.state.stage = Stage::Undone;
                self.state.begun = None;
                self.state.report(EventKind::Undone);
                if let Page::Undo(page) = &mut self.window.page {
                    page.done();
                }
            }
            Err(error) => {
                tracing::warn!(%error, "going back failed");
                self.state.report(EventKind::UndoFailed { code: error.code() });
                if let Page::Undo(page) = &mut self.window.page {
                    page.failed(Notice::from(&error), mail::is_unfinished(&self.session.places));
                }
            }
        }
        self.save();
        Task::batch([self.focus_page(), self.deliver(), self.take_up_order()])
    }
}

impl From<Message> for agent::Message {
    fn from(message: Message) -> Self {
        Self::Undo(message)
    }
}
