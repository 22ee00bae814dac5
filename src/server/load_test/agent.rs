//! One simulated agent: from its code to the report that the new profile works.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::code::AuthenticationCode;
use crate::protocol::{
    Action, Activation, ActivationRequest, Device, Directive, Event, EventKind, Evidence, InstalledClient, Inventory,
    path,
};
use crate::schedule;
use crate::secret::Secret;
use crate::server::load_test::connection::{Connection, NoAnswer, Question};

/// How often a request is made anew, and the pause in between; a real agent would wait longer and never give up.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(500);

/// Why an agent gave up.
#[derive(Debug, thiserror::Error)]
pub enum GaveUp {
    #[error("{0}")]
    NoAnswer(#[from] NoAnswer),
    #[error("{0}")]
    Refused(StatusCode),
    #[error("unreadable JSON")]
    Garbage(#[from] serde_json::Error),
}

#[derive(Debug)]
pub struct Agent {
    connection: Connection,
    tag: Option<HeaderValue>,
    token: Secret,
    /// Requests that had to be made again.
    pub repeated: u32,
}

/// What is needed to ask as this agent.
#[derive(Debug, Clone)]
pub struct Asking {
    pub token: Secret,
    pub tag: HeaderValue,
}

impl Agent {
    /// Activates a computer, binds it, and reports what it has.
    pub async fn enrol(server: SocketAddr, number: usize, code: &AuthenticationCode) -> Result<Self, GaveUp> {
        let connection = Connection::new(server);
        let mut agent = Self { connection, tag: None, token: Secret::default(), repeated: 0 };
        let device = Device {
            name: format!("simulated-{number}"),
            system: "linux".into(),
            login: format!("user{number}"),
            agent: env!("CARGO_PKG_VERSION").into(),
            language: "en".into(),
            machine: format!("simulated-{number}"),
        };
        let request = ActivationRequest { code: Secret::new(code.reveal()), device };
        let answer = agent.send(Method::POST, path::ACTIVATIONS, &request).await?;
        let activation: Activation = serde_json::from_slice(answer.body())?;
        agent.connection.authorize(activation.token.reveal());
        agent.token = activation.token;
        agent.directive(Duration::ZERO).await?;
        agent.send(Method::PUT, path::INVENTORY, &inventory()).await?;
        agent.report(0, vec![EventKind::Waiting]).await?;
        Ok(agent)
    }

    /// The directive when it has changed; none when it had not after `wait`.
    pub async fn directive(&mut self, wait: Duration) -> Result<Option<Directive>, GaveUp> {
        let path = format!("{}?wait={}", path::DIRECTIVE, wait.as_secs());
        let answer = self.ask(Method::GET, &path, Bytes::new()).await?;
        if answer.status() == StatusCode::NOT_MODIFIED {
            return Ok(None);
        }
        self.tag = answer.headers().get(header::ETAG).cloned();
        Ok(Some(serde_json::from_slice(answer.body())?))
    }

    /// Waits until the server wants a mail program to be set up; the order's number.
    pub async fn ordered(&mut self) -> Result<u64, GaveUp> {
        loop {
            let directive = self.directive(schedule::LONG_POLL).await?;
            if let Some(Directive { action: Action::Configure, order, .. }) = directive {
                return Ok(order);
            }
        }
    }

    pub async fn complete(&mut self, order: u64) -> Result<(), GaveUp> {
        let evidence = Evidence { imap: true, smtp: true, default_profile: true, ..Evidence::default() };
        let completed =
            EventKind::Completed { client: "Thunderbird 140".into(), profile: "Simulated".into(), evidence };
        self.report(order, vec![EventKind::WizardOpened, EventKind::Started, completed]).await
    }

    pub fn asking(&self) -> Option<Asking> {
        Some(Asking { token: self.token.clone(), tag: self.tag.clone()? })
    }

    async fn report(&mut self, order: u64, kinds: Vec<EventKind>) -> Result<(), GaveUp> {
        let event = |kind| Event { id: Uuid::now_v7(), at: Timestamp::now(), order, kind };
        let events: Vec<Event> = kinds.into_iter().map(event).collect();
        self.send(Method::POST, path::EVENTS, &events).await.map(|_| ())
    }

    async fn send(&mut self, method: Method, path: &str, body: &impl Serialize) -> Result<Response<Bytes>, GaveUp> {
        let body = serde_json::to_vec(body)?;
        self.ask(method, path, body.into()).await
    }

    /// Asks until there is an answer other than "come back later", a few times.
    async fn ask(&mut self, method: Method, path: &str, body: Bytes) -> Result<Response<Bytes>, GaveUp> {
        let known = self.tag.clone().filter(|_| method == Method::GET);
        let mut left = TRIES;
        loop {
            left -= 1;
            let question = Question { method: method.clone(), path, known: known.as_ref(), body: body.clone() };
            let gave_up = match self.connection.ask(question).await {
                Ok(answer) if answer.status().is_success() || answer.status() == StatusCode::NOT_MODIFIED => {
                    return Ok(answer);
                }
                Ok(answer) if answer.status().is_client_error() => return Err(GaveUp::Refused(answer.status())),
                Ok(answer) => GaveUp::Refused(answer.status()),
                Err(error) => error.into(),
            };
            if left == 0 {
                return Err(gave_up);
            }
            self.repeated += 1;
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn inventory() -> Inventory {
    let client = InstalledClient {
        kind: "thunderbird".into(),
        version: "140.4".into(),
        profiles: vec!["default".into()],
        default_profile: Some("default".into()),
        ..InstalledClient::default()
    };
    Inventory { clients: vec![client], ..Inventory::default() }
}
