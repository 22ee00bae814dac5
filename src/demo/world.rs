//! One person's whole surroundings, for real: mail servers with an old and a new mailbox, a Mailshift server with a
//! project, a desktop, an old Thunderbird profile, and the agent.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;
use std::{fs, io};

use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::runtime::Runtime;

use super::Error;
use super::mail_server::{self, MailServer, NAME, NEW_ADDRESS as NEW, OLD_ADDRESS as OLD};
use super::office::{Office, PROJECT};
use super::person::Person;
use super::screen::{self, Session, wait};
use crate::agent::i18n::Words;
use crate::code::AuthenticationCode;
use crate::mail::Host;

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
    /// Settings of the project beside those that every journey needs.
    pub settings: Vec<(&'static str, serde_json::Value)>,
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
            settings: Vec::new(),
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
    /// Of the new account's incoming server, as the project names it.
    port: u16,
    options: Options,
    /// Delivers the invitations.
    _runtime: Runtime,
}

impl World {
    /// Starts the servers and the desktop, makes the project, imports the person and sends the invitation.
    pub fn start(options: Options) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let mail = runtime.block_on(MailServer::start(&options.folder.join("mail")))?;
        let mut office = Office::new(&options.server, &options.folder.join("office"))?;
        let screen = match &options.screen {
            Some(screen) => Session::start(screen)?,
            None => Session::of_the_person(&options.folder.join("home"))?,
        };
        runtime.block_on(mail_server::seed_old_thunderbird(screen.home(), &mail, &host(&options.agent, &screen)))?;
        let language = screen.environment().iter().find(|(name, _)| name == "LANG").map(|(_, value)| value.clone());
        let words = Words::for_locale(&language.unwrap_or_default());
        let port = if options.dead { dead_port()? } else { mail.imap_port() };
        let settings = office.file("project.json", &project(&mail, port, &options, &office)?.to_string())?;
        office.run(&["project", "create", PROJECT, "--file", &settings])?;
        let people =
            format!("name,old address,new address,login,language\n{NAME},{OLD},{NEW},anna,{}\n", words.language());
        let people = office.file("people.csv", &people)?;
        office.run(&["users", "import", PROJECT, &people])?;
        office.open()?;
        office.run(&["invite", PROJECT])?;
        Ok(Self { agent: None, screen, office, mail, words, port, options, _runtime: runtime })
    }

    /// Starts the agent as the desktop would.
    pub fn start_agent(&mut self) -> Result<(), Error> {
        let url = self.office.url();
        self.start_agent_with(&["--server", &url])
    }

    pub fn start_agent_with(&mut self, arguments: &[&str]) -> Result<(), Error> {
        self.start_agent_as(&self.options.agent.clone(), arguments)
    }

    /// Starts the agent from a file of another name.
    pub fn start_agent_as(&mut self, program: &Path, arguments: &[&str]) -> Result<(), Error> {
        let mut command = self.screen.command(program)?;
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

    /// Port of the new account's incoming server, as the project names it.
    pub fn port(&self) -> u16 {
        self.port
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
    pub fn invited_code(&self) -> Result<AuthenticationCode, Error> {
        Ok(wait("the invitation", LIMIT, || {
            let letters = self.mail.read_inbox(OLD).ok()?;
            letters.iter().rev().find_map(|letter| code_in(letter))
        })?)
    }

    /// After a failure: what was on the screen, as a picture and as a screen reader sees it.
    pub fn leave_traces(&self, folder: &Path) {
        let _ = self.screen.screenshot(None, &folder.join("failure.png"));
        let tree = self.person().and_then(|person| Ok(person.tree()?)).map(|tree| serde_json::to_string_pretty(&tree));
        if let Ok(Ok(tree)) = tree {
            let _ = fs::write(folder.join("failure.json"), tree);
        }
    }

    /// Where the agent keeps its state.
    pub fn state_folder(&self) -> PathBuf {
        self.screen.home().join(".local/state/mailshift")
    }
}

impl Drop for World {
    /// On the person's own desktop nobody else would end it.
    fn drop(&mut self) {
        self.kill_agent();
    }
}

/// The session's programs and environment, as the agent itself would find them.
fn host(agent: &Path, screen: &Session) -> Host {
    let environment = screen.environment();
    let value = |name: &str| environment.iter().find(|(there, _)| there == name).map(|(_, value)| value.clone());
    Host {
        helper_exe: agent.to_owned(),
        path: value("PATH").unwrap_or_default().into(),
        display: value("DISPLAY"),
        environment: environment.iter().map(|(name, value)| (name.into(), value.into())).collect(),
    }
}

/// The code in an invitation; other mail has none.
fn code_in(letter: &str) -> Option<AuthenticationCode> {
    letter.contains("Mailshift").then(|| AuthenticationCode::parse(letter).ok()).flatten()
}

/// A hash over every file of the old profile: names and bytes.
pub fn old_profile_hash(home: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut folders = vec![home.join(".thunderbird").join(mail_server::OLD_PROFILE)];
    while let Some(folder) = folders.pop() {
        let mut entries = fs::read_dir(&folder)?.collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            hash.update(path.to_string_lossy().as_bytes());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if entry.file_type()?.is_file() {
                hash.update(fs::read(&path)?);
            }
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A port of this machine where nobody listens.
fn dead_port() -> io::Result<u16> {
    // Taken from the system and given back; nothing else on this machine asks for it in between.
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The project as an operator would write it.
fn project(mail: &MailServer, port: u16, options: &Options, office: &Office) -> Result<serde_json::Value, Error> {
    let server = |protocol: &str, port: u16, security: &str| {
        json!({
            "protocol": protocol, "host": "localhost", "port": port, "security": security,
            "authentication": "password", "username": "%EMAILADDRESS%",
        })
    };
    let mut project = json!({
        "account": {
            "incoming": server("imap", port, "tls"),
            "outgoing": server("smtp", mail.smtp_port(), "starttls"),
            "certificate_authority": mail.ca_pem(),
        },
        "brand": { "colour": "#1D5FBF" },
        "helpdesk": { "name": "Example Ltd IT", "email": "help@example.org", "phone": "+49 30 555 0100" },
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
        let taker = directory_program(mail, office)?;
        project["directory"] = json!({ "command": [taker.display().to_string(), "%EMAILADDRESS%"] });
    }
    for (name, value) in &options.settings {
        project[name] = value.clone();
    }
    Ok(project)
}

/// A directory connector: a program that takes the new password on standard input and gives it to the mail server.
fn directory_program(mail: &MailServer, office: &Office) -> io::Result<PathBuf> {
    let users = mail.users_file();
    let script = format!(
        "#!/bin/sh\nIFS= read -r password || [ -n \"$password\" ] || exit 1\n\
         {{ grep -v \"^$1:\" '{users}'; printf '%s:{{PLAIN}}%s\\n' \"$1\" \"$password\"; }} > '{users}.new'\n\
         cat '{users}.new' > '{users}' && rm '{users}.new'\n",
        users = users.display()
    );
    let path = PathBuf::from(office.file("directory.sh", &script)?);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
    Ok(path)
}
