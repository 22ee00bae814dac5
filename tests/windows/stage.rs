//! Sets the stage for one story on Windows, and keeps a picture when it ends badly.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use mailshift::agent::i18n::Words;
use mailshift::demo::Error;
use mailshift::demo::mail_server::{MailServer, NAME, NEW_ADDRESS, OLD_ADDRESS};
use mailshift::demo::office::{Office, PROJECT};
use mailshift::demo::screen::{Options, Session, wait};
use serde_json::json;
use tokio::runtime::Runtime;

use super::wine::Wine;

/// Longest wait for something that should be there soon. Wine needs its time for the first program.
pub const SOON: Duration = Duration::from_mins(1);
/// Between a window's coming to the front and the first key: Wine loses what comes earlier.
const FOCUS_PAUSE: Duration = Duration::from_secs(1);
/// Between two keys: Wine loses some of those that come faster.
const KEY_PAUSE: Duration = Duration::from_millis(120);

pub type Told = Result<(), Error>;

/// What is different from story to story.
#[derive(Debug, Clone, Copy, Default)]
pub struct Setting {
    /// Outlook is installed, and the person has the profiles in this registry file.
    pub outlook: Option<&'static str>,
    /// The new mailbox is on an Exchange server, too.
    pub exchange: bool,
}

/// Everything around the program. Whatever was started ends with it.
#[derive(Debug)]
pub struct Stage {
    // Dropped in this order: the agent before its Windows, that before the screen, the screen before the servers.
    agent: Option<Child>,
    pub wine: Wine,
    pub screen: Session,
    pub office: Office,
    pub mail: MailServer,
    pub words: Words,
    /// What `.config/wine` makes.
    pub made: &'static Path,
    folder: PathBuf,
    _runtime: Runtime,
}

/// Plays a story on a Windows of its own.
pub fn play(setting: Setting, story: impl FnOnce(&mut Stage) -> Told) {
    let folder = folder();
    let _ = fs::remove_dir_all(&folder);
    let mut stage = Traced(Stage::set(setting, &folder).expect("a stage"));
    if let Err(error) = story(&mut stage.0) {
        panic!("{error}");
    }
    drop(stage);
    fs::remove_dir_all(&folder).expect("removed");
}

/// A stage that leaves a picture of how it ended when a story fails.
struct Traced(Stage);

impl Drop for Traced {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.leave_traces();
        }
    }
}

impl Stage {
    fn set(setting: Setting, folder: &Path) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let mail = runtime.block_on(MailServer::start(&folder.join("mail")))?;
        let office = open_office(&mail, setting, &folder.join("office"))?;
        let screen = Session::start(&Options { home: Some(folder.join("home")), panel: true, ..Options::default() })?;
        let wine = Wine::install(&MADE, &folder.join("prefix"), &PROGRAM, &screen)?;
        let words = Words::for_locale("en");
        let folder = folder.to_owned();
        let stage = Self { agent: None, wine, screen, office, mail, words, made: &MADE, folder, _runtime: runtime };
        if let Some(person) = setting.outlook {
            stage.install_outlook()?;
            stage.person_has(person)?;
        }
        Ok(stage)
    }

    /// Starts the agent as the person would.
    pub fn start_agent(&mut self) -> Told {
        let url = self.office.url();
        self.start_agent_with(&["--server", &url])
    }

    pub fn start_agent_with(&mut self, arguments: &[&str]) -> Told {
        let log = fs::File::options().create(true).append(true).open(self.folder.join("agent.log"))?;
        self.agent = Some(self.wine.program().args(arguments).stdout(log.try_clone()?).stderr(log).spawn()?);
        Ok(())
    }

    /// Ends the agent at once, as a crash or a power cut would.
    pub fn kill_agent(&mut self) {
        if let Some(mut agent) = self.agent.take() {
            let _ = agent.kill();
            let _ = agent.wait();
        }
    }

    /// Waits until the agent has ended by itself.
    pub fn agent_ended(&mut self) -> Told {
        let Some(mut agent) = self.agent.take() else { return Ok(()) };
        wait("the agent to end", SOON, || agent.try_wait().ok().flatten())?;
        Ok(())
    }

    /// What another start of the agent prints.
    pub fn second_start(&self, arguments: &[&str]) -> Result<String, Error> {
        let output = self.wine.program().args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).output()?;
        Ok([output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).trim().to_owned()).concat())
    }

    /// Waits until a window is in front and takes keys.
    pub fn turn_to(&self, title: &str) -> Told {
        wait(&format!("the window {title:?}"), SOON, || self.screen.window(title))?;
        self.screen.bring_to_front(title)?;
        std::thread::sleep(FOCUS_PAUSE);
        Ok(())
    }

    /// Types into the window in front, at a pace that Wine can follow.
    pub fn type_text(&self, text: &str) -> Told {
        Ok(self.screen.type_paced(text, KEY_PAUSE)?)
    }

    /// Presses a key in the window in front.
    pub fn key(&self, key: &str) -> Told {
        self.screen.key(key)?;
        std::thread::sleep(KEY_PAUSE);
        Ok(())
    }

    /// Waits until the server has the person in this stage.
    pub fn is_at(&self, stage: &str) -> Result<serde_json::Value, Error> {
        self.office.wait_for_stage(OLD_ADDRESS, stage, SOON)
    }

    /// Keeps a picture of the screen in `target/windows-pictures`.
    pub fn picture(&self, name: &str) -> Told {
        self.screen.park_pointer()?;
        self.picture_as_it_is(name)
    }

    /// The same with the pointer where it is: a menu follows it.
    pub fn picture_as_it_is(&self, name: &str) -> Told {
        Ok(self.screen.screenshot(None, &target().join("windows-pictures").join(format!("{name}.png")))?)
    }

    /// What the agent has written down in its log, and on its standard error.
    pub fn agent_log(&self) -> String {
        text_of(&self.agent_folder().join("logs"))
            + &fs::read_to_string(self.folder.join("agent.log")).unwrap_or_default()
    }

    /// All that the agent keeps in files of its own, one after the other; without programs.
    pub fn files_of_the_agent(&self) -> String {
        text_of(&self.agent_folder())
    }

    pub fn agent_folder(&self) -> PathBuf {
        self.wine.profile().join("AppData/Local/Mailshift")
    }

    /// Whether the agent is still there.
    pub fn agent_runs(&mut self) -> bool {
        self.agent.as_mut().is_some_and(|agent| matches!(agent.try_wait(), Ok(None)))
    }

    fn leave_traces(&self) {
        let _ = self.screen.screenshot(None, &self.folder.join("failure.png"));
        let _ = fs::write(self.folder.join("titles.txt"), self.screen.titles().join("\n"));
        let _ = fs::write(self.folder.join("log.txt"), self.agent_log());
        let _ = self.mail_registry().map(|text| fs::write(self.folder.join("registry.txt"), text));
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.kill_agent();
    }
}

/// A server with the project, its person and the invitation on its way.
fn open_office(mail: &MailServer, setting: Setting, folder: &Path) -> Result<Office, Error> {
    let mut office = Office::new(Path::new(env!("CARGO_BIN_EXE_mailshift-server")), folder)?;
    let settings = office.file("project.json", &project(mail, setting).to_string())?;
    office.run(&["project", "create", PROJECT, "--file", &settings])?;
    let people = format!("name,old address,new address,login,language\n{NAME},{OLD_ADDRESS},{NEW_ADDRESS},anna,en\n");
    let people = office.file("people.csv", &people)?;
    office.run(&["users", "import", PROJECT, &people])?;
    office.open()?;
    office.run(&["invite", PROJECT])?;
    Ok(office)
}

fn project(mail: &MailServer, setting: Setting) -> serde_json::Value {
    let mut account = json!(mail.account());
    if setting.exchange {
        account["exchange"] = json!({});
        // As on Microsoft 365: programs cannot sign in with a password.
        account["incoming"]["authentication"] = json!("oauth2");
        account["outgoing"]["authentication"] = json!("oauth2");
    }
    json!({
        "account": account,
        "helpdesk": { "name": "Example Ltd IT", "email": "help@example.org", "phone": "+49 30 555 0100" },
        "smtp": {
            "host": "127.0.0.1", "port": mail.sink_port(), "security": "none",
            "from": "Example Ltd help desk <help@example.org>",
        },
    })
}

/// Every file below a folder, as text.
fn text_of(folder: &Path) -> String {
    let paths = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let texts = paths.filter(|path| path.extension().is_none_or(|extension| extension != "exe" && extension != "dll"));
    texts.map(|path| if path.is_dir() { text_of(&path) } else { lossy(&path) }).collect()
}

fn lossy(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

/// Where cargo puts what it builds.
fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a folder of the target folder")
}

/// A folder of this test's own, kept when it fails.
fn folder() -> PathBuf {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("windows").replace("::", ".");
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("windows").join(name)
}

/// What `.config/wine` makes, up to date.
static MADE: LazyLock<PathBuf> = LazyLock::new(|| {
    let (script, made) = (Path::new(env!("CARGO_MANIFEST_DIR")).join(".config/wine"), target().join("wine"));
    let done = std::process::Command::new(script).arg(&made).status().expect("the script can be started");
    assert!(done.success(), ".config/wine failed");
    made
});

pub fn program() -> &'static Path {
    &PROGRAM
}

/// The program file under test: `MAILSHIFT_EXE`.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = std::env::var_os("MAILSHIFT_EXE").expect("MAILSHIFT_EXE names the program: make test-windows");
    fs::canonicalize(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
});
