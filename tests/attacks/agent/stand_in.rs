//! Something that answers as a Mailshift server does, hears what is said to it, and says what the story wants.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

/// One request.
#[derive(Debug, Clone)]
pub struct Heard {
    /// `GET /v1/directive?wait=50`
    pub line: String,
    pub authorization: String,
    pub body: Value,
}

type Answers = Box<dyn FnMut(&Heard) -> (u16, Value) + Send>;

/// Listens until the test ends.
pub struct StandIn {
    pub url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    answers: Arc<Mutex<Answers>>,
}

impl StandIn {
    pub fn start(answers: impl FnMut(&Heard) -> (u16, Value) + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let heard = Arc::<Mutex<Vec<Heard>>>::default();
        let answers: Arc<Mutex<Answers>> = Arc::new(Mutex::new(Box::new(answers)));
        let (all, say) = (Arc::clone(&heard), Arc::clone(&answers));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (all, say) = (Arc::clone(&all), Arc::clone(&say));
                std::thread::spawn(move || serve(&stream, &all, &say));
            }
        });
        Self { url, heard, answers }
    }

    /// From now on it answers differently.
    pub fn answer(&self, answers: impl FnMut(&Heard) -> (u16, Value) + Send + 'static) {
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(answers);
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether somebody has asked for what begins so.
    pub fn was_asked(&self, line: &str) -> Option<Heard> {
        self.heard().into_iter().find(|heard| heard.line.starts_with(line))
    }

    /// All events that were reported, in order.
    pub fn events(&self) -> Vec<Value> {
        let posts = self.heard().into_iter().filter(|heard| heard.line == "POST /v1/events");
        posts.flat_map(|heard| heard.body.as_array().cloned().unwrap_or_default()).collect()
    }
}

fn serve(stream: &TcpStream, heard: &Mutex<Vec<Heard>>, answers: &Mutex<Answers>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let (mut length, mut authorization) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "authorization" => value.clone_into(&mut authorization),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let line = line.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    let request = Heard { line, authorization, body: serde_json::from_slice(&body).unwrap_or_default() };
    heard.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
    let (status, answer) = (answers.lock().unwrap_or_else(PoisonError::into_inner))(&request);
    let text = if status == 204 || status == 304 { String::new() } else { answer.to_string() };
    let head = format!("HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nConnection: close\r\n");
    let mut stream = stream;
    write!(stream, "{head}Content-Length: {}\r\n\r\n{text}", text.len()).ok()
}

/// Takes everything, and says this directive.
pub fn says(directive: Value) -> impl FnMut(&Heard) -> (u16, Value) + Send + 'static {
    move |heard| match heard.line.split('?').next().unwrap_or_default() {
        "GET /v1/directive" => (200, directive.clone()),
        other => taken(other),
    }
}

pub fn taken(line: &str) -> (u16, Value) {
    match line {
        "POST /v1/events" => (202, json!({ "recorded": 1, "known": 0 })),
        "POST /v1/activations" => (
            201,
            json!({
                "device_id": "00000000-0000-0000-0000-00000000000b", "token": "a-token-of-the-stand-in",
                "project": { "name": "Stand-in", "brand": {}, "helpdesk": {} },
                "user": { "name": "Anna", "address": "a***@new.example" },
            }),
        ),
        _ => (204, Value::Null),
    }
}

/// A directive for Anna, whose mail servers are on this host. Asked every second.
pub fn directive(action: &str, order: u64, host: &str) -> Value {
    let server = |protocol: &str, port: u16| {
        json!({
            "protocol": protocol, "host": host, "port": port, "security": "tls",
            "authentication": "password", "username": "anna@new.example",
        })
    };
    json!({
        "action": action, "order": order, "poll_seconds": 1,
        "user": { "name": "Anna", "old_address": "anna@old.example", "new_address": "anna@new.example" },
        "project": { "name": "Example", "account": { "incoming": server("imap", 993), "outgoing": server("smtp", 465) } },
    })
}
