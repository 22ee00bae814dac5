//! From a code to the bound computer.
//!
//! The server's answer says for whom the code is; nothing is bound until the person has said "that's me". Only then is
//! the token used for the first time, and with that the code is spent. What fills in a code, or enters it, is for new
//! installations only: none of it changes one that was activated once, even when it was deactivated since (promise I6).

pub mod link;
pub mod page;
mod unattended;

use iced::Task;

use self::link::ActivationLink;
use self::page::ActivationPage;
use self::unattended::UnattendedActivation;
use super::api::{self, Api};
use super::belonging::Issued;
use super::notice::Notice;
use super::secrets::{self, Key};
use super::state::{Stage, State};
use super::window::Page;
use super::{Agent, guardian};
use crate::agent;
use crate::code::ActivationCode;
use crate::os::{self, autostart};
use crate::problem::ResponseCode;
use crate::protocol::{self, ActivationRequest, Device, EventKind};
use crate::secret::Secret;

#[derive(Debug)]
pub enum Message {
    Page(page::Message),
    Answered(Result<Box<Admitted>, api::Error>),
    /// The same, without a question.
    AnsweredUnattended(Result<Box<Admitted>, api::Error>),
    UnattendedDue,
    TokenKept(Result<secrets::Kept, secrets::Error>),
}

/// What a server has answered to a code, and which server it was. Nothing of it is remembered before the person has said
/// "that's me".
#[derive(Debug, Clone)]
pub struct Admitted {
    activation: protocol::Activation,
    /// The address as it was given.
    server: String,
    api: Api,
}

pub(super) struct Activation {
    pending: Option<Box<Admitted>>,
    unattended: Option<UnattendedActivation>,
}

impl Activation {
    pub fn of(placed: Option<ActivationCode>) -> Self {
        Self { pending: None, unattended: placed.map(UnattendedActivation::new) }
    }

    pub fn pending(&self) -> Option<&protocol::Activation> {
        self.pending.as_ref().map(|admitted| &admitted.activation)
    }

    pub fn is_unattended(&self) -> bool {
        self.unattended.is_some()
    }

    /// What a server has said to a code counts no more.
    pub fn discard(&mut self) {
        self.pending = None;
    }
}

impl Agent {
    pub(super) fn activation(&mut self, message: Message) -> Task<agent::Message> {
        match message {
            Message::Page(message) => self.activation_page(message),
            Message::Answered(result) => self.answered(result),
            Message::AnsweredUnattended(result) => self.answered_unattended(result),
            Message::UnattendedDue => self.try_unattended(),
            Message::TokenKept(kept) => self.token_kept(kept),
        }
    }

    fn activation_page(&mut self, message: page::Message) -> Task<agent::Message> {
        let Page::Activation(page) = &mut self.window.page else { return Task::none() };
        match page.update(message) {
            page::Action::None => Task::none(),
            page::Action::Submit(code) => self.submit(code),
            page::Action::Paste => read_clipboard(),
            page::Action::Bind => self.bind(),
            page::Action::Discard => {
                self.activation.discard();
                self.focus_page()
            }
            page::Action::OpenLink(url) => open_link(url),
            page::Action::Close => self.close_window(),
        }
    }

    pub(super) fn pasted(&mut self, text: Option<String>) -> Task<agent::Message> {
        match (&mut self.window.page, text) {
            (Page::Activation(page), Some(text)) => page.pasted(text),
            (Page::Identification(page), Some(text)) => page.pasted(text),
            _ => {}
        }
        Task::none()
    }

    fn submit(&mut self, code: Secret) -> Task<agent::Message> {
        // The server that a link or a file name brings is asked here, and becomes this computer's by "that's me" only.
        let linked = if let Page::Activation(page) = &self.window.page { page.link_server() } else { None };
        let server = linked.map(ToOwned::to_owned).or_else(|| self.state.server.clone()).unwrap_or_default();
        let api = match Api::new(&server) {
            Ok(api) => api,
            Err(error) => return self.answered(Err(error)),
        };
        self.activation.unattended = None;
        Task::perform(ask(api, server, request(code)), |result| Message::Answered(result).into())
    }

    fn answered(&mut self, result: Result<Box<Admitted>, api::Error>) -> Task<agent::Message> {
        let Page::Activation(page) = &mut self.window.page else { return Task::none() };
        match result {
            Ok(admitted) => {
                let is_persons = admitted.activation.user.is_some();
                self.activation.pending = Some(admitted);
                // A project's code says nothing of the person, so there is nothing to confirm.
                if !is_persons {
                    return self.bind();
                }
                page.found();
            }
            Err(error) => {
                tracing::info!(code = error.code().id(), "the code was not accepted");
                page.refused(Notice::from(&error));
                if !error.passes() && self.state.server.is_some() {
                    page.leave_link();
                }
            }
        }
        self.focus_page()
    }

    /// "That's me": the token is kept before it is used for the first time, so that a spent code is never lost.
    fn bind(&self) -> Task<agent::Message> {
        let Some(Admitted { activation, api, .. }) = self.activation.pending.as_deref().cloned() else {
            return Task::none();
        };
        let issued = Issued::by(&api, activation.token);
        let secrets = self.connection.secrets.clone();
        let kept = async move { secrets.keep(Key::DeviceToken, &issued.kept()).await };
        Task::perform(kept, |kept| Message::TokenKept(kept).into())
    }

    fn token_kept(&mut self, kept: Result<secrets::Kept, secrets::Error>) -> Task<agent::Message> {
        match kept {
            Ok(kept) => {
                tracing::info!(?kept, "token kept");
                self.connection.kept = Some(kept);
            }
            Err(error) => tracing::error!(%error, "the token could not be kept; after a restart it takes a new code"),
        }
        let Some(admitted) = self.activation.pending.take() else { return Task::none() };
        let Admitted { activation, server, api } = *admitted;
        let protocol::Activation { device_id, token, project, user, instance } = activation;
        tracing::info!(%device_id, "bound");
        self.state = State {
            stage: Stage::Waiting,
            was_activated: true,
            device_id: Some(device_id),
            server_was_placed: self.state.server_was_placed && self.state.server.as_deref() == Some(server.as_str()),
            server: Some(server),
            instance,
            project: Some(project),
            by_project: user.is_none(),
            user,
            ..State::default()
        };
        self.connection.bind(api, token);
        self.state.report(EventKind::Waiting);
        self.save();
        let program = os::program().unwrap_or_else(|| self.session.host.helper_exe.clone());
        if let Err(error) = autostart::enable(&program) {
            tracing::warn!(%error, "the agent will not start with the session");
        }
        Task::batch([self.turn_to(self.page_for_stage()), self.deliver(), self.send_inventory()])
    }

    /// What the name of the file fills in at the start.
    pub(super) fn fill_in(&mut self, link: Option<ActivationLink>) {
        if !self.state.is_new() {
            self.activation.unattended = None;
        } else if let Some(link) = link
            && !self.knows_another_server(&link)
        {
            self.window.page = self.page_with(&link);
        }
    }

    /// A link was followed. The person still sees the server's name and presses "Continue".
    pub(super) fn follow_link(&mut self, link: &ActivationLink) -> Task<agent::Message> {
        let is_foreign = self.knows_another_server(link);
        if self.state.stage == Stage::Unactivated
            && self.activation.pending.is_none()
            && let Page::Activation(page) = &mut self.window.page
            && page.is_open_for_input()
        {
            if is_foreign {
                tracing::warn!(host = link.host(), "a link to another server was not followed");
                page.refused(Notice::new(ResponseCode::OtherServer));
            } else {
                tracing::info!(host = link.host(), "a link was followed");
                self.window.page = self.page_with(link);
            }
        }
        Task::batch([self.show(), self.focus_page()])
    }

    /// The page with what a link fills in. The server that is known stays until the person has gone on with another.
    fn page_with(&mut self, link: &ActivationLink) -> Page {
        // Whoever goes on by the code in the window needs no other.
        self.activation.unattended = None;
        let mut page = ActivationPage::new();
        page.fill(link);
        Page::Activation(page)
    }

    /// An address that was placed stays, also at the starts after the one that placed it.
    fn knows_another_server(&self, link: &ActivationLink) -> bool {
        let same = || {
            let linked = Api::new(&link.server).ok();
            linked.zip(self.connection.api.as_ref()).is_some_and(|(linked, known)| linked.server() == known.server())
        };
        self.state.server_was_placed && !same()
    }

    pub(super) fn try_unattended(&self) -> Task<agent::Message> {
        let (Some(api), Some(server), Some(unattended)) =
            (&self.connection.api, &self.state.server, &self.activation.unattended)
        else {
            return Task::none();
        };
        let asked = ask(api.clone(), server.clone(), request(unattended.code()));
        Task::perform(asked, |result| Message::AnsweredUnattended(result).into())
    }

    fn answered_unattended(&mut self, result: Result<Box<Admitted>, api::Error>) -> Task<agent::Message> {
        // The person was quicker with a code of their own.
        let Some(unattended) = &mut self.activation.unattended else { return Task::none() };
        match result {
            Ok(admitted) => {
                self.activation = Activation { pending: Some(admitted), unattended: None };
                self.bind()
            }
            Err(error) if error.passes() => {
                let pause = guardian::pause_after(&error, unattended.failed());
                tracing::info!(code = error.code().id(), ?pause, "not activated yet");
                Task::future(async move {
                    tokio::time::sleep(pause).await;
                    Message::UnattendedDue.into()
                })
            }
            Err(error) => {
                tracing::warn!(%error, code = error.code().id(), "the placed activation code was not accepted");
                self.activation.unattended = None;
                if let Page::Activation(page) = &mut self.window.page {
                    page.refused(Notice::from(&error));
                }
                Task::batch([self.show(), self.notify("notification-code-title", "notification-code-body")])
            }
        }
    }
}

impl From<Message> for agent::Message {
    fn from(message: Message) -> Self {
        Self::Activation(message)
    }
}

pub(super) fn open_link(url: String) -> Task<agent::Message> {
    Task::future(async move {
        if let Err(error) = os::open_link(&url) {
            tracing::warn!(%error, "a link could not be opened");
        }
        agent::Message::Nothing
    })
}

/// What the clipboard holds comes back as [`agent::Message::Pasted`].
pub(super) fn read_clipboard() -> Task<agent::Message> {
    iced::clipboard::read_text().map(|text| agent::Message::Pasted(text.ok().map(|text| text.as_ref().clone())))
}

async fn ask(api: Api, server: String, request: ActivationRequest) -> Result<Box<Admitted>, api::Error> {
    let activation = api.activate(&request).await?;
    Ok(Box::new(Admitted { activation, server, api }))
}

fn request(code: Secret) -> ActivationRequest {
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
