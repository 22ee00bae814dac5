//! Which server the agent belongs to: the one that issued its token. No setting, link or file changes that silently, and
//! what another server says of this computer proves nothing.

use iced::Task;
use jiff::Timestamp;

use super::api::{self, Api};
use super::desk::Page;
use super::enrolment::Enrolment;
use super::facts::Facts;
use super::question::{self, Subject};
use super::state::{Stage, State, Unknown};
use super::{Agent, Message, host, secrets};
use crate::problem::ResponseCode;
use crate::schedule;
use crate::secret::Secret;

/// A token and the server that issued it, kept as one text: the address, a line's end, the token. It is shown to no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Issued {
    /// None: kept by an older agent, which wrote the token alone.
    pub(super) server: Option<String>,
    pub(super) token: Secret,
}

impl Issued {
    pub(super) fn by(api: &Api, token: Secret) -> Self {
        Self { server: Some(api.server().to_owned()), token }
    }

    pub(super) fn read(kept: &Secret) -> Self {
        match kept.reveal().split_once('\n') {
            Some((server, token)) => Self { server: Some(server.to_owned()), token: Secret::new(token) },
            None => Self { server: None, token: kept.clone() },
        }
    }

    pub(super) fn kept(&self) -> Secret {
        match &self.server {
            Some(server) => Secret::new(format!("{server}\n{}", self.token.reveal())),
            None => self.token.clone(),
        }
    }
}

/// The address as it is compared: scheme, host, port and path. None for one that cannot be used.
fn address(server: &str) -> Option<String> {
    Some(Api::new(server).ok()?.server().to_owned())
}

/// Takes over the server that the command line or an administrator names. An agent that belongs to another keeps that
/// one; what it was told to use is given back, once.
pub(super) fn settle(state: &mut State, configured: Option<String>) -> Option<String> {
    let configured = configured?;
    let known = state.server.as_deref();
    let is_same = known == Some(configured.as_str()) || known.and_then(address) == address(&configured);
    if state.stage == Stage::Unactivated || known.is_none() || is_same {
        if !is_same {
            state.server = Some(configured);
        }
        state.server_was_placed = true;
        return None;
    }
    tracing::warn!(
        code = ResponseCode::OtherServer.id(),
        server = known,
        other = configured,
        "another server was configured; this computer stays with its own"
    );
    (state.declined_server.as_deref() != Some(configured.as_str())).then_some(configured)
}

impl Agent {
    pub(super) fn answered_other_server(&mut self, action: &question::Action) -> Task<Message> {
        let Some(other) = self.other_server.take() else { return Task::none() };
        if *action == question::Action::GoOn {
            return self.start_over(other);
        }
        self.state.declined_server = Some(other);
        self.save();
        let page = self.page_for_stage();
        self.turn_to(page)
    }

    /// The person wants the other server. What was remembered is kept beside the new state.
    fn start_over(&mut self, server: String) -> Task<Message> {
        tracing::warn!(server, "the person starts over with another server");
        let api = Api::new(&server).ok();
        let forgotten = self.forget();
        self.state = State { server: Some(server), server_was_placed: true, was_activated: true, ..State::default() };
        self.api = api;
        self.save();
        let page = Page::Enrolment(Enrolment::new());
        Task::batch([forgotten, self.turn_to(page)])
    }

    /// A server does not know this computer. Only the one that issued the token can mean it, and that one is asked for days.
    pub(super) fn doubted(&mut self, error: &api::Error) -> Task<Message> {
        let host = self.api.as_ref().map(Api::host).unwrap_or_default();
        if self.state.instance.is_some() && error.instance() != self.state.instance {
            let said = error.instance();
            tracing::warn!(
                code = ResponseCode::OtherDatabase.id(),
                ?said,
                "another database does not know this computer"
            );
            self.trouble = Some(api::Error::OtherDatabase { host });
            return self.follow();
        }
        let now = Timestamp::now();
        let first = Unknown { since: now, times: 0 };
        let unknown = self.state.unknown.get_or_insert(first);
        // A clock that was ahead when it began would put the end off.
        unknown.since = unknown.since.min(now);
        unknown.times += 1;
        let Unknown { since, times } = *unknown;
        tracing::warn!(code = ResponseCode::ServerForgotAgent.id(), %since, times, "the server does not know this computer");
        if schedule::is_forgotten(since, times, now) {
            tracing::warn!("the server has not known this computer for days: it is forgotten");
            return self.forgotten_by_the_server();
        }
        self.save();
        self.trouble = Some(api::Error::NotKnown { host });
        self.follow()
    }

    /// The server answers this computer as its own.
    pub(super) fn known_again(&mut self) {
        self.trouble = None;
        if self.state.unknown.take().is_some() {
            tracing::info!("the server knows this computer again");
            self.save();
        }
    }

    fn forgotten_by_the_server(&mut self) -> Task<Message> {
        let forgotten = self.forget();
        if let Page::Enrolment(page) = &mut self.page {
            page.refused(super::notice::Notice::new(ResponseCode::UnknownAgent));
        }
        Task::batch([forgotten, self.show()])
    }

    /// Back to the code. What was remembered is moved aside, not destroyed; the secrets go.
    pub(super) fn forget(&mut self) -> Task<Message> {
        if let Err(error) = self.store.set_aside("before") {
            tracing::warn!(%error, "what was remembered could not be moved aside");
        }
        self.token = None;
        self.pending = None;
        self.trouble = None;
        self.asked_who = false;
        self.state = State {
            server: self.state.server.take(),
            server_was_placed: self.state.server_was_placed,
            was_activated: self.state.was_activated,
            ..State::default()
        };
        self.save();
        let secrets = self.secrets.clone();
        let forgotten = Task::future(async move {
            for key in [secrets::Key::DeviceToken, secrets::Key::MailPassword] {
                if let Err(error) = secrets.forget(key).await {
                    tracing::warn!(%error, "a secret could not be removed");
                }
            }
            Message::Nothing
        });
        let page = Page::Enrolment(Enrolment::new());
        Task::batch([forgotten, self.turn_to(page)])
    }
}

/// Asked before anything else: which of the two servers is it to be?
pub(super) fn other_server(facts: &Facts<'_>) -> Option<Subject> {
    let other = facts.other_server?;
    let name = |server: &str| host::of(server).unwrap_or_else(|| server.to_owned());
    let known = facts.state.server.as_deref().map(name).unwrap_or_default();
    Some(Subject::OtherServer { known, other: name(other) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(stage: Stage) -> State {
        State { stage, server: Some("https://a.example".into()), ..State::default() }
    }

    #[test]
    fn an_activated_agent_keeps_its_server_whatever_is_configured() {
        let mut state = state(Stage::Waiting);
        assert_eq!(settle(&mut state, Some("https://b.example".into())).as_deref(), Some("https://b.example"));
        assert_eq!(state.server.as_deref(), Some("https://a.example"));
        for same in ["https://a.example/", "https://A.example:443"] {
            assert_eq!(settle(&mut state, Some(same.into())), None, "{same}");
        }
        state.declined_server = Some("https://b.example".into());
        assert_eq!(settle(&mut state, Some("https://b.example".into())), None, "asked once");
        assert!(settle(&mut state, Some("https://a.example/other".into())).is_some(), "another path is another server");
        assert_eq!(state.server.as_deref(), Some("https://a.example"));
    }

    #[test]
    fn before_a_code_was_entered_the_configured_server_is_taken_and_remembered_as_placed() {
        let mut state = state(Stage::Unactivated);
        assert_eq!(settle(&mut state, Some("https://b.example".into())), None);
        assert_eq!((state.server.as_deref(), state.server_was_placed), (Some("https://b.example"), true));
        assert_eq!(settle(&mut state, None), None);
        assert!(state.server_was_placed, "also at the next start, which names none");
    }

    #[test]
    fn a_token_is_kept_with_its_server_and_an_old_one_without() {
        let api = Api::new("https://a.example/move").expect("usable");
        let issued = Issued::by(&api, Secret::new("token"));
        assert_eq!(Issued::read(&issued.kept()), issued);
        assert_eq!(issued.server.as_deref(), Some("https://a.example/move/"));
        let old = Issued::read(&Secret::new("token"));
        assert_eq!((old.server, old.token.reveal()), (None, "token"));
    }
}
