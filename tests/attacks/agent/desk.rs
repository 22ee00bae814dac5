//! A person's desktop with an agent, and no mail server: these stories end before one is needed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use mailshift::agent::i18n::Words;
use mailshift::demo::person::Person;
use mailshift::demo::screen::{self, Session, wait};
use serde_json::{Value, json};

pub const SOON: Duration = Duration::from_secs(30);
pub const TOKEN: &str = "GENUINE-DEVICE-TOKEN";
pub const DEVICE: &str = "00000000-0000-0000-0000-00000000000a";

pub struct Desk {
    // Dropped in this order: the agent before its desktop.
    agent: Agent,
    pub session: Session,
    pub words: Words,
}

/// Ends with the test at the latest.
pub struct Agent(pub Option<Child>);

impl Drop for Agent {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Desk {
    pub fn new() -> Self {
        Self::with(&screen::Options::default())
    }

    pub fn with(options: &screen::Options) -> Self {
        let session = Session::start(options).expect("a desktop");
        Self { agent: Agent(None), session, words: Words::for_locale("en") }
    }

    pub fn state_folder(&self) -> PathBuf {
        self.session.home().join(".local/state/mailshift")
    }

    /// What an agent remembers that was activated by an older version: the token lies there alone.
    pub fn was_activated(&self, server: &str, more: &Value) {
        let folder = self.state_folder();
        fs::create_dir_all(&folder).expect("made");
        let mut state = json!({
            "version": 1, "stage": { "name": "waiting" }, "server": server, "was_activated": true, "device_id": DEVICE,
            "user": { "name": "Anna", "address": "a***@new.example" },
            "project": { "name": "Example", "brand": {}, "helpdesk": {} },
        });
        for (name, value) in more.as_object().expect("fields") {
            state[name] = value.clone();
        }
        fs::write(folder.join("state.json"), state.to_string()).expect("written");
        fs::write(folder.join("token"), TOKEN).expect("written");
        fs::set_permissions(folder.join("token"), PermissionsExt::from_mode(0o600)).expect("owned");
    }

    pub fn state(&self) -> Value {
        let text = fs::read_to_string(self.state_folder().join("state.json")).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// What the file holds in which the token is without a keyring.
    pub fn token(&self) -> String {
        fs::read_to_string(self.state_folder().join("token")).unwrap_or_default()
    }

    pub fn start(&mut self, arguments: &[&str], environment: &[(&str, &str)]) {
        drop(self.agent.0.take().map(|mut child| (child.kill(), child.wait())));
        let mut command = self.session.command(env!("CARGO_BIN_EXE_mailshift")).expect("a program");
        command.args(arguments).envs(environment.iter().copied());
        self.agent.0 = Some(command.spawn().expect("started"));
    }

    pub fn child(&mut self) -> &mut Child {
        self.agent.0.as_mut().expect("started")
    }

    /// A start beside the agent; what it printed.
    pub fn second_start(&self, arguments: &[&str]) -> String {
        let mut command = self.session.command(env!("CARGO_BIN_EXE_mailshift")).expect("a program");
        let output = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).output().expect("started");
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).trim_end().to_owned()
    }

    pub fn waits_for_status(&self, wanted: &str) {
        wait(wanted, SOON, || (self.second_start(&["status"]) == wanted).then_some(())).expect("its status");
    }

    pub fn person(&self) -> Person<'_> {
        Person::new(&self.session, self.agent.0.as_ref().map_or(0, Child::id)).expect("a person")
    }

    pub fn word(&self, id: &str) -> String {
        self.words.text(id)
    }

    /// Waits for a window of this name and presses what it shows.
    pub fn presses(&self, window: &str, button: &str) {
        self.session.wait_for_window(&self.word(window)).expect("a window");
        let (person, button) = (self.person(), self.word(button));
        person.wait_for(&button, SOON).expect("a button");
        person.press_by_keyboard(&button, "space").expect("pressed");
    }

    pub fn shows(&self, text: &str) {
        self.person().wait_for(text, SOON).expect("it is shown");
    }

    pub fn log(&self) -> String {
        log_below(&self.state_folder())
    }

    pub fn waits_for_log(&self, text: &str) {
        wait(text, SOON, || self.log().contains(text).then_some(())).expect("in the log");
    }
}

fn log_below(folder: &Path) -> String {
    let files = fs::read_dir(folder.join("logs")).into_iter().flatten().flatten();
    files.filter_map(|file| fs::read_to_string(file.path()).ok()).collect()
}
