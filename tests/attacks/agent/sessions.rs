//! Two sessions of one person, a display that goes away, a screen that is locked, and a session that need not start the agent any more.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mailshift::demo::screen::{self, wait};
use serde_json::json;

use super::desk::{Agent, Desk, SOON};
use super::stand_in::{StandIn, directive, says};

/// M7: sessions with runtime folders of their own had an agent each, on one state and one journal.
#[test]
#[ignore = "needs a virtual screen: make test"]
fn two_sessions_of_a_person_have_one_agent_which_goes_where_it_is_wanted() {
    let server = StandIn::start(says(directive("wait", 0, "imap.new.example")));
    let mut first = Desk::new();
    first.was_activated(&server.url, &json!({}));
    first.start(&["--background"], &[]);
    first.waits_for_status(&first.word("tray-waiting"));
    let home = Some(first.session.home().to_owned());
    let mut second = Desk::with(&screen::Options { home, ..screen::Options::default() });
    assert_eq!(second.second_start(&["status"]), first.word("tray-waiting"), "found from there");
    // Left where it is.
    second.start(&[], &[]);
    second.presses("question-session-title", "question-session-stay");
    let ended = wait("the second start", SOON, || second.child().try_wait().ok().flatten()).expect("ended");
    assert!(ended.success());
    assert!(first.child().try_wait().expect("asked").is_none(), "the first one runs");
    // Wanted here.
    second.start(&[], &[]);
    second.presses("question-session-title", "question-session-go-on");
    let ended = wait("the first one", SOON, || first.child().try_wait().ok().flatten()).expect("ended");
    assert!(ended.success() && first.log().contains("takes over"));
    second.session.wait_for_window(&second.word("waiting-title")).expect("it goes on here");
    assert_eq!(second.state()["stage"]["name"], "waiting");
}

/// L2: the agent ended with its display, by a line of Xlib's that nobody reads.
#[test]
#[ignore = "needs a virtual screen: make test"]
fn a_display_that_goes_away_ends_the_agent_with_a_word_and_loses_nothing() {
    let server = StandIn::start(says(directive("wait", 3, "imap.new.example")));
    let mut desk = Desk::new();
    desk.was_activated(&server.url, &json!({ "acted_on": 3 }));
    let mut display = Command::new("Xvfb");
    display.args(["-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp"]);
    let mut display = display.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("Xvfb");
    let mut number = String::new();
    BufReader::new(display.stdout.take().expect("piped")).read_line(&mut number).expect("a number");
    let mut display = Agent(Some(display));
    desk.start(&[], &[("DISPLAY", &format!(":{}", number.trim()))]);
    desk.waits_for_status(&desk.word("tray-waiting"));
    let before = desk.state();
    let server_of_display = display.0.as_mut().expect("runs");
    server_of_display.kill().expect("killed");
    let ended = wait("the agent to end", SOON, || desk.child().try_wait().ok().flatten()).expect("ended");
    assert_eq!(ended.code(), Some(3), "{ended:?}");
    assert!(desk.log().contains("the display is gone"), "{}", desk.log());
    assert_eq!(desk.state(), before);
    desk.start(&[], &[]);
    desk.session.wait_for_window(&desk.word("waiting-title")).expect("it goes on");
}

/// logind's session of the person.
struct Login(Arc<AtomicBool>);

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl Login {
    #[zbus(property)]
    fn locked_hint(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// K12: what was ordered began behind a locked screen.
#[test]
#[ignore = "needs a virtual screen: make test"]
fn behind_a_locked_screen_the_agent_waits_until_the_person_is_back() {
    let server = StandIn::start(says(directive("configure", 1, "imap.new.example")));
    let mut desk = Desk::new();
    desk.was_activated(&server.url, &json!({}));
    let is_locked = Arc::new(AtomicBool::new(true));
    let bus = desk.session.bus().expect("a bus");
    bus.object_server().at("/org/freedesktop/login1/session/auto", Login(Arc::clone(&is_locked))).expect("free");
    bus.request_name("org.freedesktop.login1").expect("free");
    let address = desk.session.environment().iter().find(|(name, _)| name == "DBUS_SESSION_BUS_ADDRESS");
    let address = address.expect("set").1.clone();
    desk.start(&["--background"], &[("DBUS_SYSTEM_BUS_ADDRESS", &address)]);
    desk.waits_for_log("action=Configure");
    // It goes on asking meanwhile.
    let asked = || server.heard().iter().filter(|heard| heard.line.starts_with("GET /v1/directive")).count();
    wait("two more questions", SOON, || (asked() > 2).then_some(())).expect("asked");
    assert_eq!((desk.state()["acted_on"].as_u64(), &desk.state()["stage"]["name"]), (Some(0), &json!("waiting")));
    assert!(desk.session.titles().is_empty(), "{:?}", desk.session.titles());
    is_locked.store(false, Ordering::Relaxed);
    desk.session.wait_for_window(&desk.word("instructions-title")).expect("the wizard");
    wait("the order to be acted on", SOON, || (desk.state()["acted_on"] == 1).then_some(())).expect("acted on");
}

/// A removed agent, and one with nothing left to do, started with every session.
#[test]
#[ignore = "needs a virtual screen: make test"]
fn an_agent_with_nothing_left_to_do_is_not_started_with_the_session_any_more() {
    for (action, switched_off) in [("stop", false), ("remove", false), ("stop", true)] {
        let server = StandIn::start(says(directive("wait", 0, "imap.new.example")));
        let mut desk = Desk::new();
        let folder = desk.session.home().join(".config/autostart");
        std::fs::create_dir_all(&folder).expect("made");
        let entry = folder.join("mailshift.desktop");
        let text = format!("[Desktop Entry]\nType=Application\nExec=mailshift\nHidden={switched_off}\n");
        std::fs::write(&entry, &text).expect("written");
        desk.was_activated(&server.url, &json!({}));
        desk.start(&["--background"], &[]);
        desk.waits_for_log("action=Wait");
        assert!(entry.exists(), "{action}: there is something left to do");
        server.answer(says(directive(action, 0, "imap.new.example")));
        if switched_off {
            wait("the end", SOON, || (desk.state()["guardian_over"] == true).then_some(())).expect("over");
            assert_eq!(std::fs::read_to_string(&entry).expect("still there"), text, "the person's own decision");
        } else {
            wait(action, SOON, || (!entry.exists()).then_some(())).expect("taken away");
        }
    }
}
