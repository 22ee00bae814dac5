//! The protocol as it was released: the agent says what it said then, and understands what it was answered.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use mailshift::agent::api::{Answer as Asked, Api, Error};
use mailshift::problem::Problem;
use mailshift::protocol::{
    Activation, ActivationRequest, Diagnostics, DiagnosticsTaken, Directive, Event, EventKind, EventsTaken, Inventory,
    NewPassword, Question, Registered, RegistrationRequest, SignInRequest, SignedIn, path,
};
use mailshift::secret::Secret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::recording::{self, Answer, Exchange, Request, Variables, lost, with_more};

const TOKEN: &str = "a token";

/// The recorded exchanges with something in the place of each variable.
fn recorded() -> BTreeMap<String, Exchange> {
    let mut variables: Variables = ["code", "wrong", "project", "replaced", "locked", "late", "other", "other-wrong"]
        .map(|name| (name.to_owned(), "7KQ2-M4TX-9PWD".to_owned()))
        .into();
    variables.insert("token".into(), TOKEN.into());
    variables.insert("etag".into(), "\\\"tag\\\"".into());
    variables.insert("epoch".into(), "1".into());
    variables.insert("order".into(), "7".into());
    let filled = |(name, exchange): (String, Exchange)| {
        let answer = Request { body: exchange.answer.body, ..exchange.request.clone() }.filled_in(&variables).body;
        let answer = Answer { body: answer, ..exchange.answer };
        (name, Exchange { request: exchange.request.filled_in(&variables), answer })
    };
    recording::read("1").into_iter().map(filled).collect()
}

/// Which call it is: method and path.
fn call(request: &Request) -> (&str, &str) {
    (request.method.as_str(), request.path.split('?').next().unwrap_or_default())
}

/// What is left of a value after the agent's own type has read it, and has read it again with fields of a newer version.
fn read<T: DeserializeOwned + Serialize>(name: &str, value: &Value) -> Value {
    let read = |value: &Value| serde_json::from_value::<T>(value.clone()).unwrap_or_else(|why| panic!("{name}: {why}"));
    read(&with_more(value));
    serde_json::to_value(read(value)).expect("JSON")
}

#[test]
fn answers_of_version_1_are_read_without_loss() {
    let mut actions = Vec::new();
    for (name, Exchange { request, answer }) in recorded() {
        let body = &answer.body;
        let kept = match (answer.status, call(&request)) {
            (204 | 304, _) => Value::Null,
            (400.., _) => read::<Problem>(&name, body),
            (_, ("POST", path::ACTIVATIONS)) => read::<Activation>(&name, body),
            (_, ("GET", path::DIRECTIVE)) => {
                actions.push(body["action"].as_str().expect("an action").to_owned());
                read::<Directive>(&name, body)
            }
            (_, ("POST", path::EVENTS)) => read::<EventsTaken>(&name, body),
            (_, ("POST", path::REGISTRATIONS)) => read::<Registered>(&name, body),
            (_, ("POST", path::SIGN_INS)) => read::<SignedIn>(&name, body),
            (_, ("POST", path::DIAGNOSTICS)) => read::<DiagnosticsTaken>(&name, body),
            (status, call) => panic!("{name}: {status} {call:?}"),
        };
        assert_eq!(lost(body, &kept), [""; 0], "{name}");
    }
    for action in ["wait", "rehearse", "configure", "undo", "remove", "identify", "stop"] {
        assert!(actions.iter().any(|seen| seen == action), "no recorded directive to {action}");
    }
}

#[test]
fn what_the_agent_says_is_what_it_said_in_version_1() {
    let mut kinds = std::collections::BTreeSet::new();
    for (name, Exchange { request, .. }) in recorded() {
        let body = &request.body;
        let said = match call(&request) {
            _ if name.starts_with("malformed") || body.is_null() => continue,
            ("POST", path::ACTIVATIONS) => read::<ActivationRequest>(&name, body),
            ("PUT", path::INVENTORY) => read::<Inventory>(&name, body),
            ("POST", path::EVENTS) => {
                let events: Vec<Event> = serde_json::from_value(body.clone()).expect("events");
                assert!(events.iter().all(|event| event.kind != EventKind::Unknown), "{name}");
                kinds.extend(body.as_array().into_iter().flatten().map(|event| event["kind"].to_string()));
                read::<Vec<Event>>(&name, body)
            }
            ("POST", path::PASSWORD) => read::<NewPassword>(&name, body),
            ("POST", path::REGISTRATIONS) => read::<RegistrationRequest>(&name, body),
            ("POST", path::SIGN_INS) => read::<SignInRequest>(&name, body),
            ("POST", path::DIAGNOSTICS) => read::<Diagnostics>(&name, body),
            call => panic!("{name}: {call:?}"),
        };
        assert_eq!(lost(body, &said), [""; 0], "{name}");
    }
    assert_eq!(kinds.len(), 11, "every kind of event: {kinds:?}");
}

#[tokio::test]
async fn the_agents_client_speaks_with_a_server_of_version_1() {
    let server = Server::start().await;
    let api = Api::new(&server.url).expect("a client");
    let (mut spoken, mut refused) = (0, 0);
    for (name, exchange) in recorded() {
        // Nothing that the client can say.
        if name.starts_with("malformed") || name.starts_with("unknown") {
            continue;
        }
        *server.next.lock().await = Some((name.clone(), exchange.clone()));
        let said = speak(&api, &exchange.request).await;
        assert!(server.next.lock().await.is_none(), "{name}: was asked");
        spoken += 1;
        match (exchange.answer.status, said) {
            (200..=304, Ok(())) => {}
            (status, Err(Error::Refused { problem, .. })) => {
                assert_eq!(
                    (problem.status, problem.code.id()),
                    (status, exchange.answer.body["code"].as_str().expect("a code")),
                    "{name}"
                );
                assert_eq!(json!(problem.tries_left), exchange.answer.body["tries_left"], "{name}");
                refused += 1;
            }
            (status, said) => panic!("{name}: {status} {said:?}"),
        }
    }
    assert!(spoken > 30 && refused > 10, "{spoken} {refused}");
}

fn of<T: DeserializeOwned>(body: &Value) -> T {
    serde_json::from_value(body.clone()).expect("as it was recorded")
}

/// Makes the client say what was recorded.
async fn speak(api: &Api, request: &Request) -> Result<(), Error> {
    let (token, body) = (Secret::new(TOKEN), &request.body);
    match call(request) {
        ("POST", path::ACTIVATIONS) => api.activate(&of(body)).await.map(drop),
        ("DELETE", path::ACTIVATION_SELF) => api.deactivate(&token).await,
        ("GET", path::DIRECTIVE) => {
            let query = request.path.split_once('?').expect("a question").1;
            let question: BTreeMap<&str, &str> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
            let number = |name| question[name].parse().expect("a number");
            let stage = serde_json::from_value(Value::from(question["stage"])).expect("a stage");
            let standing =
                Question { epoch: number("epoch"), acted_on: number("acted_on"), stage, ..Question::default() };
            let tag = request.headers.get("if-none-match").map(String::as_str);
            match api.directive(&token, tag, Duration::ZERO, &standing).await? {
                Asked::Changed { etag, .. } => assert_eq!((tag, etag.as_deref()), (None, Some("\"tag\""))),
                Asked::Unchanged => assert!(tag.is_some()),
            }
            Ok(())
        }
        ("PUT", path::INVENTORY) => api.inventory(&token, &of(body)).await,
        ("POST", path::EVENTS) => api.events(&token, &of::<Vec<Event>>(body)).await.map(drop),
        ("POST", path::PASSWORD) => api.new_password(&token, &of::<NewPassword>(body).new_password).await,
        ("POST", path::REGISTRATIONS) => api.register(&token, &of(body)).await.map(drop),
        ("POST", path::SIGN_INS) => api.sign_in(&token, &of(body)).await.map(drop),
        ("DELETE", path::SIGN_IN_SELF) => api.sign_out(&token).await,
        ("POST", path::DIAGNOSTICS) => api.diagnostics(&token, &of(body)).await.map(drop),
        call => panic!("{call:?}"),
    }
}

/// Answers each request with what was recorded for it, after making sure that it is the recorded one.
struct Server {
    url: String,
    next: Arc<Mutex<Option<(String, Exchange)>>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let next = Arc::<Mutex<Option<(String, Exchange)>>>::default();
        let due = Arc::clone(&next);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mut stream = BufReader::new(stream);
                let (asked, headers, body) = heard(&mut stream).await;
                let (name, Exchange { request, answer }) = due.lock().await.take().expect("only what is due");
                assert_eq!(asked, format!("{} {}", request.method, request.path), "{name}");
                assert_eq!(lost(&request.body, &body), [""; 0], "{name}");
                for (header, value) in &request.headers {
                    assert_eq!(headers.get(header), Some(value), "{name}: {header}");
                }
                stream.write_all(said(&answer).as_bytes()).await.expect("answered");
            }
        });
        Self { url, next }
    }
}

/// The first line, the headers and the body of a request.
async fn heard(stream: &mut (impl AsyncBufReadExt + Unpin)) -> (String, Variables, Value) {
    let (mut first, mut headers) = (String::new(), Variables::new());
    stream.read_line(&mut first).await.expect("a request");
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.expect("a header");
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().expect("a number"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.expect("a body");
    let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).expect("JSON") };
    (first.trim_end().trim_end_matches(" HTTP/1.1").to_owned(), headers, body)
}

fn said(answer: &Answer) -> String {
    let text = if answer.body.is_null() { String::new() } else { answer.body.to_string() };
    let headers: String = answer
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}\r\n", value.replace("${etag}", "\"tag\"")))
        .collect();
    let length = if text.is_empty() { String::new() } else { format!("content-length: {}\r\n", text.len()) };
    format!("HTTP/1.1 {} -\r\n{headers}{length}connection: close\r\n\r\n{text}", answer.status)
}
