//! A private desktop: home, display, bus, window manager, panel and keyring that belong to nobody's session.

mod bus;
mod clipboard;
mod keyboard;
mod keyring;
mod tray;
mod window;

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{io, thread};

use crate::os::{files, var};

/// Longest wait for each part of the desktop to come up: a cold disk is slow.
const START_LIMIT: Duration = Duration::from_secs(30);
/// Longest wait for programs to end by themselves when the session is over.
const END_LIMIT: Duration = Duration::from_secs(5);
/// Pause between two looks at something that is waited for.
const LOOK: Duration = Duration::from_millis(20);
/// Marks every process of a session, started by us or by the session's bus; the value is the session's own folder.
const MARK: &str = "MAILSHIFT_SCREEN";
const BUS: &str = "DBUS_SESSION_BUS_ADDRESS";

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{program} does not start")]
    Program { program: String, source: io::Error },
    #[error("waited in vain for {0}")]
    Late(String),
    #[error("the folders or files of the session cannot be used")]
    File(#[from] io::Error),
    #[error("the X server cannot be reached")]
    NoDisplay(#[from] x11rb::errors::ConnectError),
    #[error("the X server went away")]
    DisplayLost(#[from] x11rb::errors::ConnectionError),
    #[error("the X server refuses")]
    Display(#[from] x11rb::errors::ReplyError),
    #[error("the keyboard has no key for {0}")]
    Key(String),
    #[error("the bus does not do it")]
    Bus(#[from] zbus::Error),
    #[error("the accessibility tree cannot be read")]
    Accessibility(#[from] atspi::AtspiError),
    #[error("the picture cannot be written")]
    Picture(#[from] image::ImageError),
}

/// The keyring of a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keyring {
    /// Nothing on the bus keeps secrets.
    #[default]
    None,
    /// The bus starts one at the first call; it is locked then.
    OnDemand,
    /// It runs, and nobody is there to unlock it.
    Locked,
    Unlocked,
}

/// What a private session consists of.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a part that is there or not")]
pub struct Options {
    /// A folder to use as home, which is kept; else a temporary one, which is removed.
    pub home: Option<PathBuf>,
    /// A virtual screen with a window manager.
    pub screen: bool,
    /// Pixels of the screen.
    pub size: (u16, u16),
    /// Programs find a session bus. (The desktop itself always has one where it needs it.)
    pub bus: bool,
    /// A panel with a tray.
    pub panel: bool,
    /// A screen reader seems to be running.
    pub accessibility: bool,
    pub keyring: Keyring,
    /// `LANG` of the session.
    pub language: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            home: None,
            screen: true,
            size: (1280, 800),
            bus: true,
            panel: false,
            accessibility: true,
            keyring: Keyring::None,
            language: "en_US.UTF-8".into(),
        }
    }
}

/// A desktop to run programs on. Dropping it ends every process of the session, and no other.
#[derive(Debug)]
pub struct Session {
    /// Sockets and logs; None when the desktop is the person's own.
    folder: Option<PathBuf>,
    home: PathBuf,
    keep_home: bool,
    environment: Vec<(String, String)>,
    /// Address of the session's bus, which programs may not be told.
    bus: Option<String>,
    children: Vec<Child>,
}

impl Session {
    /// Starts a private session.
    pub fn start(options: &Options) -> Result<Self, Error> {
        // Sockets have short names only, so their folder is not below a home that may be deep.
        let folder = std::env::temp_dir().join(format!("mailshift-{}", uuid::Uuid::new_v4().simple()));
        files::private_folder(&folder)?;
        let home = options.home.clone().unwrap_or_else(|| folder.join("home"));
        let mut session = Self {
            environment: environment(&home, Some(&folder), &options.language),
            folder: Some(folder.clone()),
            keep_home: options.home.is_some(),
            bus: None,
            home,
            children: Vec::new(),
        };
        session.make_folders()?;
        if options.screen {
            session.start_screen(options.size)?;
        }
        if options.bus || options.screen {
            session.start_bus(&folder, options)?;
        }
        if options.screen {
            session.start_program("xfwm4", &["--compositor=off"], b"")?;
            wait("the window manager", START_LIMIT, || session.has_window_manager())?;
            session.park_pointer()?;
        }
        if options.panel {
            session.write_panel_settings()?;
            session.start_program("xfce4-panel", &["--disable-wm-check"], b"")?;
            session.wait_for_name("org.kde.StatusNotifierWatcher")?;
        }
        if !options.bus {
            // Named, so that no library looks elsewhere or starts a bus of its own.
            session.set(BUS, format!("unix:path={}/no-bus", folder.display()));
        }
        Ok(session)
    }

    /// The desktop that the person sits at, with a home of our own: their mail is never touched.
    pub fn of_the_person(home: &Path) -> Result<Self, Error> {
        let mut session = Self {
            folder: None,
            environment: environment(home, None, &var("LANG").unwrap_or_default()),
            home: home.to_owned(),
            keep_home: true,
            bus: var(BUS),
            children: Vec::new(),
        };
        let names = ["DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", BUS];
        for name in names.into_iter().chain(["XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "LC_ALL"]) {
            if let Some(value) = var(name) {
                session.set(name, value);
            }
        }
        session.make_folders()?;
        Ok(session)
    }

    pub fn home(&self) -> &Path {
        &self.home
    }

    /// The whole environment of a program in this session.
    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// A program that runs in this session and nowhere else: nothing of our own environment reaches it. What it prints
    /// goes to `logs/<program>.log` in the home.
    pub fn command(&self, program: impl AsRef<Path>) -> Result<Command, Error> {
        let program = program.as_ref();
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let log = File::options().create(true).append(true).open(self.log(&name))?;
        let mut command = Command::new(program);
        command.env_clear().envs(self.environment.iter().cloned()).current_dir(&self.home);
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(command)
    }

    /// Starts a program in this session. It is ended with the session at the latest.
    pub fn spawn(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Result<Child, Error> {
        let program = program.as_ref();
        let spawned = self.command(program)?.args(arguments).spawn();
        spawned.map_err(|source| Error::Program { program: program.display().to_string(), source })
    }

    /// Where a program's output goes.
    pub fn log(&self, program: &str) -> PathBuf {
        self.home.join("logs").join(format!("{program}.log"))
    }

    /// Ends without ending anything: the person goes on in the session.
    pub fn leave(self) {
        std::mem::forget(self);
    }

    fn make_folders(&self) -> io::Result<()> {
        for folder in ["", "logs", ".config", ".cache", ".local/share", ".local/state"] {
            files::private_folder(&self.home.join(folder))?;
        }
        self.folder.iter().try_for_each(|folder| files::private_folder(&folder.join("run")))
    }

    fn set(&mut self, name: &str, value: impl Into<String>) {
        self.environment.retain(|(there, _)| there != name);
        self.environment.push((name.into(), value.into()));
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.environment.iter().find(|(there, _)| there == name).map(|(_, value)| value.as_str())
    }

    /// A part of the desktop itself, which a screen reader does not need to see.
    fn start_program(&mut self, program: &str, arguments: &[&str], input: &[u8]) -> Result<(), Error> {
        let failed = |source| Error::Program { program: program.into(), source };
        let mut command = self.command(program)?;
        command.args(arguments).env("NO_AT_BRIDGE", "1").env("GTK_A11Y", "none").stdin(Stdio::piped());
        let mut child = command.spawn().map_err(failed)?;
        let written = child.stdin.take().map_or(Ok(()), |mut pipe| io::Write::write_all(&mut pipe, input));
        self.children.push(child);
        written.map_err(failed)
    }

    /// Starts a program that prints one line when it is ready, and returns the line.
    fn start_announced(&mut self, program: &str, arguments: &[&str]) -> Result<String, Error> {
        let failed = |source| Error::Program { program: program.into(), source };
        let mut child = self.command(program)?.args(arguments).stdout(Stdio::piped()).spawn().map_err(failed)?;
        let output = child.stdout.take();
        self.children.push(child);
        let (sender, line) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let mut lines = output.map(BufReader::new).into_iter().flat_map(BufRead::lines);
            let _ = sender.send(lines.next());
            // The pipe stays open: some programs end when their output is closed.
            lines.for_each(drop);
        });
        match line.recv_timeout(START_LIMIT) {
            Ok(Some(Ok(line))) => Ok(line),
            Ok(_) => Err(failed(io::ErrorKind::UnexpectedEof.into())),
            Err(_) => Err(Error::Late(format!("{program} to be ready"))),
        }
    }

    fn start_screen(&mut self, (width, height): (u16, u16)) -> Result<(), Error> {
        let size = format!("{width}x{height}x24");
        // The server picks a free number and prints it when it accepts connections.
        let arguments = ["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp", "-noreset"];
        let number = self.start_announced("Xvfb", &arguments)?;
        self.set("DISPLAY", format!(":{}", number.trim()));
        Ok(())
    }

    fn write_panel_settings(&self) -> io::Result<()> {
        let folder = self.home.join(".config/xfce4/xfconf/xfce-perchannel-xml");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("xfce4-panel.xml"), include_str!("screen/panel.xml"))
    }

    /// Ends the session's processes, those that its bus started included, and no other.
    fn end(&mut self) {
        let Some(folder) = self.folder.clone() else { return };
        let mark = format!("{MARK}={}", folder.display());
        let mut signal = rustix::process::Signal::TERM;
        let deadline = Instant::now() + END_LIMIT;
        loop {
            // Ended children keep their number until they are asked about.
            self.children.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
            let left = marked(&mark);
            if left.is_empty() || Instant::now() > deadline + END_LIMIT {
                break;
            }
            if Instant::now() > deadline {
                signal = rustix::process::Signal::KILL;
            }
            for process in left {
                let _ = rustix::process::kill_process(process, signal);
            }
            thread::sleep(LOOK);
        }
        let _ = if self.keep_home { fs::remove_dir_all(folder.join("run")) } else { Ok(()) };
        let _ = fs::remove_dir_all(folder);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.end();
    }
}

/// Looks for something until it is there.
pub fn wait<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> Result<T, Error> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if Instant::now() >= deadline {
            return Err(Error::Late(what.to_owned()));
        }
        thread::sleep(LOOK);
    }
}

fn environment(home: &Path, folder: Option<&Path>, language: &str) -> Vec<(String, String)> {
    let below = |path: &str| home.join(path).display().to_string();
    let mut environment = vec![
        ("HOME".into(), home.display().to_string()),
        ("XDG_CONFIG_HOME".into(), below(".config")),
        ("XDG_CACHE_HOME".into(), below(".cache")),
        ("XDG_DATA_HOME".into(), below(".local/share")),
        ("XDG_STATE_HOME".into(), below(".local/state")),
        ("LANG".into(), language.to_owned()),
        ("LIBGL_ALWAYS_SOFTWARE".into(), "1".into()),
    ];
    if let Some(folder) = folder {
        // The accessibility switches are settings; without a settings service they would fall back at once.
        environment.push(("GSETTINGS_BACKEND".into(), "memory".into()));
        environment.push((MARK.into(), folder.display().to_string()));
        environment.push(("XDG_RUNTIME_DIR".into(), folder.join("run").display().to_string()));
        // Where machine-wide services could be; a private session has none.
        environment.push(("DBUS_SYSTEM_BUS_ADDRESS".into(), format!("unix:path={}/no-bus", folder.display())));
    }
    for name in ["PATH", "USER", "LOGNAME", "TZ", "RUST_LOG", "RUST_BACKTRACE"] {
        environment.extend(var(name).map(|value| (name.to_owned(), value)));
    }
    environment
}

/// Processes that carry the mark. They are ours: it holds a random number.
fn marked(mark: &str) -> Vec<rustix::process::Pid> {
    let of = |entry: io::Result<fs::DirEntry>| {
        let entry = entry.ok()?;
        let pid = entry.file_name().to_str()?.parse().ok().and_then(rustix::process::Pid::from_raw)?;
        let environment = fs::read(entry.path().join("environ")).ok()?;
        environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes()).then_some(pid)
    };
    fs::read_dir("/proc").into_iter().flatten().filter_map(of).collect()
}
