//! A home, a screen and a mail server of their own for one test. Everything ends with it.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mailshift::account::Identity;
use mailshift::demo::mail_server::{MailServer, NAME, NEW_ADDRESS, NEW_PASSWORD, OLD_ADDRESS, seed_old_thunderbird};
use mailshift::mail::{Cancel, Error, Host, Order, Outcome, Progress, set_up};
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

pub struct Stage {
    pub places: Places,
    pub host: Host,
    pub server: MailServer,
    pub folder: tempfile::TempDir,
    screen: Child,
}

impl Stage {
    /// A home without Thunderbird's folder.
    pub async fn fresh() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(&path).expect("a folder");
            path
        };
        let places = Places { home: at("home"), state: at("state"), config: at("config"), runtime: at("runtime") };
        fs::set_permissions(&places.runtime, fs::Permissions::from_mode(0o700)).expect("private");
        let (screen, display) = screen();
        let server = MailServer::start(&at("server")).await.expect("dovecot");
        let host = host(&places, &display, &helper(folder.path()));
        Self { places, host, server, folder, screen }
    }

    /// A home with an old Thunderbird in it.
    pub async fn seasoned() -> Self {
        let stage = Self::fresh().await;
        seed_old_thunderbird(&stage.places.home, &stage.server, &stage.host).await.expect("an old profile");
        stage
    }

    pub fn order(&self) -> Order {
        Order {
            name: NAME.into(),
            address: NEW_ADDRESS.into(),
            old_address: OLD_ADDRESS.into(),
            account: self.server.account().filled_in(Identity { name: NAME, address: NEW_ADDRESS }),
            password: Secret::new(NEW_PASSWORD),
            hand_over: true,
            profile: "Mail at New Example".into(),
        }
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

/// A program that starts this test program as the child that stores passwords.
fn helper(folder: &Path) -> PathBuf {
    let path = folder.join("helper");
    let own = std::env::current_exe().expect("a test program");
    let script = format!(
        "#!/bin/sh\nexec env {CHILD}=1 '{}' --exact stage::the_child_that_stores_passwords --nocapture\n",
        own.display()
    );
    fs::write(&path, script).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("a program");
    path
}

/// Waits for a condition, at most so long.
#[allow(dead_code)]
pub fn until(limit: Duration, what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < limit, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
