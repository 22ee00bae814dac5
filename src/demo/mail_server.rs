//! A real mail server for the demo and the tests: Dovecot without administrator's rights, on free ports, with an old and a
//! new mailbox, and a place where the Mailshift server's invitations go.

mod certificates;
mod maildir;
mod old_thunderbird;
mod sink;

use std::fs;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::account::{Account, Authentication, Protocol, Security, Server};

pub use maildir::Mailbox;
pub use old_thunderbird::{OLD_PROFILE, seed_old_thunderbird};

/// The person of the demo.
pub const NAME: &str = "Anna Berger";
pub const OLD_ADDRESS: &str = "anna@old.example";
pub const OLD_PASSWORD: &str = "Sommer-am-See-1998";
pub const NEW_ADDRESS: &str = "anna@new.example";
pub const NEW_PASSWORD: &str = "Herbst-im-Wald-2026";
/// Somebody whose password is not ASCII.
pub const OTHER_ADDRESS: &str = "celik@new.example";
pub const OTHER_PASSWORD: &str = "Grüße-€-42";
/// Messages in each inbox at the start.
pub const INBOX_MESSAGES: u32 = 9;

/// How long Dovecot may take to answer; usually it takes 0.1 s.
const START_LIMIT: Duration = Duration::from_secs(15);
/// How long Dovecot may take to end.
const STOP_LIMIT: Duration = Duration::from_secs(5);
/// Ports are chosen before Dovecot takes them: another program may be faster.
const TRIES: u32 = 5;

/// A running mail server. It ends when this is dropped.
#[derive(Debug)]
pub struct MailServer {
    /// Below the system's folder for temporary files, because socket names are short and the mail user must reach it.
    folder: PathBuf,
    dovecot: Child,
    imap_port: u16,
    smtp_port: u16,
    sink: sink::Sink,
    ca_pem: String,
}

impl MailServer {
    /// Starts the server with both mailboxes filled. `dir` receives `ca.pem` and, on the way out, nothing else.
    /// Needs `dovecot` (IMAP and submission) and `openssl`.
    pub async fn start(dir: &Path) -> io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("mailshift-{}", uuid::Uuid::new_v4().simple()));
        for name in ["run", "state", "log", "mail", "ca"] {
            fs::create_dir_all(folder.join(name))?;
        }
        certificates::make(&folder.join("ca"))?;
        let ca_pem = fs::read_to_string(folder.join("ca/ca.pem"))?;
        fs::create_dir_all(dir)?;
        fs::write(dir.join("ca.pem"), &ca_pem)?;
        let users = [(OLD_ADDRESS, OLD_PASSWORD), (NEW_ADDRESS, NEW_PASSWORD), (OTHER_ADDRESS, OTHER_PASSWORD)];
        let users: String =
            users.iter().map(|(address, password)| [address, ":{PLAIN}", password, "\n"].concat()).collect();
        fs::write(folder.join("passwd"), users)?;
        for address in [OLD_ADDRESS, NEW_ADDRESS] {
            Mailbox::of(&folder, address).fill(address)?;
        }
        let sink = sink::Sink::start(folder.clone()).await?;
        let mut tries = 1;
        let (dovecot, [imap_port, smtp_port]) = loop {
            match started(&folder, sink.port).await {
                Err(error) if tries == TRIES => return Err(error),
                Err(_) => tries += 1,
                Ok(started) => break started,
            }
        };
        Ok(Self { folder, dovecot, imap_port, smtp_port, sink, ca_pem })
    }

    /// IMAP, encrypted from the first byte.
    pub fn imap_port(&self) -> u16 {
        self.imap_port
    }

    /// Submission with STARTTLS.
    pub fn smtp_port(&self) -> u16 {
        self.smtp_port
    }

    /// SMTP without encryption or sign-in: what comes here is delivered into the addressed mailbox, else into the old one.
    pub fn sink_port(&self) -> u16 {
        self.sink.port
    }

    /// The authority that the servers' certificate (for `localhost`) comes from.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Puts a message into the inbox of an address.
    pub fn deliver(&self, user: &str, message: &str) -> io::Result<()> {
        Mailbox::of(&self.folder, user).deliver(message)
    }

    /// Every message in the inbox of an address, in the order of arrival.
    pub fn read_inbox(&self, user: &str) -> io::Result<Vec<String>> {
        Mailbox::of(&self.folder, user).messages()
    }

    /// Who may sign in with which password, one line each; read anew at every sign-in.
    pub fn users_file(&self) -> PathBuf {
        self.folder.join("passwd")
    }

    /// Dovecot's log: every sign-in is a line.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log/dovecot.log")).unwrap_or_default()
    }

    /// The new account on this server, placeholders left in.
    pub fn account(&self) -> Account {
        let server = |protocol, port, security| Server {
            protocol,
            host: "localhost".into(),
            port,
            security,
            authentication: Authentication::Password,
            username: "%EMAILADDRESS%".into(),
        };
        Account {
            incoming: server(Protocol::Imap, self.imap_port, Security::Tls),
            outgoing: server(Protocol::Smtp, self.smtp_port, Security::StartTls),
            certificate_authority: Some(self.ca_pem.clone()),
            exchange: None,
        }
    }

    /// Ends the server and removes its mail.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(pid) = i32::try_from(self.dovecot.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let began = std::time::Instant::now();
        while matches!(self.dovecot.try_wait(), Ok(None)) {
            if began.elapsed() > STOP_LIMIT {
                let _ = self.dovecot.kill();
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.end();
    }
}

/// Whom Dovecot runs as: it refuses to be the administrator, who is "nobody" then.
fn mail_user() -> Option<(u32, u32)> {
    const NOBODY: u32 = 65534;
    rustix::process::geteuid().is_root().then_some((NOBODY, NOBODY))
}

/// Gives a file or folder with all that is in it to the mail user.
fn give_to_mail_user(path: &Path) -> io::Result<()> {
    let Some((user, group)) = mail_user() else { return Ok(()) };
    std::os::unix::fs::lchown(path, Some(user), Some(group))?;
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            give_to_mail_user(&entry?.path())?;
        }
    }
    Ok(())
}

async fn started(folder: &Path, sink_port: u16) -> io::Result<(Child, [u16; 2])> {
    let free = || TcpListener::bind("127.0.0.1:0");
    let (imap, smtp) = (free()?, free()?);
    let ports = [imap.local_addr()?.port(), smtp.local_addr()?.port()];
    let name = |flag: &str| -> io::Result<String> {
        let output = Command::new("id").arg(flag).output()?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let (user, group) =
        if mail_user().is_some() { ("nobody".into(), "nogroup".into()) } else { (name("-un")?, name("-gn")?) };
    let configuration = include_str!("mail_server/dovecot.conf")
        .replace("@FOLDER@", &folder.display().to_string())
        .replace("@USER@", &user)
        .replace("@GROUP@", &group)
        .replace("@IMAPS@", &ports[0].to_string())
        .replace("@SUBMISSION@", &ports[1].to_string())
        .replace("@RELAY@", &sink_port.to_string());
    let path = folder.join("dovecot.conf");
    fs::write(&path, configuration)?;
    give_to_mail_user(folder)?;
    drop((imap, smtp));
    let program = ["/usr/sbin/dovecot", "/usr/local/sbin/dovecot"].into_iter().find(|path| Path::new(path).exists());
    let mut command = Command::new(program.unwrap_or("dovecot"));
    command.arg("-F").arg("-c").arg(&path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Some((user, group)) = mail_user() {
        std::os::unix::process::CommandExt::uid(&mut command, user);
        std::os::unix::process::CommandExt::gid(&mut command, group);
    }
    let mut child = command.spawn()?;
    let began = Instant::now();
    loop {
        let answers = async |port| tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok();
        if answers(ports[0]).await && answers(ports[1]).await {
            return Ok((child, ports));
        }
        if let Some(status) = child.try_wait()? {
            let log = fs::read_to_string(folder.join("log/dovecot.log")).unwrap_or_default();
            return Err(io::Error::other(format!("dovecot ended: {status}\n{log}")));
        }
        if began.elapsed() > START_LIMIT {
            child.kill()?;
            return Err(io::Error::other("dovecot does not answer"));
        }
        sleep(Duration::from_millis(20)).await;
    }
}
