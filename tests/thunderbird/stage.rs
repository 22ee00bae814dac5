//! A home, a screen and a mail server of their own for one test. Everything ends with it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mailshift::account::{Account, Identity};
use mailshift::demo::mail_server::{
    MailServer, NAME, NEW_ADDRESS, NEW_PASSWORD, OLD_ADDRESS, OLD_PROFILE, seed_old_thunderbird,
};
use mailshift::mail::{Cancel, Error, Host, Order, Outcome, Progress, open_client, set_up};
use mailshift::os::Places;
use mailshift::secret::Secret;
use tokio::sync::mpsc::unbounded_channel;

/// Set for the child that stores passwords: this test program plays the agent.
const CHILD: &str = "MAILSHIFT_TEST_NSS_CHILD";

/// Not a test of its own: the program that hands the password over, when it is started as that.
#[test]
fn the_child_that_stores_passwords() {
    if std::env::var_os(CHILD).is_some() {
        let code = mailshift::mail::nss_child_main();
        std::process::exit(i32::from(code != std::process::ExitCode::SUCCESS));
    }
}

/// How long Thunderbird may take for anything.
const LIMIT: Duration = Duration::from_mins(1);

/// Set for the agent that is killed: where its stage is, and at which progress it ends.
const KILLED: &str = "MAILSHIFT_TEST_KILLED_AGENT";

/// Not a test of its own: an agent that kills itself as soon as it says a certain thing.
#[tokio::test(flavor = "multi_thread")]
async fn the_agent_that_is_killed() {
    let Some(orders) = std::env::var_os(KILLED) else { return };
    let orders: serde_json::Value = serde_json::from_str(orders.to_str().expect("text")).expect("orders");
    let text = |key: &str| orders[key].as_str().expect("a text").to_owned();
    let places = places(Path::new(&text("folder")));
    let host = host(&places, &text("display"), &Path::new(&text("folder")).join("helper"));
    let order = order(serde_json::from_value(orders["account"].clone()).expect("an account"));
    let (sender, mut receiver) = unbounded_channel();
    let fatal = text("at");
    std::thread::spawn(move || {
        while let Some(progress) = receiver.blocking_recv() {
            if format!("{progress:?}") == fatal {
                let own = rustix::process::getpid();
                rustix::process::kill_process(own, rustix::process::Signal::KILL).expect("it ends here");
            }
        }
    });
    let outcome = set_up(order, &places, &host, sender, Cancel::default()).await;
    panic!("it never got there: {outcome:?}");
}

pub struct Stage {
    pub places: Places,
    pub host: Host,
    pub server: MailServer,
    folder: tempfile::TempDir,
    screen: Child,
}

impl Stage {
    /// A home without Thunderbird's folder.
    pub async fn fresh() -> Self {
        Self::in_folder(tempfile::tempdir().expect("a folder")).await
    }

    async fn in_folder(folder: tempfile::TempDir) -> Self {
        let places = places(folder.path());
        for folder in [&places.home, &places.state, &places.config, &places.runtime] {
            fs::create_dir_all(folder).expect("a folder");
        }
        fs::set_permissions(&places.runtime, fs::Permissions::from_mode(0o700)).expect("private");
        let (screen, display) = screen();
        let server = MailServer::start(&folder.path().join("server")).await.expect("dovecot");
        let host = host(&places, &display, &helper(folder.path()));
        Self { places, host, server, folder, screen }
    }

    /// A home with an old Thunderbird in it.
    pub async fn seasoned() -> Self {
        let stage = Self::fresh().await;
        seed_old_thunderbird(&stage.places.home, &stage.server, &stage.host).await.expect("an old profile");
        stage
    }

    /// The same on a disk of its own.
    #[allow(dead_code, reason = "attacks need one")]
    pub async fn seasoned_on(disk: &Path) -> Self {
        let stage = Self::in_folder(tempfile::tempdir_in(disk).expect("a folder")).await;
        seed_old_thunderbird(&stage.places.home, &stage.server, &stage.host).await.expect("an old profile");
        stage
    }

    pub fn order(&self) -> Order {
        order(self.server.account().filled_in(Identity { name: NAME, address: NEW_ADDRESS }))
    }

    /// Runs a set-up in a process of its own that is killed as soon as it says `at`.
    pub fn killed(&self, at: Progress) {
        let orders = serde_json::json!({
            "folder": self.folder.path(), "display": self.host.display, "account": self.order().account,
            "at": format!("{at:?}"),
        });
        let own = std::env::current_exe().expect("a test program");
        let output = Command::new(own)
            .args(["--exact", &own_test("the_agent_that_is_killed"), "--nocapture"])
            .env(KILLED, orders.to_string())
            .output()
            .expect("started");
        let signal = std::os::unix::process::ExitStatusExt::signal(&output.status);
        assert_eq!(signal, Some(9), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// The whole set-up, with everything it said.
    pub async fn set_up(&self, order: Order) -> (Result<Outcome, Error>, Vec<Progress>) {
        let (sender, mut receiver) = unbounded_channel();
        let outcome = set_up(order, &self.places, &self.host, sender, Cancel::default()).await;
        let mut said = Vec::new();
        while let Ok(progress) = receiver.try_recv() {
            said.push(progress);
        }
        (outcome, said)
    }

    pub async fn undo(&self) -> Result<(), Error> {
        mailshift::mail::undo(&self.places, &self.host, unbounded_channel().0).await
    }

    /// Opens Thunderbird on the old profile and waits until its inbox is there.
    pub async fn open_old(&self) {
        open_client(&self.places, &self.host).await.expect("started");
        let inbox = self.old_profile().join("ImapMail/localhost/INBOX");
        until(LIMIT, "the old inbox is there", || fs::metadata(&inbox).is_ok_and(|file| file.len() > 1000));
        self.until_titled("Thunderbird");
    }

    /// Opens a window for a message by the keyboard and types into it.
    pub fn write_a_message(&self) {
        self.key_in("Thunderbird", "ctrl+n");
        self.until_titled("Write:");
        // Into the text, past the recipients and the subject.
        self.key_in("Write:", "Tab");
        self.key_in("Write:", "Tab");
        self.xdotool(&["type", "--delay", "20", "Dear Mira, the recipe"]);
    }

    /// Presses a key in the window of this title.
    pub fn key_in(&self, title: &str, key: &str) {
        let found = self.xdotool(&["search", "--onlyvisible", "--name", title]);
        let window = found.lines().last().expect("a window");
        self.xdotool(&["windowfocus", "--sync", window]);
        self.xdotool(&["key", key]);
    }

    /// Whether a process uses a profile.
    pub fn holder(&self, profile: &Path) -> bool {
        let link = fs::read_link(profile.join("lock")).unwrap_or_default();
        let pid = link.to_string_lossy().rsplit('+').next().unwrap_or_default().to_owned();
        !pid.is_empty() && self.processes().iter().any(|process| process.to_string() == pid)
    }

    pub fn old_profile(&self) -> PathBuf {
        self.root().join(OLD_PROFILE)
    }

    /// Both lists of profiles, as they are.
    pub fn lists(&self) -> [Option<Vec<u8>>; 2] {
        ["profiles.ini", "installs.ini"].map(|name| fs::read(self.root().join(name)).ok())
    }

    pub fn until_titled(&self, title: &str) {
        until(LIMIT, title, || self.is_titled(title));
    }

    pub fn is_titled(&self, title: &str) -> bool {
        !self.xdotool(&["search", "--onlyvisible", "--name", title]).is_empty()
    }

    fn xdotool(&self, arguments: &[&str]) -> String {
        let display = self.host.display.as_deref().expect("a screen");
        let output = Command::new("xdotool").args(arguments).env("DISPLAY", display).output().expect("xdotool");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Keeps a picture of the screen beside the test program, to look at.
    pub fn picture(&self, name: &str) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let display = self.host.display.as_deref().expect("a screen");
        let path = folder.join(format!("thunderbird-{name}.png"));
        let _ = Command::new("import").args(["-window", "root"]).arg(path).env("DISPLAY", display).status();
    }

    pub fn root(&self) -> PathBuf {
        self.places.home.join(".thunderbird")
    }

    /// Processes that were started on this stage's screen.
    fn processes(&self) -> Vec<i32> {
        let display = format!("DISPLAY={}", self.host.display.as_deref().expect("a screen"));
        let home = format!("HOME={}", self.places.home.display());
        let entries = fs::read_dir("/proc").expect("linux").flatten();
        let mine = |pid: &i32| {
            fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environment| {
                let has = |wanted: &str| environment.split(|byte| *byte == 0).any(|it| it == wanted.as_bytes());
                has(&display) && has(&home)
            })
        };
        entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(mine).collect()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for pid in self.processes() {
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        }
        let _ = self.screen.kill();
        let _ = self.screen.wait();
    }
}

fn places(folder: &Path) -> Places {
    let at = |name: &str| folder.join(name);
    Places { home: at("home"), state: at("state"), config: at("config"), runtime: at("runtime") }
}

fn order(account: Account) -> Order {
    Order {
        name: NAME.into(),
        address: NEW_ADDRESS.into(),
        old_address: OLD_ADDRESS.into(),
        account,
        password: Secret::new(NEW_PASSWORD),
        hand_over: true,
        profile: "Mail at New Example".into(),
        minimum_versions: Vec::new(),
        switch_to_classic_outlook: false,
    }
}

/// A virtual screen; its number is chosen by the server.
fn screen() -> (Child, String) {
    let mut screen = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb");
    let mut line = String::new();
    BufReader::new(screen.stdout.take().expect("piped")).read_line(&mut line).expect("a number");
    (screen, format!(":{}", line.trim()))
}

fn host(places: &Places, display: &str, helper: &Path) -> Host {
    let path = std::env::var_os("PATH").expect("PATH");
    let environment: Vec<(OsString, OsString)> = [
        ("HOME", places.home.as_os_str()),
        ("XDG_RUNTIME_DIR", places.runtime.as_os_str()),
        ("DISPLAY", display.as_ref()),
        ("PATH", &path),
        ("LANG", "C.UTF-8".as_ref()),
        ("GDK_BACKEND", "x11".as_ref()),
        ("NO_AT_BRIDGE", "1".as_ref()),
        ("DBUS_SESSION_BUS_ADDRESS", "disabled:".as_ref()),
        ("MOZ_CRASHREPORTER_DISABLE", "1".as_ref()),
    ]
    .map(|(name, value)| (name.into(), value.to_owned()))
    .to_vec();
    Host { helper_exe: helper.to_path_buf(), path, display: Some(display.into()), environment }
}

/// Full name of a test of this file: more than one program has it.
fn own_test(name: &str) -> String {
    let module = module_path!().split_once("::").expect("below a program").1;
    format!("{module}::{name}")
}

/// A program that starts this test program as the child that stores passwords.
fn helper(folder: &Path) -> PathBuf {
    let path = folder.join("helper");
    let own = std::env::current_exe().expect("a test program");
    let script = format!(
        "#!/bin/sh\nexec env {CHILD}=1 '{}' --exact {} --nocapture\n",
        own.display(),
        own_test("the_child_that_stores_passwords")
    );
    fs::write(&path, script).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("a program");
    path
}

/// Every file below a folder with its content.
pub fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else if let Ok(bytes) = fs::read(&path) {
            found.insert(path, bytes);
        }
    }
    found
}

/// Waits for a condition, at most so long.
pub fn until(limit: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < limit, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
