//! The window and the page on it. Closing the window loses nothing: the page stays as it was.

use iced::widget::Id;
use iced::{Element, Point, Size, Task, window};

use super::activation::page::ActivationPage;
use super::agreed;
use super::belonging;
use super::diagnostics::page::Report;
use super::facts::Facts;
use super::identity::page::Identification;
use super::notice::Notice;
use super::question::Question;
use super::state::{Stage, Standing};
use super::theme::{self, Style};
use super::undo::page::Undo;
use super::wizard::Wizard;
use super::{Agent, activation, diagnostics, identity, set_up, tray, undo, waiting};
use crate::{agent, mail};

#[derive(Debug)]
pub enum Message {
    Opened,
    /// The red X, or the key that stands for it.
    CloseAsked,
    Closed(window::Id),
    Tick,
}

/// What the window shows, or will show when it is opened.
pub(super) enum Page {
    Activation(ActivationPage),
    Question(Question),
    Identification(Box<Identification>),
    Waiting,
    Wizard(Box<Wizard>),
    Undo(Undo),
}

impl Page {
    /// The page a person finds who opens the window now.
    pub fn of(facts: &Facts<'_>, is_unfinished: impl FnOnce() -> bool) -> Self {
        if let Some(subject) = belonging::other_server(facts) {
            return Self::Question(Question::new(subject));
        }
        match facts.state.stage {
            Stage::Unactivated => Self::Activation(ActivationPage::new()),
            Stage::Waiting => match facts.state.standing() {
                Standing::Somebodys => Self::Waiting,
                Standing::Nobodys => Self::Identification(Box::default()),
                Standing::Undecided => Self::Identification(Box::new(Identification::looking(None))),
            },
            Stage::Starting => match agreed::change(facts) {
                Some(subject) => Self::Question(Question::new(subject)),
                None => Self::wizard(facts, |_| ()),
            },
            Stage::Configuring => Self::wizard(facts, Wizard::checking),
            Stage::Failed { code } => Self::wizard(facts, |wizard| {
                let notice = Notice::new(code);
                if is_unfinished() { wizard.stuck(notice) } else { wizard.failed(notice) }
            }),
            Stage::Completed if facts.state.undo_due.is_some() => Self::Undo(Undo::default()),
            Stage::Completed if facts.outcome().is_some() => Self::wizard(facts, Wizard::completed),
            Stage::Completed => Self::Waiting,
            Stage::Undone => {
                let mut page = Undo::default();
                page.done();
                Self::Undo(page)
            }
        }
    }

    /// The waiting page as long as the server has said nothing of the account, and this computer was not looked at.
    fn wizard(facts: &Facts<'_>, turn: impl FnOnce(&mut Wizard)) -> Self {
        if facts.order().is_none() || facts.inventory.is_none() {
            return Self::Waiting;
        }
        let mut wizard = Wizard::default();
        turn(&mut wizard);
        Self::Wizard(Box::new(wizard))
    }

    fn size(&self, style: &Style) -> Size {
        style.window(match self {
            Self::Activation(_) | Self::Question(_) | Self::Undo(_) => theme::SMALL,
            // As large as what follows it.
            Self::Identification(_) | Self::Waiting => theme::WAITING,
            Self::Wizard(_) => theme::WIZARD,
        })
    }

    /// Nothing is lost when another page is shown the next time.
    fn may_end(&self) -> bool {
        match self {
            Self::Identification(page) => page.may_end(),
            // What a link has filled in is over when the person leaves it.
            Self::Activation(page) => page.is_open_for_input() && page.link_server().is_some(),
            Self::Question(_) | Self::Waiting | Self::Wizard(_) | Self::Undo(_) => false,
        }
    }
}

pub(super) struct Window {
    id: Option<window::Id>,
    pub page: Page,
    /// Lies over the page until it is closed.
    pub report: Option<Box<Report>>,
}

impl Window {
    pub fn new(page: Page) -> Self {
        Self { id: None, page, report: None }
    }

    pub fn is_open(&self) -> bool {
        self.id.is_some()
    }

    pub fn view<'a>(&'a self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, agent::Message> {
        use agent::Message;
        if let Some(report) = &self.report {
            return report.view(facts, style).map(diagnostics::Message::Page).map(Message::Report);
        }
        match &self.page {
            Page::Activation(page) => page.view(facts, style).map(activation::Message::Page).map(Message::Activation),
            Page::Question(page) => page.view(facts, style).map(Message::Question),
            Page::Identification(page) => page.view(facts, style).map(identity::Message::Page).map(Message::Identity),
            Page::Waiting => waiting::view(facts, style).map(Message::Waiting),
            Page::Wizard(page) => page.view(facts, style).map(set_up::Message::Wizard).map(Message::SetUp),
            Page::Undo(page) => page.view(facts, style).map(undo::Message::Page).map(Message::Undo),
        }
    }

    pub fn title(&self, facts: &Facts<'_>, style: &Style) -> String {
        if let Some(report) = &self.report {
            return report.title(facts, style);
        }
        match &self.page {
            Page::Activation(page) => page.title(facts, style),
            Page::Question(page) => page.title(style),
            Page::Identification(page) => page.title(style),
            Page::Waiting => waiting::title(facts, style),
            Page::Wizard(page) => page.title(style),
            Page::Undo(page) => page.title(style),
        }
    }

    /// Opens the window, or brings it to the front.
    pub fn show(&mut self, style: &Style) -> Task<Message> {
        if let Some(id) = self.id {
            return window::gain_focus(id);
        }
        let (id, opened) = window::open(window::Settings {
            size: self.size(style),
            resizable: false,
            exit_on_close_request: false,
            position: window::Position::Centered,
            icon: tray::Icon::Idle.for_window(),
            platform_specific: platform_settings(),
            ..window::Settings::default()
        });
        self.id = Some(id);
        opened.map(|_| Message::Opened)
    }

    /// Puts another page into the window; an open window takes its size.
    pub fn turn_to(&mut self, page: Page, style: &Style) -> Task<Message> {
        let before = self.size(style);
        self.report = None;
        self.page = page;
        self.resize(before, style)
    }

    /// Lays a report over the page, or takes it away.
    pub fn cover(&mut self, report: Option<Box<Report>>, style: &Style) -> Task<Message> {
        let before = self.size(style);
        self.report = report;
        self.resize(before, style)
    }

    fn size(&self, style: &Style) -> Size {
        match self.report {
            Some(_) => style.window(theme::WIZARD),
            None => self.page.size(style),
        }
    }

    fn resize(&self, before: Size, style: &Style) -> Task<Message> {
        let after = self.size(style);
        match self.id {
            Some(id) if before != after => resize_around_its_centre(id, before, after),
            _ => Task::none(),
        }
    }

    /// The keyboard starts where the person starts.
    pub fn focus_target(&self, facts: &Facts<'_>) -> Id {
        match &self.page {
            _ if self.report.is_some() => Report::focus_target(),
            Page::Activation(page) => page.focus_target(),
            Page::Question(_) => Question::focus_target(),
            Page::Identification(page) => page.focus_target(),
            Page::Waiting => waiting::focus_target(),
            Page::Wizard(page) => page.focus_target(facts),
            Page::Undo(page) => page.focus_target(),
        }
    }

    /// From this moment on there is no window: a click on the tray that comes while it vanishes opens the next one.
    pub fn close(&mut self) -> Option<(window::Id, Task<Message>)> {
        let id = self.id?;
        Some((id, window::close(id)))
    }

    /// Whether that was our window, and whether its page is over with it.
    pub fn closed(&mut self, id: window::Id) -> Option<bool> {
        self.id.take_if(|open| *open == id)?;
        self.report = None;
        Some(self.page.may_end())
    }
}

impl Agent {
    pub(super) fn window(&mut self, message: Message) -> Task<agent::Message> {
        match message {
            Message::Opened => self.opened(),
            Message::CloseAsked => self.close_window(),
            Message::Closed(id) => self.closed(id),
            Message::Tick => self.tick(),
        }
    }

    pub(super) fn show(&mut self) -> Task<agent::Message> {
        self.start_tray();
        let token = self.connection.read_token().map(agent::Message::Connection);
        Task::batch([self.window.show(&self.style).map(agent::Message::Window), token])
    }

    pub(super) fn page_for_stage(&self) -> Page {
        Page::of(&self.facts(), || mail::is_unfinished(&self.session.places))
    }

    pub(super) fn turn_to(&mut self, page: Page) -> Task<agent::Message> {
        let resized = self.window.turn_to(page, &self.style).map(agent::Message::Window);
        Task::batch([resized, self.focus_page()])
    }

    pub(super) fn focus_page(&self) -> Task<agent::Message> {
        if !self.window.is_open() {
            return Task::none();
        }
        iced::widget::operation::focus(self.window.focus_target(&self.facts()))
    }

    pub(super) fn close_window(&mut self) -> Task<agent::Message> {
        let Some((id, closed)) = self.window.close() else { return Task::none() };
        Task::batch([closed.map(agent::Message::Window), self.closed(id)])
    }

    /// Closing is a state, never a loss.
    fn closed(&mut self, id: window::Id) -> Task<agent::Message> {
        let Some(is_over) = self.window.closed(id) else { return Task::none() };
        if is_over {
            self.window.page = self.page_for_stage();
        }
        if self.state.stage == Stage::Starting && self.state.postponed_until.is_none() {
            return self.postpone();
        }
        Task::none()
    }

    pub(super) fn tick(&mut self) -> Task<agent::Message> {
        if let (Page::Wizard(page), Some(work)) = (&mut self.window.page, &self.work) {
            page.tick(work.since.elapsed());
        }
        Task::none()
    }

    /// Shows news on the pages that wait for something; other pages are being worked on and stay as they are.
    pub(super) fn follow(&mut self) -> Task<agent::Message> {
        match &self.window.page {
            Page::Identification(_) => self.follow_identity(),
            Page::Waiting => match self.page_for_stage() {
                Page::Waiting => Task::none(),
                page => self.turn_to(page),
            },
            Page::Activation(_) | Page::Question(_) | Page::Wizard(_) | Page::Undo(_) => Task::none(),
        }
    }

    /// Switching a contrast theme on or off comes with no event of its own: each window that opens follows it.
    fn opened(&mut self) -> Task<agent::Message> {
        let follows = !self.session.has_fixed_theme;
        let theme = if follows { iced::system::theme().map(agent::Message::ThemeChanged) } else { Task::none() };
        Task::batch([self.focus_page(), theme])
    }
}

/// A window that grows from its corner would leave a small screen at the bottom.
fn resize_around_its_centre(id: window::Id, before: Size, after: Size) -> Task<Message> {
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
