//! A small mail server that takes mail and hands it to the test.

use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use base64::Engine;
use mailshift::code::AuthenticationCode;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};

use super::LIMIT;

pub struct Sink {
    pub port: u16,
    mails: Receiver<String>,
}

/// Where people reach the server, as far as the letters say.
pub const PUBLIC: &str = "https://m.example";

/// What the server answers to a line, or to a whole mail, instead of "fine".
type Answer = Box<dyn FnMut(&str) -> Option<String> + Send>;

impl Sink {
    /// Takes everything.
    pub fn new() -> Self {
        Self::answering(|_| None)
    }

    pub fn answering(answer: impl FnMut(&str) -> Option<String> + Send + 'static) -> Self {
        Self::start(Encryption::No, Box::new(answer))
    }

    /// Encrypted from the first byte, with a certificate of the authority `ca.pem` in the folder.
    pub fn encrypted(folder: &Path) -> Self {
        Self::start(Encryption::AtOnce(certified(folder)), Box::new(|_| None))
    }

    /// Starts in the clear and offers encryption with such a certificate.
    pub fn upgrading(folder: &Path) -> Self {
        Self::start(Encryption::Offered(certified(folder)), Box::new(|_| None))
    }

    fn start(encryption: Encryption, mut answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (send, mails) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                stream.set_read_timeout(Some(LIMIT)).expect("a limit");
                // A client that breaks off is one of the things that are tested.
                let _ = serve(stream, &encryption, &mut answer, &send);
            }
        });
        Self { port, mails }
    }

    /// Settings of a project that sends its mail here, with a personal page, and more.
    pub fn settings(&self, more: Value) -> Value {
        let mut settings = json!({
            "smtp": {"host": "127.0.0.1", "port": self.port, "security": "none", "from": "IT desk <it@old.example>"},
            "public_url": PUBLIC,
            "downloads": {"windows": {"url": "https://get.example/mailshift.msi", "sha256": "ab".repeat(32)},
                          "linux": {"url": "https://get.example/mailshift.deb"}},
            "time_zone": "Europe/Berlin",
        });
        super::merge(&mut settings, more);
        settings
    }

    /// The next mail.
    pub fn mail(&self) -> Mail {
        Mail(self.mails.recv_timeout(LIMIT).expect("a mail"))
    }

    pub fn is_empty(&self) -> bool {
        self.mails.try_recv().is_err()
    }
}

const GREETING: &[u8] = b"220 sink.example\r\n";

enum Encryption {
    No,
    AtOnce(Arc<rustls::ServerConfig>),
    Offered(Arc<rustls::ServerConfig>),
}

fn serve(mut stream: TcpStream, encryption: &Encryption, answer: &mut Answer, mails: &Sender<String>) -> Result<()> {
    let encrypted = |config: &Arc<rustls::ServerConfig>, stream| {
        rustls::StreamOwned::new(rustls::ServerConnection::new(Arc::clone(config)).expect("a session"), stream)
    };
    match encryption {
        Encryption::No => {
            stream.write_all(GREETING)?;
            conversation(stream, false, answer, mails).map(|_| ())
        }
        Encryption::AtOnce(config) => {
            let mut stream = encrypted(config, stream);
            stream.write_all(GREETING)?;
            conversation(stream, false, answer, mails).map(|_| ())
        }
        Encryption::Offered(config) => {
            stream.write_all(GREETING)?;
            let upgrade = conversation(stream.try_clone()?, true, answer, mails)?;
            if upgrade { conversation(encrypted(config, stream), false, answer, mails).map(|_| ()) } else { Ok(()) }
        }
    }
}

/// One SMTP conversation (RFC 5321), as far as a client that behaves goes. True when it goes on encrypted (RFC 3207).
fn conversation(
    stream: impl Read + Write,
    offers_encryption: bool,
    answer: &mut Answer,
    mails: &Sender<String>,
) -> Result<bool> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while stream.read_line(&mut line)? > 0 {
        let command = line.trim_end().to_owned();
        line.clear();
        let usual = match command.split([' ', ':']).next().unwrap_or_default().to_uppercase().as_str() {
            "EHLO" if offers_encryption => "250-sink.example\r\n250 STARTTLS",
            "EHLO" => "250-sink.example\r\n250 8BITMIME",
            "STARTTLS" => {
                stream.get_mut().write_all(b"220 go on\r\n")?;
                return Ok(true);
            }
            "DATA" => {
                stream.get_mut().write_all(b"354 go on\r\n")?;
                let mut mail = String::new();
                while stream.read_line(&mut line)? > 0 && line.trim_end() != "." {
                    // A dot at the start of a line was doubled (RFC 5321 section 4.5.2).
                    mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                    line.clear();
                }
                line.clear();
                let mail = mail.replace("\r\n", "\n");
                let refused = answer(&mail);
                if refused.is_none() {
                    // A test that has what it wants does not listen any more.
                    let _ = mails.send(mail);
                }
                let said = refused.as_deref().unwrap_or("250 taken");
                stream.get_mut().write_all(format!("{said}\r\n").as_bytes())?;
                continue;
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        let said = answer(&command).unwrap_or_else(|| usual.to_owned());
        stream.get_mut().write_all(format!("{said}\r\n").as_bytes())?;
    }
    Ok(false)
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

    pub fn code(&self) -> AuthenticationCode {
        AuthenticationCode::parse(&self.text()).expect("a code")
    }

    /// The path of the personal page that the letter links to.
    pub fn page(&self) -> String {
        let text = self.text();
        let rest = text.split(PUBLIC).find(|rest| rest.starts_with("/p/")).expect("a link");
        rest.split_whitespace().next().expect("a path").to_owned()
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
fn certified(folder: &Path) -> Arc<rustls::ServerConfig> {
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
    let chain = vec![CertificateDer::from_pem_file(folder.join("server.pem")).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).expect("a key");
    let config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key);
    Arc::new(config.expect("a pair"))
}
