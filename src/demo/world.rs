//! One person's whole surroundings, for real: mail servers with an old and a new mailbox, a Mailshift server with a
//! project, a desktop, an old Thunderbird profile, and the agent.

use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use serde_json::json;

use super::mail_server::{self, MailServer};
use super::office::{Office, PROJECT};
use super::person::Person;
use super::screen::{self, Session, wait};
use super::Error;
use crate::agent::words::Words;
use crate::code::Code;

/// Whose mail moves.
pub const NAME: &str = "Anna Example";
pub const OLD: &str = "anna@old.example";
pub const NEW: &str = "anna@new.example";
/// Longest wait for a mail to arrive or a window to open.
pub const LIMIT: Duration = Duration::from_secs(30);

/// What the world is made of.
#[derive(Debug, Clone)]
pub struct Options {
    /// Everything is below this folder.
    pub folder: PathBuf,
    pub agent: PathBuf,
    pub server: PathBuf,
    /// None: the person's own desktop.
    pub screen: Option<screen::Options>,
    /// The new account points at a port where nobody listens.
    pub dead: bool,
    /// People may create a new password, and the directory takes it.
    pub may_create: bool,
    /// Environment of the agent beside the session's, for instance `MAILSHIFT_THEME`.
    pub environment: Vec<(String, String)>,
}

impl Options {
    /// Programs from the folder of the running one.
    pub fn beside(program: &Path, folder: &Path) -> Self {
        let sibling = |name: &str| program.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        Self {
            folder: folder.to_owned(),
            agent: sibling("mailshift"),
            server: sibling("mailshift-server"),
            screen: Some(screen::Options { home: Some(folder.join("home")), panel: true, ..Default::default() }),
            dead: false,
            may_create: false,
            environment: Vec::new(),
        }
    }
}

/// The surroundings. Everything that was started ends with it.
#[derive(Debug)]
pub struct World {
    // Dropped in this order: the agent before its desktop, the desktop before the servers.
    agent: Option<Child>,
    pub screen: Session,
    pub office: Office,
    pub mail: MailServer,
    pub words: Words,
    options: Options,
}

impl World {
    /// Starts the servers and the desktop, makes the project, imports the person and sends the invitation.
    pub fn start(options: Options) -> Result<Self, Error> {
        let mail = MailServer::start(&options.folder.join("mail"))?;
        let mut office = Office::new(&options.server, &options.folder.join("office"))?;
        let screen = match &options.screen {
            Some(screen) => Session::start(screen)?,
            None => Session::of_the_person(&options.folder.join("home"))?,
        };
        mail_server::seed_old_thunderbird(screen.home(), &mail)?;
        let language = screen.environment().iter().find(|(name, _)| name == "LANG").map(|(_, value)| value.clone());
        let words = Words::for_locale(&language.unwrap_or_default());
        let settings = office.file("project.json", &project(&mail, &options, &office)?.to_string())?;
        office.run(&["project", "create", PROJECT, "--file", &settings])?;
        let people = format!(
            "name,old address,new address,login,language\n{NAME},{OLD},{NEW},anna,{}\n",
            words.language()
        );
        let people = office.file("people.csv", &people)?;
        office.run(&["users", "import", PROJECT, &people])?;
        office.open()?;
        office.run(&["invite", PROJECT])?;
        Ok(Self { agent: None, screen, office, mail, words, options })
    }

    /// Starts the agent as the desktop would.
    pub fn start_agent(&mut self) -> Result<(), Error> {
        let url = self.office.url();
        self.start_agent_with(&["--server", &url])
    }

    pub fn start_agent_with(&mut self, arguments: &[&str]) -> Result<(), Error> {
        let mut command = self.screen.command(&self.options.agent)?;
        command.args(arguments).envs(self.options.environment.iter().cloned());
        self.agent = Some(command.spawn()?);
        Ok(())
    }

    /// Ends the agent at once, as a crash or a power cut would.
    pub fn kill_agent(&mut self) {
        if let Some(mut agent) = self.agent.take() {
            let _ = agent.kill();
            let _ = agent.wait();
        }
    }

    /// Waits until the agent has ended by itself and gives back whether it did so in order.
    pub fn agent_ended(&mut self, limit: Duration) -> Result<bool, Error> {
        let Some(mut agent) = self.agent.take() else { return Ok(true) };
        let status = wait("the agent to end", limit, || agent.try_wait().ok().flatten())?;
        Ok(status.success())
    }

    pub fn agent_pid(&self) -> u32 {
        self.agent.as_ref().map_or(0, Child::id)
    }

    pub fn agent_program(&self) -> &Path {
        &self.options.agent
    }

    /// Someone in front of the agent's window.
    pub fn person(&self) -> Result<Person<'_>, Error> {
        Ok(Person::new(&self.screen, self.agent_pid())?)
    }

    /// The words on a control.
    pub fn word(&self, id: &str) -> String {
        self.words.text(id)
    }

    /// The code of the newest invitation in the old mailbox.
    pub fn invited_code(&self) -> Result<Code, Error> {
        Ok(wait("the invitation", LIMIT, || {
            let letters = self.mail.read_inbox(OLD).ok()?;
            letters.iter().rev().find_map(|letter| Code::parse(&String::from_utf8_lossy(letter)).ok())
        })?)
    }

    /// Where the agent keeps its state.
    pub fn state_folder(&self) -> PathBuf {
        self.screen.home().join(".local/state/mailshift")
    }
}

/// The project as an operator would write it.
fn project(mail: &MailServer, options: &Options, office: &Office) -> Result<serde_json::Value, Error> {
    let server = |protocol: &str, port: u16, security: &str| {
        json!({
            "protocol": protocol, "host": "localhost", "port": port, "security": security,
            "authentication": "password", "username": "%EMAILADDRESS%",
        })
    };
    let incoming = if options.dead { mail_server::dead_port()? } else { mail.imap_port() };
    let mut project = json!({
        "account": {
            "incoming": server("imap", incoming, "tls"),
            "outgoing": server("smtp", mail.smtp_port(), "starttls"),
            "certificate_authority": mail.ca_pem(),
        },
        "brand": { "colour": "#1D5FBF" },
        "helpdesk": { "name": "the help desk", "email": "help@example.org", "phone": "+49 30 555 0100" },
        "articles": [
            { "title": "Set up Thunderbird step by step", "url": "https://help.example.org/thunderbird" },
            { "title": "Set up your phone", "url": "https://help.example.org/phone" },
        ],
        "password": { "may_create": options.may_create, "rules": { "min_length": 10, "digit": true } },
        "smtp": {
            "host": "127.0.0.1", "port": mail.sink_port(), "security": "none",
            "from": "Example Ltd help desk <help@example.org>",
        },
    });
    if options.may_create {
        let taker = mail.password_program(&office.folder().join("directory"))?;
        project["directory"] = json!({ "command": [taker.display().to_string(), "%EMAILADDRESS%"] });
    }
    Ok(project)
}
