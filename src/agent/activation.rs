//! From the typed code to the bound computer.
//!
//! The server's answer says for whom the code is; nothing is bound until the person has said "that's me". Only then is
//! the token used for the first time, and with that the code is spent.

use std::time::Duration;

use iced::Task;

use super::api::Api;
use super::belonging::Issued;
use super::desk::Page;
use super::enrolment;
use super::notice::Notice;
use super::state::{Stage, State};
use super::{Agent, Message, api, secrets};
use crate::os;
use crate::protocol::{Activation, ActivationRequest, Device, EventKind};
use crate::secret::Secret;

/// Time between two looks for a keyring that is not there yet.
const TOKEN_PAUSE: Duration = Duration::from_secs(30);
/// How long after the agent's start a keyring may come up.
const TOKEN_LIMIT: Duration = Duration::from_mins(30);
/// Time between two tries to open a keyring that stays locked.
const LOCKED_PAUSE: Duration = Duration::from_mins(10);

/// What a server has answered to a code, and which server it was. Nothing of it is remembered before the person has said
/// "that's me".
#[derive(Debug, Clone)]
pub struct Admitted {
    pub(super) activation: Activation,
    /// The address as it was given.
    pub(super) server: String,
    pub(super) api: Api,
}

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
                self.focus_page()
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
        // What a link or a file name offers is asked here, and becomes this computer's server by "that's me" only.
        let offered = if let Page::Enrolment(page) = &self.page { page.offered_server() } else { None };
        let server = offered.map(ToOwned::to_owned).or_else(|| self.state.server.clone()).unwrap_or_default();
        let api = match Api::new(&server) {
            Ok(api) => api,
            Err(error) => return self.activated(Err(error)),
        };
        self.enlistment = None;
        Task::perform(admitted(api, server, request(code)), Message::Activated)
    }

    pub(super) fn activated(&mut self, result: Result<Admitted, api::Error>) -> Task<Message> {
        let Page::Enrolment(page) = &mut self.page else { return Task::none() };
        match result {
            Ok(admitted) => {
                let is_persons = admitted.activation.user.is_some();
                self.pending = Some(admitted);
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
                    page.leave_offer();
                }
            }
        }
        self.focus_page()
    }

    /// "That's me": the token is kept before it is used for the first time, so that a spent code is never lost.
    pub(super) fn bind(&self) -> Task<Message> {
        let Some(Admitted { activation, api, .. }) = self.pending.clone() else { return Task::none() };
        let issued = Issued::by(&api, activation.token);
        let secrets = self.secrets.clone();
        Task::perform(async move { secrets.keep(secrets::Key::DeviceToken, &issued.kept()).await }, Message::TokenKept)
    }

    pub(super) fn token_kept(&mut self, kept: Result<secrets::Kept, secrets::Error>) -> Task<Message> {
        match kept {
            Ok(kept) => {
                tracing::info!(?kept, "token kept");
                self.kept = Some(kept);
            }
            Err(error) => tracing::error!(%error, "the token could not be kept; after a restart it takes a new code"),
        }
        let Some(Admitted { activation, server, api }) = self.pending.take() else { return Task::none() };
        let Activation { device_id, token, project, user, instance } = activation;
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
        self.api = Some(api);
        self.token = Some(token);
        self.generation += 1;
        self.inventory_due = true;
        self.report(EventKind::Waiting);
        self.save();
        if let Err(error) = os::autostart::enable(&os::program().unwrap_or_else(|| self.host.helper_exe.clone())) {
            tracing::warn!(%error, "the agent will not start with the session");
        }
        let page = self.page_for_stage();
        Task::batch([self.turn_to(page), self.deliver(), self.send_inventory()])
    }

    pub(super) fn token_read(&mut self, read: Result<Option<Secret>, secrets::Error>) -> Task<Message> {
        if self.state.stage == Stage::Unactivated {
            return Task::none();
        }
        match read {
            Ok(Some(kept)) => self.token_found(Issued::read(&kept)),
            Ok(None) => {
                tracing::warn!("the token is gone; a new code is needed");
                self.forget()
            }
            Err(secrets::Error::Absent) if self.booted.elapsed() > TOKEN_LIMIT => {
                tracing::warn!("there is no keyring any more; a new code is needed");
                self.forget()
            }
            Err(error) => {
                tracing::warn!(%error, "the token cannot be read; trying again later and when the window is opened");
                let pause = match error {
                    // Nobody is asked anything.
                    secrets::Error::Absent => TOKEN_PAUSE,
                    // The person may be asked for a passphrase each time.
                    secrets::Error::Locked | secrets::Error::File(_) => LOCKED_PAUSE,
                };
                Task::future(async move {
                    tokio::time::sleep(pause).await;
                    Message::TokenWanted
                })
            }
        }
    }

    /// A token is of use at the server that issued it, and is shown to no other.
    fn token_found(&mut self, issued: Issued) -> Task<Message> {
        let Some(api) = &self.api else { return Task::none() };
        let Issued { server, token } = issued;
        let bound = match server.as_deref() {
            Some(server) if server == api.server() => Task::none(),
            Some(server) => {
                tracing::error!(server, "the token is another server's; a new code is needed");
                return self.forget();
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
        Task::batch([bound, self.deliver(), self.send_inventory()])
    }

    /// The token may be in a keyring that was locked, or not there, the last time.
    pub(super) fn read_token(&self) -> Task<Message> {
        if self.token.is_some() {
            return Task::none();
        }
        let secrets = self.secrets.clone();
        Task::perform(async move { secrets.read(secrets::Key::DeviceToken).await }, Message::TokenRead)
    }

    /// A token that had to go into a file moves into the keyring once there is one.
    pub(super) fn settle_token(&self) -> Task<Message> {
        let secrets = self.secrets.clone();
        Task::future(async move {
            if let Ok(Some(secrets::Kept::InKeyring)) = secrets.settle().await {
                tracing::info!("the token is in the keyring now");
            }
            Message::Nothing
        })
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

/// Asks a server whose code this is.
pub(super) async fn admitted(api: Api, server: String, request: ActivationRequest) -> Result<Admitted, api::Error> {
    let activation = api.activate(&request).await?;
    Ok(Admitted { activation, server, api })
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
