//! The window and the page on it. Closing the window loses nothing: the page stays as it was.

use iced::{Element, Point, Size, Task, Theme, window};

use super::activation::open_link;
use super::diagnostics::page::Report;
use super::enrolment::Enrolment;
use super::facts::Facts;
use super::identification::Identification;
use super::notice::Notice;
use super::question::{self, Question, Subject};
use super::state::{Stage, Standing};
use super::theme::Style;
use super::tray;
use super::undo::Undo;
use super::wizard::Wizard;
use super::{Agent, Message, agreed, belonging, theme, waiting};
use crate::mail;

/// What the window shows, or will show when it is opened.
pub(super) enum Page {
    Enrolment(Enrolment),
    Question(Question),
    Identification(Box<Identification>),
    Waiting,
    Wizard(Box<Wizard>),
    Undo(Undo),
}

impl Page {
    fn size(&self, style: &Style) -> Size {
        style.window(match self {
            Self::Enrolment(_) | Self::Question(_) | Self::Undo(_) => theme::SMALL,
            // As large as what follows it.
            Self::Identification(_) | Self::Waiting => theme::WAITING,
            Self::Wizard(_) => theme::WIZARD,
        })
    }
}

impl Agent {
    pub fn view(&self, _window: window::Id) -> Element<'_, Message> {
        let (facts, style) = (self.facts(), &self.style);
        if let Some(report) = &self.report {
            return report.view(&facts, style).map(Message::Report);
        }
        match &self.page {
            Page::Enrolment(page) => page.view(&facts, style).map(Message::Enrolment),
            Page::Question(page) => page.view(&facts, style).map(Message::Question),
            Page::Identification(page) => page.view(&facts, style).map(Message::Identification),
            Page::Waiting => waiting::view(&facts, style).map(Message::Waiting),
            Page::Wizard(page) => page.view(&facts, style).map(Message::Wizard),
            Page::Undo(page) => page.view(&facts, style).map(Message::Undo),
        }
    }

    pub fn title(&self, _window: window::Id) -> String {
        let (facts, style) = (self.facts(), &self.style);
        if let Some(report) = &self.report {
            return report.title(&facts, style);
        }
        match &self.page {
            Page::Enrolment(page) => page.title(&facts, style),
            Page::Question(page) => page.title(style),
            Page::Identification(page) => page.title(style),
            Page::Waiting => waiting::title(&facts, style),
            Page::Wizard(page) => page.title(style),
            Page::Undo(page) => page.title(style),
        }
    }

    pub fn theme(&self, _window: window::Id) -> Theme {
        self.style.iced_theme()
    }

    /// Opens the window, or brings it to the front.
    pub(super) fn show(&mut self) -> Task<Message> {
        self.start_tray();
        let token = self.read_token();
        if let Some(id) = self.window {
            return Task::batch([window::gain_focus(id), token]);
        }
        let (id, opened) = window::open(window::Settings {
            size: self.size(),
            resizable: false,
            exit_on_close_request: false,
            position: window::Position::Centered,
            icon: tray::Icon::Idle.for_window(),
            platform_specific: platform_settings(),
            ..window::Settings::default()
        });
        self.window = Some(id);
        Task::batch([opened.map(Message::Opened), token])
    }

    /// Puts another page into the window; an open window takes its size.
    pub(super) fn turn_to(&mut self, page: Page) -> Task<Message> {
        let before = self.size();
        self.report = None;
        self.page = page;
        self.turned(before)
    }

    /// Lays a report over the page, or takes it away.
    pub(super) fn cover(&mut self, report: Option<Box<Report>>) -> Task<Message> {
        let before = self.size();
        self.report = report;
        self.turned(before)
    }

    fn size(&self) -> Size {
        match self.report {
            Some(_) => self.style.window(theme::WIZARD),
            None => self.page.size(&self.style),
        }
    }

    fn turned(&self, before: Size) -> Task<Message> {
        let after = self.size();
        match self.window {
            Some(id) if before != after => {
                Task::batch([resized_around_its_centre(id, before, after), self.focus_page()])
            }
            Some(_) => self.focus_page(),
            None => Task::none(),
        }
    }

    /// The keyboard starts where the person starts.
    pub(super) fn focus_page(&self) -> Task<Message> {
        let target = match &self.page {
            _ if self.report.is_some() => Report::focus_target(),
            Page::Enrolment(page) => page.focus_target(),
            Page::Question(_) => Question::focus_target(),
            Page::Identification(page) => page.focus_target(),
            Page::Waiting => waiting::focus_target(),
            Page::Wizard(page) => page.focus_target(&self.facts()),
            Page::Undo(page) => page.focus_target(),
        };
        iced::widget::operation::focus(target)
    }

    /// From this moment on there is no window: a click on the tray that comes while it vanishes opens the next one.
    pub(super) fn close_window(&mut self) -> Task<Message> {
        let Some(id) = self.window else { return Task::none() };
        Task::batch([window::close(id), self.closed(id)])
    }

    /// Closing is a state, never a loss.
    pub(super) fn closed(&mut self, id: window::Id) -> Task<Message> {
        if self.window != Some(id) {
            return Task::none();
        }
        self.window = None;
        let is_over = match &self.page {
            Page::Identification(page) => page.may_end(),
            // What a link has filled in is over when the person leaves it.
            Page::Enrolment(page) => page.is_open_for_input() && page.offered_server().is_some(),
            _ => false,
        };
        if is_over {
            self.page = self.page_for_stage();
        }
        self.report = None;
        if self.state.stage == Stage::Starting && self.state.postponed_until.is_none() {
            return self.postpone();
        }
        Task::none()
    }

    pub(super) fn tick(&mut self) -> Task<Message> {
        if let (Page::Wizard(page), Some(work)) = (&mut self.page, &self.work) {
            page.tick(work.since.elapsed());
        }
        Task::none()
    }

    pub(super) fn question(&mut self, message: question::Message) -> Task<Message> {
        let Page::Question(page) = &mut self.page else { return Task::none() };
        let action = page.update(message);
        match (action, page.subject()) {
            (question::Action::None, _) => Task::none(),
            (question::Action::OpenLink(url), _) => open_link(url),
            (action, Subject::OtherServer { .. }) => self.answered_other_server(&action),
            (action, subject @ (Subject::MailServer { .. } | Subject::Authority { .. })) => {
                let subject = subject.clone();
                self.answered_change(&subject, &action)
            }
            // That one is asked before there is an agent.
            (_, Subject::OtherSession { .. }) => Task::none(),
        }
    }

    pub(super) fn waiting(&mut self, message: waiting::Message) -> Task<Message> {
        match waiting::update(message) {
            waiting::Action::OpenLink(url) => open_link(url),
            waiting::Action::NotMe => self.ask_to_sign_out(),
            waiting::Action::Close => self.close_window(),
        }
    }

    /// The page a person finds who opens the window now.
    pub(super) fn page_for_stage(&self) -> Page {
        let facts = self.facts();
        if let Some(subject) = belonging::other_server(&facts) {
            return Page::Question(Question::new(subject));
        }
        match facts.state.stage {
            Stage::Unactivated => Page::Enrolment(Enrolment::new()),
            Stage::Waiting => match facts.state.standing() {
                Standing::Somebodys => Page::Waiting,
                Standing::Nobodys => Page::Identification(Box::default()),
                Standing::Undecided => Page::Identification(Box::new(Identification::looking(None))),
            },
            Stage::Starting => match agreed::change(&facts) {
                Some(subject) => Page::Question(Question::new(subject)),
                None => wizard_at(&facts, |_| ()),
            },
            Stage::Configuring => wizard_at(&facts, Wizard::checking),
            Stage::Failed { code } => wizard_at(&facts, |wizard| {
                let notice = Notice::new(code);
                if mail::is_unfinished(&self.places) { wizard.stuck(notice) } else { wizard.failed(notice) }
            }),
            Stage::Completed if facts.state.undo_due.is_some() => Page::Undo(Undo::default()),
            Stage::Completed if facts.outcome().is_some() => wizard_at(&facts, Wizard::completed),
            Stage::Completed => Page::Waiting,
            Stage::Undone => {
                let mut page = Undo::default();
                page.done();
                Page::Undo(page)
            }
        }
    }

    /// Shows news on the pages that wait for something; other pages are being worked on and stay as they are.
    pub(super) fn follow(&mut self) -> Task<Message> {
        match &self.page {
            Page::Identification(_) => self.follow_identity(),
            Page::Waiting => match self.page_for_stage() {
                Page::Waiting => Task::none(),
                page => self.turn_to(page),
            },
            Page::Enrolment(_) | Page::Question(_) | Page::Wizard(_) | Page::Undo(_) => Task::none(),
        }
    }
}

/// The wizard; the waiting page as long as the server has said nothing of the account, and this computer was not looked at.
fn wizard_at(facts: &Facts<'_>, turn: impl FnOnce(&mut Wizard)) -> Page {
    if facts.order().is_none() || facts.inventory.is_none() {
        return Page::Waiting;
    }
    let mut wizard = Wizard::default();
    turn(&mut wizard);
    Page::Wizard(Box::new(wizard))
}

/// A window that grows from its corner would leave a small screen at the bottom.
fn resized_around_its_centre(id: window::Id, before: Size, after: Size) -> Task<Message> {
    let moved = window::position(id).then(move |position| {
        // Some systems do not tell, and move no window either.
        let Some(corner) = position else { return Task::none() };
        let grown = (after.width - before.width, after.height - before.height);
        window::move_to(id, Point::new(corner.x - grown.0 / 2.0, corner.y - grown.1 / 2.0))
    });
    Task::batch([window::resize(id, after), moved])
}

#[cfg(target_os = "linux")]
fn platform_settings() -> window::settings::PlatformSpecific {
    window::settings::PlatformSpecific { application_id: "mailshift".into(), ..Default::default() }
}

#[cfg(not(target_os = "linux"))]
fn platform_settings() -> window::settings::PlatformSpecific {
    window::settings::PlatformSpecific::default()
}
