//! From the typed code to the bound computer.
//!
//! The server's answer says for whom the code is; nothing is bound until the person has said "that's me". Only then is
//! the token used for the first time, and with that the code is spent.

use std::time::Duration;

use iced::Task;

use super::desk::Page;
use super::enrolment::{self, Enrolment};
use super::notice::Notice;
use super::state::{Stage, State};
use super::{Agent, Message, api, vault};
use crate::os;
use crate::protocol::{Activation, ActivationRequest, Device, EventKind};
use crate::secret::Secret;

/// Time between two looks for a keyring that is not there yet.
const TOKEN_PAUSE: Duration = Duration::from_secs(30);
/// How long after the agent's start a keyring may come up.
const TOKEN_LIMIT: Duration = Duration::from_mins(30);
/// Time between two tries to open a keyring that stays locked.
const LOCKED_PAUSE: Duration = Duration::from_mins(10);

impl Agent {
    pub(super) fn enrolment(&mut self, message: enrolment::Message) -> Task<Message> {
        let Page::Enrolment(page) = &mut self.page else { return Task::none() };
        match page.update(message) {
            enrolment::Action::None => Task::none(),
            enrolment::Action::Submit(code) => self.submit(code),
            enrolment::Action::Paste => read_clipboard(),
            enrolment::Action::Bind => self.bind(),
            enrolment::Action::Discard => {
                self.pending = None;
                self.turn_to(Page::Enrolment(Enrolment::new()))
            }
            enrolment::Action::OpenLink(url) => open_link(url),
            enrolment::Action::Close => self.close_window(),
        }
    }

    pub(super) fn pasted(&mut self, text: Option<String>) -> Task<Message> {
        match (&mut self.page, text) {
            (Page::Enrolment(page), Some(text)) => page.pasted(text),
            (Page::Identification(page), Some(text)) => page.pasted(text),
            _ => {}
        }
        Task::none()
    }

    fn submit(&mut self, code: Secret) -> Task<Message> {
        let Some(api) = self.api.clone() else {
            let given = self.state.server.clone().unwrap_or_default();
            return self.activated(Err(api::Error::Address(given)));
        };
        let request = request(code);
        self.enlistment = None;
        Task::perform(async move { api.activate(&request).await }, Message::Activated)
    }

    pub(super) fn activated(&mut self, result: Result<Activation, api::Error>) -> Task<Message> {
        let Page::Enrolment(page) = &mut self.page else { return Task::none() };
        match result {
            Ok(activation) => {
                let card = activation.user.as_ref().map(|user| enrolment::Card {
                    project: activation.project.name.clone(),
                    helpdesk: activation.project.helpdesk.clone(),
                    name: user.name.clone(),
                    address: user.address.clone(),
                });
                self.pending = Some(activation);
                match card {
                    Some(card) => page.found(card),
                    // A project's code says nothing of the person, so there is nothing to confirm.
                    None => return self.bind(),
                }
            }
            Err(error) => {
                tracing::info!(code = error.code().id(), "the code was not accepted");
                page.refused(Notice::from(&error));
            }
        }
        self.focus_page()
    }

    /// "That's me": the token is kept before it is used for the first time, so that a spent code is never lost.
    pub(super) fn bind(&self) -> Task<Message> {
        let Some(Activation { token, .. }) = self.pending.clone() else { return Task::none() };
        let vault = self.vault.clone();
        Task::perform(async move { vault.keep(vault::Key::DeviceToken, &token).await }, Message::TokenKept)
    }

    pub(super) fn token_kept(&mut self, kept: Result<vault::Kept, vault::Error>) -> Task<Message> {
        match kept {
            Ok(kept) => {
                tracing::info!(?kept, "token kept");
                self.kept = Some(kept);
            }
            Err(error) => tracing::error!(%error, "the token could not be kept; after a restart it takes a new code"),
        }
        let Some(activation) = self.pending.take() else { return Task::none() };
        let Activation { device_id, token, project, user, .. } = activation;
        tracing::info!(%device_id, "bound");
        self.state = State {
            stage: Stage::Waiting,
            was_activated: true,
            device_id: Some(device_id),
            server: self.state.server.take(),
            project: Some(project),
            by_project: user.is_none(),
            user,
            ..State::default()
        };
        self.token = Some(token);
        self.generation += 1;
        self.report(EventKind::Waiting);
        self.save();
        if let Err(error) = os::autostart::enable(&os::program().unwrap_or_else(|| self.host.helper_exe.clone())) {
            tracing::warn!(%error, "the agent will not start with the session");
        }
        let page = self.page_for_stage();
        Task::batch([self.turn_to(page), self.deliver(), self.send_inventory()])
    }

    pub(super) fn token_read(&mut self, read: Result<Option<Secret>, vault::Error>) -> Task<Message> {
        if self.state.stage == Stage::Unactivated {
            return Task::none();
        }
        match read {
            Ok(Some(token)) => {
                self.token = Some(token);
                Task::batch([self.deliver(), self.send_inventory()])
            }
            Ok(None) => {
                tracing::warn!("the token is gone; a new code is needed");
                self.forget()
            }
            Err(vault::Error::Absent) if self.booted.elapsed() > TOKEN_LIMIT => {
                tracing::warn!("there is no keyring any more; a new code is needed");
                self.forget()
            }
            Err(error) => {
                tracing::warn!(%error, "the token cannot be read; trying again later and when the window is opened");
                let pause = match error {
                    // Nobody is asked anything.
                    vault::Error::Absent => TOKEN_PAUSE,
                    // The person may be asked for a passphrase each time.
                    vault::Error::Locked | vault::Error::File(_) => LOCKED_PAUSE,
                };
                Task::future(async move {
                    tokio::time::sleep(pause).await;
                    Message::TokenWanted
                })
            }
        }
    }

    /// The token may be in a keyring that was locked, or not there, the last time.
    pub(super) fn read_token(&self) -> Task<Message> {
        if self.token.is_some() {
            return Task::none();
        }
        let vault = self.vault.clone();
        Task::perform(async move { vault.read(vault::Key::DeviceToken).await }, Message::TokenRead)
    }

    /// A token that had to go into a file moves into the keyring once there is one.
    pub(super) fn settle_token(&self) -> Task<Message> {
        let vault = self.vault.clone();
        Task::future(async move {
            if let Ok(Some(vault::Kept::InKeyring)) = vault.settle().await {
                tracing::info!("the token is in the keyring now");
            }
            Message::Nothing
        })
    }

    /// The server does not know this computer any more, or it was removed: back to the code.
    pub(super) fn forget(&mut self) -> Task<Message> {
        self.token = None;
        self.pending = None;
        let (server, was_activated) = (self.state.server.take(), self.state.was_activated);
        self.asked_who = false;
        self.state = State { server, was_activated, ..State::default() };
        self.save();
        let vault = self.vault.clone();
        let forgotten = Task::future(async move {
            for key in [vault::Key::DeviceToken, vault::Key::MailPassword] {
                if let Err(error) = vault.forget(key).await {
                    tracing::warn!(%error, "a secret could not be removed");
                }
            }
            Message::Nothing
        });
        Task::batch([forgotten, self.turn_to(Page::Enrolment(Enrolment::new()))])
    }
}

/// Opens a link in the person's browser or mail program.
pub(super) fn open_link(url: String) -> Task<Message> {
    Task::future(async move {
        if let Err(error) = os::open_link(&url) {
            tracing::warn!(%error, "a link could not be opened");
        }
        Message::Nothing
    })
}

/// What the clipboard holds comes back as [`Message::Pasted`].
pub(super) fn read_clipboard() -> Task<Message> {
    iced::clipboard::read_text().map(|text| Message::Pasted(text.ok().map(|text| text.as_ref().clone())))
}

/// The question whose code this is.
pub(super) fn request(code: Secret) -> ActivationRequest {
    ActivationRequest { code, device: this_device() }
}

fn this_device() -> Device {
    Device {
        name: os::device_name(),
        system: os::system().into(),
        login: os::login(),
        agent: env!("CARGO_PKG_VERSION").into(),
        language: os::language(),
        machine: os::machine(),
    }
}
