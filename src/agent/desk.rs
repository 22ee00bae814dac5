//! The window and the page on it. Closing the window loses nothing: the page stays as it was.

use iced::{Element, Point, Size, Task, Theme, window};

use jiff::Timestamp;

use super::activation::open_link;
use super::diagnostics::page::Report;
use super::enrolment::Enrolment;
use super::identification::{self, Identification};
use super::notice::Notice;
use super::question::{self, Question, Subject};
use super::state::{Stage, Standing};
use super::theme::Style;
use super::tray;
use super::undo::{self, Undo};
use super::waiting::{self, Waiting};
use super::wizard::{self, Wizard};
use super::{Agent, Message, host, theme};
use crate::mail;
use crate::protocol::Helpdesk;

/// What the first page says the set-up takes, in minutes: measured at well under one, told with room for a large mailbox.
const MINUTES: u32 = 3;

/// What the window shows, or will show when it is opened.
pub(super) enum Page {
    Enrolment(Enrolment),
    Question(Question),
    Identification(Box<Identification>),
    Waiting(Waiting),
    Wizard(Box<Wizard>),
    Undo(Undo),
}

impl Page {
    fn size(&self, style: &Style) -> Size {
        style.window(match self {
            Self::Enrolment(_) | Self::Question(_) | Self::Undo(_) => theme::SMALL,
            // As large as what follows it.
            Self::Identification(_) | Self::Waiting(_) => theme::WAITING,
            Self::Wizard(_) => theme::WIZARD,
        })
    }
}

impl Agent {
    pub fn view(&self, _window: window::Id) -> Element<'_, Message> {
        if let Some(report) = &self.report {
            return report.view(&self.style).map(Message::Report);
        }
        match &self.page {
            Page::Enrolment(page) => page.view(&self.style).map(Message::Enrolment),
            Page::Question(page) => page.view(&self.style).map(Message::Question),
            Page::Identification(page) => page.view(&self.style).map(Message::Identification),
            Page::Waiting(page) => page.view(&self.style).map(Message::Waiting),
            Page::Wizard(page) => page.view(&self.style).map(Message::Wizard),
            Page::Undo(page) => page.view(&self.style).map(Message::Undo),
        }
    }

    pub fn title(&self, _window: window::Id) -> String {
        if let Some(report) = &self.report {
            return report.title(&self.style);
        }
        match &self.page {
            Page::Enrolment(page) => page.title(&self.style),
            Page::Question(page) => page.title(&self.style),
            Page::Identification(page) => page.title(&self.style),
            Page::Waiting(page) => page.title(&self.style),
            Page::Wizard(page) => page.title(&self.style),
            Page::Undo(page) => page.title(&self.style),
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
            Page::Waiting(page) => page.focus_target(),
            Page::Wizard(page) => page.focus_target(),
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
            (action, Subject::MailServer { .. } | Subject::Authority { .. }) => self.answered_change(&action),
            // That one is asked before there is an agent.
            (_, Subject::OtherSession { .. }) => Task::none(),
        }
    }

    pub(super) fn waiting(&mut self, message: waiting::Message) -> Task<Message> {
        let Page::Waiting(page) = &mut self.page else { return Task::none() };
        match page.update(message) {
            waiting::Action::None => Task::none(),
            waiting::Action::OpenLink(url) => open_link(url),
            waiting::Action::NotMe => self.ask_to_sign_out(),
            waiting::Action::Close => self.close_window(),
        }
    }

    /// The page a person finds who opens the window now.
    pub(super) fn page_for_stage(&self) -> Page {
        if let Some(page) = self.page_for_other_server() {
            return page;
        }
        match self.state.stage {
            Stage::Unactivated => Page::Enrolment(self.fresh_enrolment()),
            Stage::Waiting => match self.state.standing() {
                Standing::Somebodys => Page::Waiting(Waiting::new(self.waiting_facts())),
                Standing::Nobodys => Page::Identification(Box::new(Identification::new(self.identification_facts()))),
                Standing::Undecided => {
                    Page::Identification(Box::new(Identification::looking(self.identification_facts(), None)))
                }
            },
            Stage::Starting => self.page_for_change().unwrap_or_else(|| self.fresh_wizard()),
            Stage::Configuring => self.wizard_at(Wizard::checking),
            Stage::Failed { code } => self.wizard_at(|wizard| {
                let notice = Notice::new(code);
                if mail::is_unfinished(&self.places) { wizard.stuck(notice) } else { wizard.failed(notice) }
            }),
            Stage::Completed if self.state.undo_due.is_some() => Page::Undo(Undo::new(self.undo_facts())),
            Stage::Completed => match self.state.outcome.clone() {
                Some(outcome) => self.wizard_at(|wizard| wizard.completed(outcome)),
                None => Page::Waiting(Waiting::new(self.waiting_facts()).at(waiting::Stage::Moved)),
            },
            Stage::Undone => {
                let mut page = Undo::new(self.undo_facts());
                page.done();
                Page::Undo(page)
            }
        }
    }

    fn wizard_at(&self, turn: impl FnOnce(&mut Wizard)) -> Page {
        let mut page = self.fresh_wizard();
        if let Page::Wizard(wizard) = &mut page {
            turn(wizard);
        }
        page
    }

    /// The wizard at its first page; the waiting page as long as the server has said nothing of the account, and this
    /// computer was not looked at.
    pub(super) fn fresh_wizard(&self) -> Page {
        let (Some(directive), Some(_)) = (self.order_at_hand(), &self.inventory) else {
            return Page::Waiting(Waiting::new(self.waiting_facts()));
        };
        Page::Wizard(Box::new(Wizard::new(wizard::Facts {
            user: directive.user.clone(),
            project: directive.project.clone(),
            client: self.client_name(),
            signs_in_there: self.signs_in_there(),
            trusts_authority: self.trusts_authority(),
            minutes: MINUTES,
            server: self.state.server.as_deref().and_then(host::of).unwrap_or_default(),
        })))
    }

    /// Shows news on the pages that wait for something; other pages are being worked on and stay as they are.
    pub(super) fn refresh_page(&mut self) -> Task<Message> {
        match &self.page {
            Page::Identification(_) => self.refresh_identification(),
            Page::Waiting(_) => match self.page_for_stage() {
                page @ Page::Waiting(_) => {
                    self.page = page;
                    Task::none()
                }
                page => self.turn_to(page),
            },
            Page::Enrolment(_) | Page::Question(_) | Page::Wizard(_) | Page::Undo(_) => Task::none(),
        }
    }

    pub(super) fn identification_facts(&self) -> identification::Facts {
        identification::Facts { helpdesk: self.helpdesk(), offline: self.trouble.as_ref().map(Notice::from) }
    }

    fn waiting_facts(&self) -> waiting::Facts {
        let (directive, project, user) = (&self.state.directive, &self.state.project, &self.state.user);
        let has_client = self.inventory.as_ref().is_some_and(|inventory| !inventory.clients.is_empty());
        waiting::Facts {
            project: project.as_ref().map(|project| project.name.clone()).unwrap_or_default(),
            helpdesk: self.helpdesk(),
            cutover: directive.as_ref().and_then(|directive| directive.project.cutover),
            address: user.as_ref().map(|user| user.address.clone()).unwrap_or_default(),
            signed_in: user.as_ref().filter(|_| self.state.by_project).map(|user| user.name.clone()),
            looking: self.inventory.is_none(),
            client: has_client.then(|| self.client_name()),
            offline: self.trouble.as_ref().map(Notice::from),
            now: Timestamp::now(),
        }
    }

    pub(super) fn undo_facts(&self) -> undo::Facts {
        let zoned = |at: Timestamp| at.to_zoned(self.style.zone.clone());
        undo::Facts {
            ordered: self.state.undo_due.map(zoned),
            now: zoned(Timestamp::now()),
            client: self.client_name(),
            old_profile: self.state.old_profile.clone(),
            helpdesk: self.helpdesk(),
        }
    }

    pub(super) fn helpdesk(&self) -> Helpdesk {
        self.state.project.as_ref().map(|project| project.helpdesk.clone()).unwrap_or_default()
    }
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
