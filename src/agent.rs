//! The program in the tray: its state, its messages, and the only place where tray, guardian and window meet.
//!
//! One loop: everything that happens arrives in [`Agent::update`] as a [`Message`]; effects start there as tasks and
//! come back as messages. Views borrow [`facts::Facts`] and own none of them.

pub mod activation;
mod agreed;
pub mod api;
mod belonging;
mod code_entry;
pub mod command;
mod connection;
pub mod diagnostics;
mod directives;
mod elsewhere;
mod epoch;
pub mod facts;
#[cfg(feature = "fuzz")]
#[allow(clippy::missing_panics_doc)] // that they do not is what is looked for
pub mod fuzz;
pub mod guardian;
pub mod host;
pub mod i18n;
pub mod identity;
pub mod instance;
mod inventory;
mod menu;
mod message;
pub mod notice;
pub mod question;
pub mod secrets;
mod set_up;
pub mod state;
mod subscription;
pub mod theme;
pub mod tray;
pub mod undo;
pub mod waiting;
pub mod widget;
mod window;
pub mod wizard;

use std::sync::{Arc, Mutex};
use std::time::Instant;

use iced::{Element, Task, Theme};
use jiff::Timestamp;

use self::activation::link::ActivationLink;
use self::activation::{Activation, open_link};
use self::api::Api;
use self::connection::Connection;
use self::facts::Facts;
use self::instance::{Instance, Request};
use self::question::Subject;
use self::state::{Stage, State, Store};
use self::subscription::Inbox;
use self::theme::{Palette, Style};
use self::tray::Tray;
use self::window::{Page, Window};
use crate::code::ActivationCode;
use crate::mail::{self, Cancel, Host, Recovered};
use crate::os::Places;
use crate::protocol::Inventory;
use crate::secret::Secret;

pub use self::message::Message;

pub struct Settings {
    pub places: Places,
    pub host: Host,
    /// Address of the server, when the command line or the configuration names one.
    pub server: Option<String>,
    /// What the name of the installer's file fills in for the person, in a new installation.
    pub link: Option<ActivationLink>,
    /// The project's code, when an administrator has placed it for a new installation.
    pub activation: Option<ActivationCode>,
    /// What this start asks for. None: started with the session, no window unless there is something to do.
    pub request: Option<Request>,
    pub style: Style,
    /// `light`, `dark` or `high-contrast`, when it is not to follow the system.
    pub fixed_theme: Option<String>,
    /// This process is the agent of its login.
    pub instance: Instance,
    pub store: Store,
    pub state: State,
}

pub struct Agent {
    session: Session,
    style: Style,
    store: Store,
    state: State,
    connection: Connection,
    window: Window,
    activation: Activation,
    computer: Computer,
    work: Option<Work>,
    recovery: Recovery,
    /// Another server than the one that this computer belongs to was configured: the person is asked.
    other_server: Option<String>,
    /// The person was asked who they are, with a window that opened by itself.
    asked_who: bool,
}

/// The person's session, and what this process has of it.
struct Session {
    places: Places,
    host: Host,
    instance: Instance,
    has_fixed_theme: bool,
    tray: Option<Tray>,
    inbox: Inbox,
}

/// What is known of the computer.
struct Computer {
    /// None until it was looked at.
    inventory: Option<Inventory>,
    can_undo: bool,
    /// The wizard comes up as soon as it was looked at.
    wizard_due: bool,
}

/// A set-up or an undo that runs.
struct Work {
    cancel: Cancel,
    since: Instant,
}

impl Work {
    fn start() -> Self {
        Self { cancel: Cancel::default(), since: Instant::now() }
    }
}

/// What a killed agent left is finished or undone before anything is started.
enum Recovery {
    Running,
    /// It came to its end before the computer was looked at.
    Early(Result<Recovered, mail::Error>, Option<Secret>),
    Done,
}

impl Recovery {
    fn is_over(&self) -> bool {
        matches!(self, Self::Done)
    }
}

impl Agent {
    pub fn boot(settings: Settings) -> (Self, Task<Message>) {
        let Settings { places, host, server, request, style, fixed_theme, mut instance, store, mut state, .. } =
            settings;
        let (link, activation) = (settings.link, settings.activation);
        let before = state.clone();
        let other_server = belonging::settle(&mut state, server);
        let is_new = state != before;
        let api = state.server.as_deref().and_then(|server| Api::new(server).ok());
        let can_undo = mail::can_undo(&places);
        let inbox = Inbox { requests: Arc::new(Mutex::new(instance.requests())), tray: Arc::default() };
        let mut agent = Self {
            connection: Connection::new(api, &places),
            session: Session { places, host, instance, has_fixed_theme: fixed_theme.is_some(), tray: None, inbox },
            style,
            store,
            state,
            window: Window::new(Page::Waiting),
            activation: Activation::of(activation),
            computer: Computer { inventory: None, can_undo, wizard_due: false },
            work: None,
            recovery: Recovery::Running,
            other_server,
            asked_who: false,
        };
        if is_new {
            agent.save();
        }
        agent.apply_theme(fixed_theme.as_deref().unwrap_or_default());
        agent.window.page = agent.page_for_stage();
        agent.fill_in(link);
        agent.start_tray();
        let first = agent.first_tasks(request);
        agent.settle();
        (agent, first)
    }

    fn first_tasks(&mut self, request: Option<Request>) -> Task<Message> {
        let token = self.connection.read_token().map(Message::Connection);
        let theme = iced::system::theme().map(Message::ThemeChanged);
        let waits_for_the_person = match self.state.stage {
            Stage::Unactivated => !self.activation.is_unattended(),
            Stage::Starting => self.state.postponed_until.is_none(),
            _ => false,
        };
        let window = match request {
            Some(request) => self.asked(request),
            None if waits_for_the_person || self.other_server.is_some() => self.show(),
            None => Task::none(),
        };
        let welcome = match self.state.stage {
            Stage::Unactivated if !self.activation.is_unattended() => {
                self.notify("notification-code-title", "notification-code-body")
            }
            _ => Task::none(),
        };
        Task::batch([token, self.recover(), self.take_inventory(), theme, window, welcome, self.try_unattended()])
    }

    /// What is known now, for whoever shows it.
    fn facts(&self) -> Facts<'_> {
        Facts {
            state: &self.state,
            inventory: self.computer.inventory.as_ref(),
            trouble: self.connection.trouble.as_ref(),
            pending: self.activation.pending(),
            other_server: self.other_server.as_deref(),
            is_bound: self.connection.line().is_some(),
            is_working: self.work.is_some(),
            can_undo: self.computer.can_undo,
            now: Timestamp::now(),
        }
    }

    /// The only way in.
    pub fn update(&mut self, message: Message) -> Task<Message> {
        // A tick only moves a bar: nobody else has to do with it.
        if matches!(message, Message::Window(window::Message::Tick)) {
            return self.tick();
        }
        let task = self.handle(message);
        self.settle();
        task
    }

    fn handle(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Tray(event) => self.tray_event(event),
            Message::Asked(request) => self.asked(request),
            Message::Connection(message) => self.connection(message),
            Message::Window(message) => self.window(message),
            Message::Activation(message) => self.activation(message),
            Message::Identity(message) => self.identity(message),
            Message::SetUp(message) => self.set_up(message),
            Message::Undo(message) => self.undo(message),
            Message::Question(message) => self.question(message),
            Message::Waiting(message) => self.waiting(message),
            Message::Report(message) => self.report(message),
            Message::Pasted(text) => self.pasted(text),
            Message::InventoryTaken(inventory) => self.inventory_taken(inventory),
            Message::Unlocked => self.act(),
            Message::Reminded => self.reminded(),
            Message::ThemeChanged(mode) => self.theme_changed(mode),
            Message::Nothing => Task::none(),
        }
    }

    /// Tray, guardian and second starts say what is true now.
    fn settle(&mut self) {
        self.connection.say(self.standing());
        self.paint_tray();
    }

    pub fn view(&self, _window: iced::window::Id) -> Element<'_, Message> {
        self.window.view(&self.facts(), &self.style)
    }

    pub fn title(&self, _window: iced::window::Id) -> String {
        self.window.title(&self.facts(), &self.style)
    }

    pub fn theme(&self, _window: iced::window::Id) -> Theme {
        self.style.iced_theme()
    }

    fn question(&mut self, message: question::Message) -> Task<Message> {
        let Page::Question(page) = &mut self.window.page else { return Task::none() };
        match (page.update(message), page.subject().clone()) {
            (question::Action::None, _) => Task::none(),
            (question::Action::OpenLink(url), _) => open_link(url),
            (action, Subject::OtherServer { .. }) => self.answered_other_server(&action),
            (action, subject @ (Subject::MailServer { .. } | Subject::Authority { .. })) => {
                self.answered_change(&subject, &action)
            }
            // That one is asked before there is an agent.
            (_, Subject::OtherSession { .. }) => Task::none(),
        }
    }

    fn waiting(&mut self, message: waiting::Message) -> Task<Message> {
        match waiting::update(message) {
            waiting::Action::OpenLink(url) => open_link(url),
            waiting::Action::NotMe => self.ask_to_sign_out(),
            waiting::Action::Close => self.close_window(),
        }
    }

    /// Without a session bus there is no tray; one may have come up since.
    fn start_tray(&mut self) {
        if self.session.tray.is_none()
            && let Some((tray, events)) = Tray::start(&self.menu())
        {
            self.session.tray = Some(tray);
            self.session.inbox.tray = Arc::new(Mutex::new(Some(events)));
        }
    }

    fn save(&mut self) {
        self.store.keep(&self.state);
    }

    /// Puts on a theme by name, or with no name the present one again: the project's colour may have come. A contrast
    /// theme of the system goes before both, unless the theme is fixed.
    fn apply_theme(&mut self, name: &str) {
        let brand = self.state.directive.as_ref().and_then(|d| d.project.brand.colour.clone());
        let contrast = !self.session.has_fixed_theme && crate::os::high_contrast();
        self.style.palette = match if contrast { "high-contrast" } else { name } {
            "dark" => Palette::dark(brand.as_deref()),
            "high-contrast" => Palette::high_contrast(brand.as_deref()),
            "light" => Palette::light(brand.as_deref()),
            _ if self.style.palette.is_dark() => Palette::dark(brand.as_deref()),
            _ => Palette::light(brand.as_deref()),
        };
    }

    fn theme_changed(&mut self, mode: iced::theme::Mode) -> Task<Message> {
        if !self.session.has_fixed_theme {
            self.apply_theme(if mode == iced::theme::Mode::Dark { "dark" } else { "light" });
        }
        Task::none()
    }

    fn notify(&self, title: &str, body: &str) -> Task<Message> {
        let (title, body) = (self.style.words.text(title), self.style.words.text(body));
        Task::future(async move {
            crate::os::notify(&title, &body).await;
            Message::Nothing
        })
    }
}

#[cfg(test)]
mod tests;
