//! A small mail server that takes mail and hands it to the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use base64::Engine;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::LIMIT;

pub struct Sink {
    pub port: u16,
    mails: Receiver<String>,
}

/// What the server answers to a line, or to a whole mail, instead of "fine".
type Answer = Box<dyn FnMut(&str) -> Option<String> + Send>;

impl Sink {
    /// Takes everything.
    pub fn new() -> Self {
        Self::answering(|_| None)
    }

    pub fn answering(answer: impl FnMut(&str) -> Option<String> + Send + 'static) -> Self {
        Self::start(None, Box::new(answer))
    }

    /// Encrypted from the first byte, with a certificate of the authority `ca.pem` in the folder.
    pub fn encrypted(folder: &Path) -> Self {
        certify(folder);
        let pem = |name: &str| folder.join(name);
        let chain = vec![CertificateDer::from_pem_file(pem("server.pem")).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_file(pem("server.key")).expect("a key");
        let config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key);
        Self::start(Some(Arc::new(config.expect("a pair"))), Box::new(|_| None))
    }

    fn start(tls: Option<Arc<rustls::ServerConfig>>, mut answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (send, mails) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                stream.set_read_timeout(Some(LIMIT)).expect("a limit");
                // A client that breaks off is one of the things that are tested.
                let _ = match &tls {
                    Some(config) => {
                        let session = rustls::ServerConnection::new(Arc::clone(config)).expect("a session");
                        conversation(rustls::StreamOwned::new(session, stream), &mut answer, &send)
                    }
                    None => conversation(stream, &mut answer, &send),
                };
            }
        });
        Self { port, mails }
    }

    /// The next mail.
    pub fn mail(&self) -> Mail {
        Mail(self.mails.recv_timeout(LIMIT).expect("a mail"))
    }

    pub fn is_empty(&self) -> bool {
        self.mails.try_recv().is_err()
    }
}

/// One SMTP conversation (RFC 5321), as far as a client that behaves goes.
fn conversation(stream: impl Read + Write, answer: &mut Answer, mails: &Sender<String>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.get_mut().write_all(b"220 sink.example\r\n")?;
    let mut line = String::new();
    while stream.read_line(&mut line)? > 0 {
        let command = line.trim_end().to_owned();
        line.clear();
        let usual = match command.split([' ', ':']).next().unwrap_or_default().to_uppercase().as_str() {
            "EHLO" => "250-sink.example\r\n250 8BITMIME",
            "DATA" => {
                stream.get_mut().write_all(b"354 go on\r\n")?;
                let mut mail = String::new();
                while stream.read_line(&mut line)? > 0 && line.trim_end() != "." {
                    mail.push_str(&line);
                    line.clear();
                }
                line.clear();
                let mail = mail.replace("\r\n", "\n");
                let refused = answer(&mail);
                if refused.is_none() {
                    // A test that has what it wants does not listen any more.
                    let _ = mails.send(mail);
                }
                stream.get_mut().write_all(format!("{}\r\n", refused.as_deref().unwrap_or("250 taken")).as_bytes())?;
                continue;
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        let said = answer(&command).unwrap_or_else(|| usual.to_owned());
        stream.get_mut().write_all(format!("{said}\r\n").as_bytes())?;
    }
    Ok(())
}

/// A mail as it came, with plain line ends.
pub struct Mail(pub String);

impl Mail {
    /// A field of the head.
    pub fn field(&self, name: &str) -> String {
        let head = self.0.split("\n\n").next().unwrap_or_default().replace("\n ", " ");
        let line = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(ToOwned::to_owned));
        line.unwrap_or_else(|| panic!("no {name} in {head}"))
    }

    /// The plain text, decoded.
    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    pub fn html(&self) -> String {
        self.part("text/html")
    }

    fn part(&self, kind: &str) -> String {
        let boundary = self.0.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a boundary");
        let mut parts = self.0.split(&format!("--{boundary}")).map(str::to_owned).collect::<Vec<_>>().into_iter();
        decoded(&parts.find(|part| part.contains(&format!("Content-Type: {kind}"))).expect("the part"))
    }
}

fn decoded(part: &str) -> String {
    let (head, body) = part.trim_start().split_once("\n\n").expect("a head");
    let encoding = head.to_lowercase();
    if encoding.contains("base64") {
        let joined: String = body.split_whitespace().collect();
        let bytes = base64::engine::general_purpose::STANDARD.decode(joined).expect("base64");
        return String::from_utf8(bytes).expect("UTF-8");
    }
    if !encoding.contains("quoted-printable") {
        return body.to_owned();
    }
    let (body, mut bytes) = (body.replace("=\n", ""), Vec::new());
    let mut rest = body.as_bytes();
    while let [first, more @ ..] = rest {
        if *first == b'=' && more.len() >= 2 {
            let hex = std::str::from_utf8(&more[..2]).expect("ASCII");
            bytes.push(u8::from_str_radix(hex, 16).expect("hexadecimal"));
            rest = &more[2..];
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// Makes `ca.pem`, and `server.pem` with `server.key` for this computer's own address.
fn certify(folder: &Path) {
    std::fs::write(folder.join("extensions"), "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
        .expect("a file");
    for arguments in [
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=authority \
         -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign",
        "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=sink",
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions -out server.pem",
    ] {
        let made = Command::new("openssl").args(arguments.split_whitespace()).current_dir(folder).output();
        let made = made.expect("openssl is installed");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }
}
