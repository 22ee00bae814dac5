//! The program in the tray: its state, its messages, and the only place where tray, guardian and windows meet.
//!
//! One loop: everything that happens arrives in [`Agent::update`] as a [`Message`]; effects start there as tasks and
//! come back as messages. Pages and the tray menu are pure views of the state.
//!
//! | file | part |
//! |---|---|
//! | `agent/activation.rs` | from the typed code to the bound computer |
//! | `agent/belonging.rs` | which server the agent belongs to, and what becomes of it when that one does not know it |
//! | `agent/arrival.rs`, `agent/offer.rs` | a new installation that is brought a code |
//! | `agent/listening.rs` | everything the agent listens to |
//! | `agent/identity.rs` | from a login that is nobody's to a person, and back again |
//! | `agent/orders.rs` | what a directive of the server makes the agent do |
//! | `agent/epoch.rs` | a server that has forgotten |
//! | `agent/agreed.rs` | the mail servers that were agreed on, and the order that the person has seen |
//! | `agent/configuration.rs` | from "Set up my mail" to evidence or the manual page |
//! | `agent/going_back.rs` | back to the old profile, and what a killed agent left |
//! | `agent/inventory.rs` | what this computer has; rehearsal |
//! | `agent/desk.rs` | the window and the page on it |
//! | `agent/menu.rs`, `agent/tray.rs` | the tray menu as a value, and its painter |
//! | `agent/diagnostics.rs` | what a person looks at and sends to the help desk |
//! | `agent/outbox.rs` | reports, kept until the server has them |
//! | `agent/guardian.rs`, `agent/api.rs` | the loop that asks the server; the network's only door |
//! | `agent/state.rs`, `agent/secrets.rs`, `agent/instance.rs` | what is remembered, where secrets are, who is first |
//! | `agent/code_entry.rs` | the field for a code, on the pages that have one |
//! | `agent/i18n.rs`, `agent/notice.rs`, `agent/theme.rs`, `agent/widget.rs` | words and look |
//! | `agent/elsewhere.rs` | the question of a second session |
//! | the rest | pages |

mod activation;
mod agreed;
pub mod api;
mod arrival;
mod belonging;
mod code_entry;
pub mod command;
mod configuration;
mod desk;
pub mod diagnostics;
mod elsewhere;
pub mod enrolment;
mod epoch;
pub mod facts;
#[cfg(feature = "fuzz")]
#[allow(clippy::missing_panics_doc)] // that they do not is what is looked for
pub mod fuzz;
mod going_back;
pub mod guardian;
pub mod host;
pub mod i18n;
pub mod identification;
mod identity;
pub mod instance;
mod inventory;
mod listening;
mod menu;
mod message;
pub mod notice;
pub mod offer;
mod orders;
mod outbox;
pub mod question;
pub mod secrets;
pub mod state;
pub mod theme;
pub mod tray;
pub mod undo;
pub mod waiting;
pub mod widget;
pub mod wizard;

use std::sync::{Arc, Mutex};
use std::time::Instant;

use iced::{Task, window};
use jiff::Timestamp;

use self::activation::Admitted;
use self::api::Api;
use self::arrival::Enlistment;
use self::desk::Page;
use self::diagnostics::page::Report;
use self::facts::Facts;
use self::instance::{Instance, Request};
use self::listening::Inbox;
use self::offer::Offer;
use self::secrets::Secrets;
use self::state::{Stage, State, Store};
use self::theme::{Palette, Style};
use self::tray::Tray;
use crate::code::ActivationCode;
use crate::mail::{self, Cancel, Host, Recovered};
use crate::os::Places;
use crate::protocol::{Inventory, Question};
use crate::secret::Secret;

pub use self::message::Message;

/// What the agent is started with.
pub struct Settings {
    pub places: Places,
    pub host: Host,
    /// Address of the server, when the command line or the configuration names one.
    pub server: Option<String>,
    /// What the name of the installer's file fills in for the person, in a new installation.
    pub offer: Option<Offer>,
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
    /// What was remembered.
    pub state: State,
}

/// The agent.
pub struct Agent {
    places: Places,
    host: Host,
    style: Style,
    fixed_theme: bool,
    instance: Instance,
    store: Store,
    state: State,
    secrets: Secrets,
    api: Option<Api>,
    /// Another server than the one that this computer belongs to was configured: the person is asked.
    other_server: Option<String>,
    enlistment: Option<Enlistment>,
    token: Option<Secret>,
    /// Where the token is kept; known after it was.
    kept: Option<secrets::Kept>,
    /// A code was accepted; the person has not yet said "that's me".
    pending: Option<Admitted>,
    /// A new number starts the guardian anew.
    generation: u64,
    /// What the guardian says with its questions.
    standing: Arc<Mutex<Question>>,
    /// Why the server cannot be asked just now.
    trouble: Option<api::Error>,
    page: Page,
    /// Lies over the page until it is closed.
    report: Option<Box<Report>>,
    window: Option<window::Id>,
    tray: Option<Tray>,
    inbox: Inbox,
    work: Option<Work>,
    /// The person was asked who they are, with a window that opened by itself.
    asked_who: bool,
    /// The journal is being looked through; nothing is started before that is done.
    recovering: bool,
    undoable: bool,
    /// None until this computer was looked at.
    inventory: Option<Inventory>,
    /// The server does not have it yet.
    inventory_due: bool,
    /// The wizard comes up as soon as this computer was looked at.
    wizard_due: bool,
    /// What was found at the start, before this computer was looked at.
    recovered_early: Option<(Result<Recovered, mail::Error>, Option<Secret>)>,
    delivering: bool,
    /// The last state did not reach the disk.
    unsaved: bool,
    booted: Instant,
}

/// A set-up or an undo that runs.
struct Work {
    cancel: Cancel,
    since: Instant,
}

impl Agent {
    /// Reads what is remembered and starts what has to be started.
    pub fn boot(settings: Settings) -> (Self, Task<Message>) {
        let Settings { places, host, server, request, style, fixed_theme, mut instance, store, mut state, .. } =
            settings;
        let (offer, activation) = (settings.offer, settings.activation);
        let before = state.clone();
        let other_server = belonging::settle(&mut state, server);
        let is_new = state != before;
        let api = state.server.as_deref().and_then(|server| Api::new(server).ok());
        let undoable = mail::can_undo(&places);
        let mut agent = Self {
            secrets: Secrets::open(&places),
            page: Page::Enrolment(enrolment::Enrolment::new()),
            inbox: Inbox { requests: Arc::new(Mutex::new(instance.requests())), tray: Arc::default() },
            instance,
            fixed_theme: fixed_theme.is_some(),
            places,
            host,
            style,
            store,
            state,
            api,
            other_server,
            enlistment: activation.map(Enlistment::new),
            token: None,
            kept: None,
            pending: None,
            generation: 0,
            standing: Arc::default(),
            trouble: None,
            report: None,
            window: None,
            tray: None,
            work: None,
            asked_who: false,
            recovering: true,
            undoable,
            inventory: None,
            inventory_due: false,
            wizard_due: false,
            recovered_early: None,
            delivering: false,
            unsaved: false,
            booted: Instant::now(),
        };
        if is_new {
            agent.save();
        }
        agent.apply_theme(fixed_theme.as_deref().unwrap_or_default());
        agent.page = agent.page_for_stage();
        agent.arrive(offer);
        agent.start_tray();
        let first = agent.first_tasks(request);
        agent.say_standing();
        agent.paint_tray();
        (agent, first)
    }

    fn first_tasks(&mut self, request: Option<Request>) -> Task<Message> {
        let token = self.read_token();
        let (places, host, secrets) = (self.places.clone(), self.host.clone(), self.secrets.clone());
        let recovered = Task::future(async move {
            let recovered = mail::recover(&places, &host).await;
            let password = secrets.read(secrets::Key::MailPassword).await.ok().flatten();
            Message::Recovered(recovered, password)
        });
        let theme = iced::system::theme().map(Message::ThemeChanged);
        let waits_for_the_person = match self.state.stage {
            Stage::Unactivated => self.enlistment.is_none(),
            Stage::Starting => self.state.postponed_until.is_none(),
            _ => false,
        };
        let window = match request {
            Some(request) => self.asked(request),
            None if waits_for_the_person || self.other_server.is_some() => self.show(),
            None => Task::none(),
        };
        let welcome = match self.state.stage {
            Stage::Unactivated if self.enlistment.is_none() => {
                self.notify("notification-code-title", "notification-code-body")
            }
            _ => Task::none(),
        };
        Task::batch([token, recovered, self.take_inventory(), theme, window, welcome, self.enlist()])
    }

    /// What is known now, for whoever shows it.
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            state: &self.state,
            inventory: self.inventory.as_ref(),
            trouble: self.trouble.as_ref(),
            pending: self.pending.as_ref().map(|admitted| &admitted.activation),
            other_server: self.other_server.as_deref(),
            is_bound: self.api.is_some() && self.token.is_some(),
            is_working: self.work.is_some(),
            can_undo: self.undoable,
            now: Timestamp::now(),
        }
    }

    /// The only way in.
    pub fn update(&mut self, message: Message) -> Task<Message> {
        // A tick only moves a bar: the tray has nothing to do with it.
        let concerns_the_tray = !matches!(message, Message::Tick);
        let task = self.handle(message);
        self.say_standing();
        if concerns_the_tray {
            self.paint_tray();
        }
        task
    }

    fn handle(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Tray(event) => self.tray_event(event),
            Message::Asked(request) => self.asked(request),
            Message::Heard(heard) => self.heard(heard),
            Message::TokenRead(read) => self.token_read(read),
            Message::TokenKept(kept) => self.token_kept(kept),
            Message::TokenWanted => self.read_token(),
            Message::Activated(result) => self.activated(result),
            Message::Enlisted(result) => self.enlisted(result),
            Message::EnlistmentDue => self.enlist(),
            Message::Registered(result) => self.registered(result),
            Message::SignedIn(result) => self.signed_in(result),
            Message::SignedOut(result) => self.signed_out(result),
            Message::Recovered(recovered, password) => self.recovered(recovered, password),
            Message::Settled(result) => self.settled(result),
            Message::InventoryTaken(inventory) => self.inventory_taken(inventory),
            Message::InventorySent(result) => self.inventory_sent(result),
            Message::PasswordChanged(result, password) => self.password_changed(result, password),
            Message::Progress(progress) => self.progress(progress),
            Message::UndoProgress(progress) => self.undo_progress(progress),
            Message::SetUp(result) => self.set_up_ended(result),
            Message::Undone(result) => self.undone(result),
            Message::Delivered(result) => self.delivered(result),
            Message::ReportSent(result) => self.report_sent(result),
            Message::Enrolment(message) => self.enrolment(message),
            Message::Identification(message) => self.identification(message),
            Message::Question(message) => self.question(message),
            Message::Waiting(message) => self.waiting(message),
            Message::Wizard(message) => self.wizard(message),
            Message::Undo(message) => self.undo_page(message),
            Message::Report(message) => self.report_page(message),
            Message::Pasted(text) => self.pasted(text),
            Message::Opened(_) => self.opened(),
            Message::Closed(id) => self.closed(id),
            Message::Escape | Message::CloseAsked => self.close_window(),
            Message::Tick => self.tick(),
            Message::Unlocked => self.act(),
            Message::Reminded => self.reminded(),
            Message::UndoDue => self.undo_due(),
            Message::ThemeChanged(mode) => self.theme_changed(mode),
            Message::Nothing => Task::none(),
        }
    }

    /// Without a session bus there is no tray; one may have come up since.
    fn start_tray(&mut self) {
        if self.tray.is_none()
            && let Some((tray, events)) = Tray::start(&self.menu())
        {
            self.tray = Some(tray);
            self.inbox.tray = Arc::new(Mutex::new(Some(events)));
        }
    }

    /// A disk that is full now may have room later: what could not be saved is tried again with every answer of the server.
    fn save(&mut self) {
        let saved = self.store.save(&self.state);
        if let Err(error) = &saved {
            tracing::error!(%error, code = error.code().id(), "the state could not be saved");
        }
        self.unsaved = saved.is_err();
    }

    /// Puts on a theme by name, or with no name the present one again: the project's colour may have come. A contrast
    /// theme of the system goes before both, unless the theme is fixed.
    fn apply_theme(&mut self, name: &str) {
        let brand = self.state.directive.as_ref().and_then(|d| d.project.brand.colour.clone());
        let contrast = !self.fixed_theme && crate::os::high_contrast();
        self.style.palette = match if contrast { "high-contrast" } else { name } {
            "dark" => Palette::dark(brand.as_deref()),
            "high-contrast" => Palette::high_contrast(brand.as_deref()),
            "light" => Palette::light(brand.as_deref()),
            _ if self.style.palette.is_dark() => Palette::dark(brand.as_deref()),
            _ => Palette::light(brand.as_deref()),
        };
    }

    /// Switching a contrast theme on or off comes with no event of its own: each window that opens follows it.
    fn opened(&mut self) -> Task<Message> {
        let followed = if self.fixed_theme { Task::none() } else { iced::system::theme().map(Message::ThemeChanged) };
        Task::batch([self.focus_page(), followed])
    }

    fn theme_changed(&mut self, mode: iced::theme::Mode) -> Task<Message> {
        if !self.fixed_theme {
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
