//! From the typed code to the bound computer.
//!
//! The server's answer says for whom the code is; nothing is bound until the person has said "that's me". Only then is
//! the token used for the first time, and with that the code is spent.

use iced::Task;

use super::desk::Page;
use super::enrolment::{self, Enrolment};
use super::notice::Notice;
use super::state::{Stage, State};
use super::{Agent, Message, api, vault};
use crate::code::Code;
use crate::os;
use crate::protocol::{Activation, ActivationRequest, Device, EventKind};
use crate::secret::Secret;

impl Agent {
    pub(super) fn enrolment(&mut self, message: enrolment::Message) -> Task<Message> {
        let Page::Enrolment(page) = &mut self.page else { return Task::none() };
        match page.update(message) {
            enrolment::Action::None => Task::none(),
            enrolment::Action::Submit(code) => self.submit(&code),
            enrolment::Action::Paste => {
                iced::clipboard::read_text().map(|text| Message::Pasted(text.ok().map(|text| text.as_ref().clone())))
            }
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
        if let (Page::Enrolment(page), Some(text)) = (&mut self.page, text) {
            page.pasted(text);
        }
        Task::none()
    }

    /// A second start brought a code: it is filled in, and the person still says whose it is.
    pub(super) fn code_handed_over(&mut self, code: Option<Secret>) -> Task<Message> {
        let filled = self.pasted(code.map(|code| code.reveal().to_owned()));
        Task::batch([filled, self.show()])
    }

    fn submit(&mut self, code: &Code) -> Task<Message> {
        let Some(api) = self.api.clone() else {
            let given = self.state.server.clone().unwrap_or_default();
            return self.activated(Err(api::Error::Address(given)));
        };
        let request = ActivationRequest { code: Secret::new(code.reveal()), device: this_device() };
        Task::perform(async move { api.activate(&request).await }, Message::Activated)
    }

    pub(super) fn activated(&mut self, result: Result<Activation, api::Error>) -> Task<Message> {
        let Page::Enrolment(page) = &mut self.page else { return Task::none() };
        match result {
            Ok(activation) => {
                page.found(enrolment::Card {
                    project: activation.project.name.clone(),
                    helpdesk: activation.project.helpdesk.clone(),
                    name: activation.user.name.clone(),
                    address: activation.user.address.clone(),
                });
                self.pending = Some(activation);
            }
            Err(error) => {
                tracing::info!(code = error.code().id(), "the code was not accepted");
                let tries_left = match &error {
                    api::Error::Refused { problem, .. } => problem.tries_left,
                    _ => None,
                };
                page.refused(Notice::from(&error), tries_left);
            }
        }
        Task::none()
    }

    /// "That's me": the token is kept and used from now on.
    fn bind(&mut self) -> Task<Message> {
        let Some(activation) = self.pending.take() else { return Task::none() };
        let Activation { device_id, token, project, user } = activation;
        tracing::info!(%device_id, "bound");
        self.state = State {
            stage: Stage::Waiting,
            device_id: Some(device_id),
            server: self.state.server.take(),
            project: Some(project),
            user: Some(user),
            ..State::default()
        };
        self.token = Some(token.clone());
        self.generation += 1;
        self.report(EventKind::Waiting);
        self.save();
        if let Err(error) = os::autostart::enable(&self.host.helper_exe) {
            tracing::warn!(%error, "the agent will not start with the session");
        }
        let vault = self.vault.clone();
        let kept = Task::perform(async move { vault.keep(vault::Key::DeviceToken, &token).await }, Message::TokenKept);
        let page = self.page_for_stage();
        Task::batch([kept, self.turn_to(page), self.deliver(), self.send_inventory()])
    }

    pub(super) fn token_read(&mut self, read: Result<Option<Secret>, vault::Error>) -> Task<Message> {
        match read {
            Ok(Some(token)) if self.state.stage != Stage::Unactivated => {
                self.token = Some(token);
                Task::batch([self.deliver(), self.send_inventory()])
            }
            Ok(_) if self.state.stage == Stage::Unactivated => Task::none(),
            Ok(_) => {
                tracing::warn!("the token is gone; a new code is needed");
                self.forget()
            }
            Err(error) => {
                tracing::warn!(%error, "the token cannot be read; trying again when asked");
                Task::none()
            }
        }
    }

    pub(super) fn token_kept(&mut self, kept: Result<vault::Kept, vault::Error>) -> Task<Message> {
        match kept {
            Ok(kept) => {
                tracing::info!(?kept, "token kept");
                self.kept = Some(kept);
            }
            Err(error) => tracing::error!(%error, "the token could not be kept; it is asked for again after a restart"),
        }
        Task::none()
    }

    /// The server does not know this computer any more, or it was removed: back to the code.
    pub(super) fn forget(&mut self) -> Task<Message> {
        self.token = None;
        self.pending = None;
        self.state = State { server: self.state.server.take(), ..State::default() };
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

fn this_device() -> Device {
    Device {
        name: os::device_name(),
        system: os::system().into(),
        login: os::login(),
        agent: env!("CARGO_PKG_VERSION").into(),
        language: os::language(),
    }
}
