//! A mail server that hands every mail to the test.
#![allow(dead_code)] // each test program uses a part of it

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use serde_json::{Value, json};

use super::server_support::LIMIT;

pub struct MailServer {
    port: u16,
    mails: Receiver<String>,
}

impl MailServer {
    /// Refuses recipients that start with "refused".
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (send, mails) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if let Some(mail) = conversation(stream)
                    && send.send(mail).is_err()
                {
                    return;
                }
            }
        });
        Self { port, mails }
    }

    /// Settings of a project that uses it.
    pub fn settings(&self) -> Value {
        json!({"host": "127.0.0.1", "port": self.port, "security": "none", "from": "IT <it@old.example>"})
    }

    /// The next mail: its head, and its plain text as it is read.
    pub fn next(&self) -> String {
        let mail = self.mails.recv_timeout(LIMIT).expect("a mail");
        let (head, rest) = mail.split_once("\n\n").expect("a head");
        let part = rest.split("text/plain").nth(1).and_then(|part| part.split_once("\n\n")).expect("plain text");
        let (part_head, body) = part;
        let body = body.split("\n--").next().unwrap_or_default();
        let text = if part_head.contains("quoted-printable") { unquoted(body) } else { body.to_owned() };
        format!("{head}\n\n{text}")
    }

    pub fn is_empty(&self) -> bool {
        self.mails.try_recv().is_err()
    }
}

/// Quoted-printable (RFC 2045 section 6.7) of ASCII.
fn unquoted(text: &str) -> String {
    text.replace("=\n", "").replace("=3D", "=")
}

/// One SMTP conversation (RFC 5321), as far as a client that behaves goes.
fn conversation(mut stream: TcpStream) -> Option<String> {
    stream.set_read_timeout(Some(LIMIT)).ok()?;
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    stream.write_all(b"220 sink.example\r\n").ok()?;
    let mut mail = None;
    while let Some(Ok(line)) = lines.next() {
        let reply = match line.split([' ', ':']).next().unwrap_or_default().to_uppercase().as_str() {
            "EHLO" => "250-sink.example\r\n250 8BITMIME\r\n",
            "RCPT" if line.contains("<refused") => "550 no such mailbox\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").ok()?;
                let data = lines.by_ref().map_while(Result::ok).take_while(|line| line != ".");
                mail = Some(data.collect::<Vec<_>>().join("\n"));
                "250 taken\r\n"
            }
            "QUIT" => break,
            _ => "250 fine\r\n",
        };
        stream.write_all(reply.as_bytes()).ok()?;
    }
    // The client is gone or will not read the farewell: the mail is in any case.
    let _ = stream.write_all(b"221 bye\r\n");
    mail
}
