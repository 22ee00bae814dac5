//! The remote control that is built into Thunderbird: numbered JSON messages, each after its length and a colon.
//!
//! Source: Firefox Source Docs, "Marionette: Protocol".

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

/// How long Thunderbird may take for one command.
const LIMIT: Duration = Duration::from_mins(1);
/// Key of an element's number in answers (W3C `WebDriver`, section "Elements").
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub struct Marionette {
    stream: BufReader<TcpStream>,
    commands: u64,
}

impl Marionette {
    /// Connects, and may do everything that Thunderbird's own code may.
    pub fn connect(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("Thunderbird listens");
        stream.set_read_timeout(Some(LIMIT)).expect("a limit");
        let mut connected = Self { stream: BufReader::new(stream), commands: 0 };
        let hello = connected.message();
        assert_eq!(hello["marionetteProtocol"], 3, "{hello}");
        connected.done("WebDriver:NewSession", &json!({}));
        connected.done("Marionette:SetContext", &json!({"value": "chrome"}));
        connected
    }

    /// What a script returns.
    pub fn script(&mut self, script: &str, arguments: &Value) -> Value {
        self.done("WebDriver:ExecuteScript", &json!({"script": script, "args": arguments}))["value"].take()
    }

    /// Clicks on the element that a script returns.
    pub fn click(&mut self, script: &str) {
        let element = self.element(script);
        self.done("WebDriver:ElementClick", &json!({"id": element}));
    }

    /// Types into the element that a script returns.
    pub fn fill(&mut self, script: &str, text: &str) {
        let element = self.element(script);
        self.done("WebDriver:ElementClear", &json!({"id": element}));
        self.done("WebDriver:ElementSendKeys", &json!({"id": element, "text": text}));
    }

    fn element(&mut self, script: &str) -> Value {
        let mut found = self.script(script, &json!([]));
        assert!(found[ELEMENT].is_string(), "{script}: {found}");
        found[ELEMENT].take()
    }

    fn done(&mut self, command: &str, parameters: &Value) -> Value {
        self.commands += 1;
        let message = json!([0, self.commands, command, parameters]).to_string();
        write!(self.stream.get_mut(), "{}:{message}", message.len()).expect("sent");
        let mut answer = self.message();
        assert_eq!(answer[1], self.commands, "{answer}");
        assert!(answer[2].is_null(), "{command}: {}", answer[2]);
        answer[3].take()
    }

    fn message(&mut self) -> Value {
        let mut length = Vec::new();
        self.stream.read_until(b':', &mut length).expect("a message in time");
        let length = String::from_utf8_lossy(&length).trim_end_matches(':').parse().expect("a length");
        let mut message = vec![0; length];
        self.stream.read_exact(&mut message).expect("a whole message");
        serde_json::from_slice(&message).expect("JSON")
    }
}
