//! The server on the line: as whom it is asked, what it has said last, and what it is still to be told.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use iced::{Subscription, Task};
use uuid::Uuid;

use super::api::{self, Api};
use super::belonging::Issued;
use super::guardian::{self, Watch};
use super::secrets::{self, Kept, Key, Secrets};
use super::state::{Stage, State};
use crate::os::Places;
use crate::protocol::{Directive, Event, Inventory, Question};
use crate::secret::Secret;

/// Time between two looks for a keyring that is not there yet.
const TOKEN_PAUSE: Duration = Duration::from_secs(30);
/// How long after the agent's start a keyring may come up.
const TOKEN_LIMIT: Duration = Duration::from_mins(30);
/// Time between two tries to open a keyring that stays locked.
const LOCKED_PAUSE: Duration = Duration::from_mins(10);
pub(super) const BATCH: usize = 50;

#[derive(Debug)]
pub enum Message {
    Guardian(guardian::Event),
    TokenRead(Result<Option<Secret>, secrets::Error>),
    TokenWanted,
    Delivered(Result<Vec<Uuid>, api::Error>),
    InventorySent(Result<(), api::Error>),
    Nothing,
}

/// What has to be done beyond the connection.
#[derive(Debug)]
pub(super) enum Action {
    None,
    Obey(Box<Directive>),
    /// It has answered and wants nothing new.
    GoOn,
    /// It cannot be asked just now.
    Tell,
    /// A server does not know this computer.
    Doubt(api::Error),
    /// The token is gone for good, or another server's.
    Forget,
    /// The token is at hand: what waited for it is sent.
    Send,
    TickOff(Vec<Uuid>),
}

pub(super) struct Connection {
    pub api: Option<Api>,
    pub token: Option<Secret>,
    pub secrets: Secrets,
    /// Where the token is kept; known after it was.
    pub kept: Option<Kept>,
    /// Why the server cannot be asked just now.
    pub trouble: Option<api::Error>,
    /// The server does not have the inventory yet.
    pub inventory_due: bool,
    /// A new number starts the guardian anew.
    generation: u64,
    /// What the guardian says with its questions.
    standing: Arc<Mutex<Question>>,
    is_delivering: bool,
    booted: Instant,
}

impl Connection {
    pub fn new(api: Option<Api>, places: &Places) -> Self {
        Self {
            api,
            token: None,
            secrets: Secrets::open(places),
            kept: None,
            trouble: None,
            inventory_due: false,
            generation: 0,
            standing: Arc::default(),
            is_delivering: false,
            booted: Instant::now(),
        }
    }

    pub fn update(&mut self, message: Message, state: &State) -> (Action, Task<Message>) {
        let action = match message {
            Message::Guardian(guardian::Event::Directive(directive)) => {
                self.trouble = None;
                Action::Obey(directive)
            }
            Message::Guardian(guardian::Event::Unchanged) => {
                self.trouble = None;
                Action::GoOn
            }
            Message::Guardian(guardian::Event::Trouble(error)) if error.is_unknown_device() => Action::Doubt(error),
            Message::Guardian(guardian::Event::Trouble(error)) => {
                tracing::warn!(%error, code = error.code().id(), "no directive");
                self.trouble = Some(error);
                Action::Tell
            }
            Message::TokenRead(_) if state.stage == Stage::Unactivated => Action::None,
            Message::TokenRead(read) => return self.take_token(read),
            Message::TokenWanted => return (Action::None, self.read_token()),
            Message::Delivered(result) => {
                self.is_delivering = false;
                match result {
                    Ok(ids) => Action::TickOff(ids),
                    Err(error) => {
                        // The guardian's next answer sends them again.
                        tracing::warn!(%error, kept = state.outbox.len(), "reports are kept");
                        Action::None
                    }
                }
            }
            Message::InventorySent(result) => {
                if let Err(error) = result {
                    tracing::warn!(%error, "the inventory was not taken");
                    // The guardian's next answer sends it again, unless the server has said that it is of no use.
                    self.inventory_due |= error.passes() || error.is_unknown_device();
                }
                Action::None
            }
            Message::Nothing => Action::None,
        };
        (action, Task::none())
    }

    /// The server, and as whom it is asked. None without the token, which may be in a locked keyring.
    pub fn line(&self) -> Option<(Api, Secret)> {
        Some((self.api.clone()?, self.token.clone()?))
    }

    /// The guardian asks anew, also where its question is held.
    pub fn ask_anew(&mut self) {
        self.generation += 1;
    }

    pub fn subscription(&self, state: &State) -> Subscription<Message> {
        let (Some((api, token)), false) = (self.line(), state.guardian_over) else { return Subscription::none() };
        let standing = Arc::clone(&self.standing);
        let watch = Watch { api, token, instance: state.instance, standing, generation: self.generation };
        Subscription::run_with(watch, guardian::watch).map(Message::Guardian)
    }

    pub fn say(&self, standing: Question) {
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner) = standing;
    }

    /// The computer is bound: from now on it is asked as this one.
    pub fn bind(&mut self, api: Api, token: Secret) {
        self.api = Some(api);
        self.token = Some(token);
        self.inventory_due = true;
        self.ask_anew();
    }

    /// Nothing of this computer is left, here and in the keyring.
    pub fn forget(&mut self) -> Task<Message> {
        self.token = None;
        self.trouble = None;
        Task::batch([Key::DeviceToken, Key::MailPassword].map(|key| self.forget_secret(key)))
    }

    pub fn forget_secret(&self, key: Key) -> Task<Message> {
        let secrets = self.secrets.clone();
        Task::future(async move {
            if let Err(error) = secrets.forget(key).await {
                tracing::warn!(%error, ?key, "a secret could not be removed");
            }
            Message::Nothing
        })
    }

    /// The token may be in a keyring that was locked, or not there, the last time.
    pub fn read_token(&self) -> Task<Message> {
        if self.token.is_some() {
            return Task::none();
        }
        let secrets = self.secrets.clone();
        Task::perform(async move { secrets.read(Key::DeviceToken).await }, Message::TokenRead)
    }

    fn take_token(&mut self, read: Result<Option<Secret>, secrets::Error>) -> (Action, Task<Message>) {
        match read {
            Ok(Some(kept)) => self.use_token(Issued::read(&kept)),
            Ok(None) => {
                tracing::warn!("the token is gone; a new code is needed");
                (Action::Forget, Task::none())
            }
            Err(secrets::Error::Absent) if self.booted.elapsed() > TOKEN_LIMIT => {
                tracing::warn!("there is no keyring any more; a new code is needed");
                (Action::Forget, Task::none())
            }
            Err(error) => {
                tracing::warn!(%error, "the token cannot be read; trying again later and when the window is opened");
                let pause = match error {
                    // Nobody is asked anything.
                    secrets::Error::Absent => TOKEN_PAUSE,
                    // The person may be asked for a passphrase each time.
                    secrets::Error::Locked | secrets::Error::File(_) => LOCKED_PAUSE,
                };
                let later = Task::future(async move {
                    tokio::time::sleep(pause).await;
                    Message::TokenWanted
                });
                (Action::None, later)
            }
        }
    }

    /// A token is of use at the server that issued it, and is shown to no other.
    fn use_token(&mut self, issued: Issued) -> (Action, Task<Message>) {
        let Some(api) = &self.api else { return (Action::None, Task::none()) };
        let Issued { server, token } = issued;
        let bound = match server.as_deref() {
            Some(server) if server == api.server() => Task::none(),
            Some(server) => {
                tracing::error!(server, "the token is another server's; a new code is needed");
                return (Action::Forget, Task::none());
            }
            // An older agent kept it alone, for the server that is remembered.
            None => {
                let (secrets, token, issued) = (self.secrets.clone(), token.clone(), Issued::by(api, token.clone()));
                Task::future(async move {
                    if let Err(error) = secrets.exchange(&token, &issued.kept()).await {
                        tracing::warn!(%error, "the token is not bound to its server yet");
                    }
                    Message::Nothing
                })
            }
        };
        self.token = Some(token);
        (Action::Send, bound)
    }

    /// A token that had to go into a file moves into the keyring once there is one.
    pub fn settle_token(&self) -> Task<Message> {
        let secrets = self.secrets.clone();
        Task::future(async move {
            if let Ok(Some(Kept::InKeyring)) = secrets.settle().await {
                tracing::info!("the token is in the keyring now");
            }
            Message::Nothing
        })
    }

    pub fn deliver(&mut self, outbox: &[Event]) -> Task<Message> {
        let Some((api, token)) = self.line() else { return Task::none() };
        if outbox.is_empty() || self.is_delivering {
            return Task::none();
        }
        self.is_delivering = true;
        let batch: Vec<Event> = outbox.iter().take(BATCH).cloned().collect();
        Task::future(async move {
            let ids = batch.iter().map(|event| event.id).collect();
            Message::Delivered(api.events(&token, &batch).await.map(|taken| {
                for refused in taken.refused {
                    // Sending it again is of no use, and everything else would wait behind it.
                    tracing::error!(id = ?refused.id, reason = refused.reason, "the server cannot read a report; it is dropped");
                }
                ids
            }))
        })
    }

    /// Only what was taken is sent, and again until the server has it.
    pub fn send_inventory(&mut self, inventory: Option<&Inventory>) -> Task<Message> {
        let (Some((api, token)), Some(inventory), true) = (self.line(), inventory.cloned(), self.inventory_due) else {
            return Task::none();
        };
        self.inventory_due = false;
        Task::future(async move { Message::InventorySent(api.inventory(&token, &inventory).await) })
    }
}
