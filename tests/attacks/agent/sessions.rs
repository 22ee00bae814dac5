//! Two sessions of one person, and a display that goes away.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

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
