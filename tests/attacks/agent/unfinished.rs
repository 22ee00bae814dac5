//! What an earlier set-up has left, and nobody can read.

use std::fs;

use mailshift::demo::screen::wait;
use serde_json::json;

use super::desk::{Desk, SOON};
use super::stand_in::{StandIn, directive, says};

const OF_ANOTHER_VERSION: &str = "{ of another version";

fn leaves_a_record(desk: &Desk) {
    fs::write(desk.state_folder().join("journal.json"), OF_ANOTHER_VERSION).expect("written");
}

/// Whether the record lies where nothing overwrites it, and no longer in the way.
fn is_set_aside(desk: &Desk) -> bool {
    let files = fs::read_dir(desk.state_folder()).expect("a folder").flatten();
    let kept = |path: &std::path::Path| fs::read_to_string(path).is_ok_and(|text| text == OF_ANOTHER_VERSION);
    let kept: Vec<_> = files.map(|file| file.path()).filter(|path| kept(path)).collect();
    kept.len() == 1 && !kept[0].ends_with("journal.json")
}

/// H6: it was shown by nothing, and the next set-up wrote over it.
#[test]
#[ignore = "needs a virtual screen: make test"]
fn what_is_half_done_is_shown_at_each_start_until_going_back_again_has_worked() {
    let server = StandIn::start(says(directive("wait", 0, "imap.new.example")));
    let mut desk = Desk::new();
    desk.was_activated(&server.url, &json!({}));
    leaves_a_record(&desk);
    for _ in 0..2 {
        desk.start(&["--background"], &[]);
        desk.session.wait_for_window(&desk.word("undo-title")).expect("it is shown");
        desk.shows(&desk.word("undo-again"));
        desk.presses("undo-title", "close");
    }
    // Closed is not given up.
    desk.second_start(&["undo"]);
    desk.presses("undo-title", "undo-go-back");
    desk.session.wait_for_window(&desk.word("undo-title-done")).expect("worked off");
    assert!(is_set_aside(&desk));
}

/// H6: after a set-up that was cut off the settings are shown, and nothing new is begun before the way back has worked.
#[test]
#[ignore = "needs thunderbird and a virtual screen: make test"]
fn a_set_up_that_was_cut_off_goes_back_first_and_then_begins_anew() {
    let order = directive("configure", 1, "imap.new.example");
    let server = StandIn::start(says(order.clone()));
    let mut desk = Desk::new();
    desk.was_activated(
        &server.url,
        &json!({ "stage": { "name": "configuring" }, "directive": order, "begun": order, "acted_on": 1 }),
    );
    leaves_a_record(&desk);
    desk.start(&["--background"], &[]);
    desk.presses("manual-title", "undo-again");
    desk.session.wait_for_window(&desk.word("password-title")).expect("it begins anew");
    assert!(is_set_aside(&desk));
    wait("the failure", SOON, || server.events().into_iter().find(|event| event["kind"] == "failed")).expect("told");
}
