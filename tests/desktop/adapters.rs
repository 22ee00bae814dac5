//! The adapters to the desktop against the real thing: keyrings, a panel, other processes, a writer that is killed.
//!
//! Most tests run twice: once to make a private session, and once more inside it, as a process that has only the
//! session's environment.

mod desktop;
mod secrets;

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use mailshift::agent::instance::{self, Claim, Request};
use mailshift::agent::state::Store;
use mailshift::agent::tray::{Event, Icon, Menu, Tray};
use mailshift::demo::screen::{Options, Session, wait};
use mailshift::os::{self, Display, NoDisplay, Places, autostart};

const LIMIT: Duration = Duration::from_secs(30);
/// Says which part a process inside a session plays.
const PART: &str = "MAILSHIFT_TEST_PART";

/// Nothing but folders.
fn bare() -> Options {
    Options { screen: false, bus: false, accessibility: false, ..Options::default() }
}

/// A screen and its window manager, but no bus that programs could find.
fn without_bus() -> Options {
    Options { bus: false, ..Options::default() }
}

/// The test of this name once more, inside the session.
fn again(session: &Session, name: &str, part: &str) -> Command {
    let mut command = session.command(std::env::current_exe().expect("a path")).expect("a log");
    let module = module_path!().split_once("::").expect("below a program").1;
    command.args([&format!("{module}::{name}"), "--exact", "--include-ignored", "--nocapture"]).env(PART, part);
    command
}

fn part() -> Option<String> {
    os::var(PART)
}

/// Runs `body` inside a session, and the caller's test fails when it fails there.
fn inside(name: &str, options: &Options, body: impl FnOnce()) {
    if part().is_some() {
        return body();
    }
    let session = Session::start(options).expect("a session");
    let output = again(&session, name, "inside").stdout(std::process::Stdio::piped()).output().expect("started");
    let printed = String::from_utf8_lossy(&output.stdout);
    let program = std::env::current_exe().expect("a path");
    let log = session.log(&program.file_name().expect("a name").to_string_lossy());
    let log = std::fs::read_to_string(log).unwrap_or_default();
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}\n{log}");
}

fn places() -> Places {
    Places::of_this_login().expect("folders")
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

#[test]
fn folders_are_private_and_follow_the_environment() {
    inside("folders_are_private_and_follow_the_environment", &bare(), || {
        use std::os::unix::fs::PermissionsExt;
        let home = PathBuf::from(os::var("HOME").expect("set"));
        let places = places();
        assert_eq!(places.home, home);
        assert_eq!(places.state, home.join(".local/state/mailshift"));
        assert_eq!(places.config, home.join(".config/mailshift"));
        assert_eq!(places.runtime, Path::new(&os::var("XDG_RUNTIME_DIR").expect("set")).join("mailshift"));
        for folder in [&places.state, &places.config, &places.runtime] {
            let mode = std::fs::metadata(folder).expect("made").permissions().mode();
            assert_eq!(mode & 0o777, 0o700, "{}", folder.display());
        }
    });
}

#[test]
fn an_autostart_entry_that_the_person_switched_off_stays_off() {
    inside("an_autostart_entry_that_the_person_switched_off_stays_off", &bare(), || {
        let program = Path::new("/opt/mailshift/bin/mailshift");
        assert!(!autostart::is_enabled());
        assert!(autostart::enable(program).expect("written"));
        assert!(autostart::is_enabled() && !autostart::was_disabled_by_person());
        let entry = PathBuf::from(os::var("XDG_CONFIG_HOME").expect("set")).join("autostart/mailshift.desktop");
        let text = std::fs::read_to_string(&entry).expect("written");
        assert!(text.contains("Exec=/opt/mailshift/bin/mailshift --background\n"), "{text}");
        let off = format!("{text}Hidden=true\n");
        std::fs::write(&entry, &off).expect("written");
        assert!(autostart::was_disabled_by_person() && !autostart::is_enabled());
        assert!(!autostart::enable(program).expect("refused without an error"));
        assert_eq!(std::fs::read_to_string(&entry).expect("still there"), off);
        autostart::disable().expect("removed");
        autostart::disable().expect("removing it twice is no error");
        assert!(!entry.exists());
    });
}

#[test]
fn without_a_desktop_everything_has_a_harmless_answer() {
    inside("without_a_desktop_everything_has_a_harmless_answer", &bare(), || {
        assert_eq!(os::display(), Err(NoDisplay::NotSet));
        assert!(!run(os::notify("Mailshift", "nobody sees this")));
        assert!(!run(os::session_locked()));
        assert!((run(os::text_scale()) - 1.0).abs() < f32::EPSILON);
        assert!(Tray::start(&Menu::new(Icon::Idle, "Waiting")).is_none());
        assert!(!os::login().is_empty() && !os::device_name().is_empty());
        assert_eq!(os::language(), "en-US");
    });
}

#[test]
fn a_display_that_does_not_answer_is_told_from_none() {
    let name = "a_display_that_does_not_answer_is_told_from_none";
    if let Some(part) = part() {
        let runtime = PathBuf::from(os::var("XDG_RUNTIME_DIR").expect("set"));
        let expected = match part.as_str() {
            "x11" => NoDisplay::X11(":no".into()),
            _ => NoDisplay::Wayland(runtime.join("wayland-no")),
        };
        return assert_eq!(os::display(), Err(expected));
    }
    let session = Session::start(&bare()).expect("a session");
    for (part, variable, value) in [("x11", "DISPLAY", ":no"), ("wayland", "WAYLAND_DISPLAY", "wayland-no")] {
        let status = again(&session, name, part).env(variable, value).status().expect("started");
        assert!(status.success(), "{part}");
    }
}

#[test]
#[ignore = "needs a virtual screen: make test"]
fn a_display_that_answers_is_found() {
    inside("a_display_that_answers_is_found", &without_bus(), || {
        assert!(matches!(os::display(), Ok(Display::X11(name)) if name.starts_with(':')));
        assert!(zbus::blocking::Connection::session().is_err());
        assert!(Tray::start(&Menu::new(Icon::Idle, "Waiting")).is_none());
    });
}

#[test]
fn nothing_of_a_session_outlives_it() {
    let session = Session::start(&bare()).expect("a session");
    let home = session.home().to_owned();
    let mut child = session.spawn("sleep", &["1000"]).expect("started");
    assert!(child.try_wait().expect("asked").is_none(), "it runs");
    drop(session);
    assert!(!child.wait().expect("ended").success());
    assert!(!home.exists());
}

#[test]
fn a_second_process_hands_over_and_the_first_goes_on() {
    let name = "a_second_process_hands_over_and_the_first_goes_on";
    match part().as_deref() {
        Some("first") => {
            let Claim::First(mut instance) = instance::claim(&places()).expect("a claim") else { panic!("not first") };
            instance.say("waiting for you");
            let mut requests = instance.requests().expect("not taken");
            assert_eq!(requests.blocking_recv(), Some(Request::Open));
            assert_eq!(requests.blocking_recv(), Some(Request::Quit));
            return;
        }
        Some(_) => {
            let Claim::Second(running) = instance::claim(&places()).expect("a claim") else { panic!("not second") };
            // The first one listens before it has anything to say.
            let said =
                || Some(running.hand_over(&Request::Status).expect("an answer").status).filter(|it| !it.is_empty());
            assert_eq!(wait("the first one's words", LIMIT, said).expect("words"), "waiting for you");
            running.hand_over(&Request::Open).expect("an answer");
            running.hand_over(&Request::Quit).expect("an answer");
            return;
        }
        None => {}
    }
    let session = Session::start(&bare()).expect("a session");
    let socket = Path::new(&value(&session, "XDG_RUNTIME_DIR")).join("mailshift/agent.sock");
    // Killed before: its socket stays behind, its lock does not.
    let mut killed = again(&session, name, "first").spawn().expect("started");
    wait("the first one to listen", LIMIT, || socket.exists().then_some(())).expect("it listens");
    killed.kill().expect("killed");
    killed.wait().expect("ended");
    assert!(socket.exists());
    std::fs::remove_file(&socket).expect("only to see when the next one listens");
    let mut first = again(&session, name, "first").spawn().expect("started");
    wait("the first one to listen", LIMIT, || socket.exists().then_some(())).expect("it listens");
    assert!(again(&session, name, "second").status().expect("started").success());
    assert!(first.wait().expect("ended").success());
}

fn value(session: &Session, name: &str) -> String {
    session.environment().iter().find(|(there, _)| there == name).expect("set").1.clone()
}

#[test]
fn a_killed_writer_leaves_a_state_that_can_be_read() {
    let name = "a_killed_writer_leaves_a_state_that_can_be_read";
    if part().is_some() {
        let store = Store::open(&places());
        let mut state = store.load().expect("readable").state;
        loop {
            state.acted_on += 1;
            // Long enough for a write to be interrupted.
            state.server = Some(format!("https://{}.example.org/{}", state.acted_on, "x".repeat(200_000)));
            store.save(&state).expect("saved");
        }
    }
    let session = Session::start(&bare()).expect("a session");
    let folder = session.home().join(".local/state/mailshift");
    let places = Places { state: folder.clone(), config: folder.clone(), runtime: folder.clone(), home: folder };
    let store = Store::open(&places);
    let mut last = 0;
    for round in 0..12_u64 {
        let mut child = again(&session, name, "inside").spawn().expect("started");
        let written = || store.load().ok().filter(|loaded| loaded.state.acted_on > last + round);
        let seen = wait("some writes", LIMIT, written).expect("it writes").state.acted_on;
        child.kill().expect("killed");
        child.wait().expect("ended");
        let loaded = store.load().expect("readable");
        assert_eq!(loaded.set_aside, None);
        assert!(loaded.state.acted_on >= seen, "went back from {seen} to {}", loaded.state.acted_on);
        let server = loaded.state.server.clone().expect("there");
        assert!(server.starts_with(&format!("https://{}.", loaded.state.acted_on)), "one state, not two halves");
        last = loaded.state.acted_on;
    }
}

#[test]
#[ignore = "needs xvfb, xfwm4 and xfce4-panel: make test"]
fn the_tray_shows_its_menu_and_brings_clicks_to_us() {
    let name = "the_tray_shows_its_menu_and_brings_clicks_to_us";
    let menu = |clicks: usize| {
        let menu = Menu::new(Icon::ALL[clicks % 5], format!("Clicked {clicks} times")).line("Mail_shift & you");
        let menu = menu.separator().choice(Event::Open, "Open").choice_if(clicks > 0, Event::Undo, "Undo");
        menu.choice(Event::Quit, "Quit")
    };
    if part().is_some() {
        let (mut tray, mut events) = Tray::start(&menu(0)).expect("a tray");
        let mut seen = Vec::new();
        loop {
            let event = events.blocking_recv().expect("an event");
            seen.push(event);
            tray.show(&menu(seen.len()));
            if event == Event::Quit {
                return assert_eq!(seen, [Event::Click, Event::Undo, Event::Quit]);
            }
        }
    }
    let session = Session::start(&Options { panel: true, ..Options::default() }).expect("a session");
    let mut child: Child = again(&session, name, "inside").spawn().expect("started");
    let pid = child.id();
    let lines = || -> Vec<(String, bool)> {
        let lines = session.tray_menu(pid).expect("a menu");
        lines.into_iter().map(|line| (line.label, line.enabled)).collect()
    };
    let expected = |undo| {
        let lines = [("Mail_shift & you", false), ("", true), ("Open", true), ("Undo", undo), ("Quit", true)];
        lines.map(|(label, enabled)| (label.to_owned(), enabled))
    };
    assert_eq!(lines(), expected(false));
    let badge = || pixels(&session, [0xf5, 0x8a, 0x07]);
    let envelope = || (pixels(&session, [0x3b, 0x7d, 0xe8]) > 50).then_some(());
    wait("the icon on the panel", LIMIT, envelope).expect("painted");
    assert_eq!(badge(), 0);
    session.tray_click(pid).expect("clicked");
    let tooltip = |text: &str| {
        wait(text, LIMIT, || (session.tray_tooltip(pid).ok()? == text).then_some(())).expect("it changes");
    };
    tooltip("Clicked 1 times");
    wait("the badge on the panel", LIMIT, || (badge() > 20).then_some(())).expect("repainted");
    assert_eq!(lines(), expected(true));
    session.tray_choose(pid, "Undo").expect("chosen");
    tooltip("Clicked 2 times");
    session.tray_choose(pid, "Quit").expect("chosen");
    assert!(child.wait().expect("ended").success());
}

/// How much of the screen has about this colour.
fn pixels(session: &Session, colour: [u8; 3]) -> usize {
    let path = session.home().join("screen.png");
    session.screenshot(None, &path).expect("a picture");
    let picture = image::open(&path).expect("a picture").to_rgb8();
    picture.pixels().filter(|pixel| pixel.0.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 12)).count()
}
