//! Servers that an agent does not belong to, and those that have lost their memory.

use std::fs;

use mailshift::demo::screen::wait;
use serde_json::{Value, json};

use super::desk::{DEVICE, Desk, SOON, TOKEN};
use super::stand_in::{Heard, StandIn, directive, says, taken};

fn bearer() -> String {
    format!("Bearer {TOKEN}")
}

fn asked_with_the_token(server: &StandIn) {
    let asked = || server.was_asked("GET /v1/directive").filter(|heard| heard.authorization == bearer());
    wait("the agent's question", SOON, asked).expect("asked");
}

/// H4: a setting of any kind made an activated agent hand its token to another server, and the change was kept.
#[test]
#[ignore = "needs a virtual screen: make test"]
fn another_configured_server_hears_nothing_of_an_activated_computer() {
    for way in ["config.json", "--server", "MAILSHIFT_SERVER"] {
        let genuine = StandIn::start(says(directive("wait", 0, "imap.new.example")));
        let other = StandIn::start(says(directive("wait", 0, "imap.evil.example")));
        let mut desk = Desk::new();
        desk.was_activated(&genuine.url, &json!({}));
        let (arguments, environment) = match way {
            "--server" => (vec!["--background", "--server", other.url.as_str()], vec![]),
            "MAILSHIFT_SERVER" => (vec!["--background"], vec![("MAILSHIFT_SERVER", other.url.as_str())]),
            _ => {
                let folder = desk.session.home().join(".config/mailshift");
                fs::create_dir_all(&folder).expect("made");
                fs::write(folder.join("config.json"), json!({ "server": other.url }).to_string()).expect("written");
                (vec!["--background"], vec![])
            }
        };
        desk.start(&arguments, &environment);
        desk.session.wait_for_window(&desk.word("question-server-title")).expect("the person is asked");
        asked_with_the_token(&genuine);
        desk.presses("question-server-title", "question-server-stay");
        wait("the answer", SOON, || (desk.state()["declined_server"] == other.url).then_some(())).expect("kept");
        assert_eq!(desk.state()["server"], genuine.url, "{way}");
        assert!(desk.log().contains("SET-5"), "{way}: told in the log");
        let bound = format!("{}/\n{TOKEN}", genuine.url);
        wait("the token to be bound to its server", SOON, || (desk.token() == bound).then_some(())).expect("bound");
        assert!(other.heard().is_empty(), "{way}: {:?}", other.heard());
    }
}

/// H4: who wants the other server starts over: with a code, without the old token, and with the old state kept.
#[test]
#[ignore = "needs a virtual screen: make test"]
fn who_starts_over_with_another_server_shows_it_no_old_token() {
    let genuine = StandIn::start(says(directive("wait", 0, "imap.new.example")));
    let other = StandIn::start(says(directive("wait", 0, "imap.other.example")));
    let mut desk = Desk::new();
    desk.was_activated(&genuine.url, &json!({}));
    desk.start(&["--server", &other.url], &[]);
    desk.presses("question-server-title", "question-server-go-on");
    desk.session.wait_for_window(&desk.word("code-title")).expect("a code is asked for");
    wait("the token to be gone", SOON, || desk.token().is_empty().then_some(())).expect("gone");
    assert_eq!(desk.state()["server"], other.url);
    let kept = fs::read_dir(desk.state_folder()).expect("a folder").flatten().find_map(|file| {
        let is_old = file.file_name().to_string_lossy().starts_with("state.json.before-");
        is_old.then(|| fs::read_to_string(file.path()).expect("readable"))
    });
    assert!(kept.expect("the old state").contains(DEVICE));
    assert!(other.heard().iter().all(|heard| !heard.authorization.contains(TOKEN)), "{:?}", other.heard());
}

/// H4: a token is of use at the server that issued it, also where a state says another one, as a restored home may.
#[test]
#[ignore = "needs a virtual screen: make test"]
fn a_token_is_shown_to_no_server_but_the_one_that_issued_it() {
    let genuine = StandIn::start(says(directive("wait", 0, "imap.new.example")));
    let other = StandIn::start(says(directive("wait", 0, "imap.other.example")));
    let mut desk = Desk::new();
    desk.was_activated(&other.url, &json!({}));
    fs::write(desk.state_folder().join("token"), format!("{}/\n{TOKEN}", genuine.url)).expect("written");
    desk.start(&[], &[]);
    desk.session.wait_for_window(&desk.word("code-title")).expect("a code is asked for");
    wait("the token to be gone", SOON, || desk.token().is_empty().then_some(())).expect("gone");
    assert!(other.heard().iter().all(|heard| !heard.authorization.contains(TOKEN)), "{:?}", other.heard());
}

/// H5: a link replaced the server of an agent that waits for its code, for good; later windows did not name it.
#[test]
#[ignore = "needs a virtual screen: make test"]
fn a_link_that_was_left_is_forgotten_and_the_code_goes_to_the_known_server() {
    let (good, evil) =
        (StandIn::start(says(directive("wait", 0, "x"))), StandIn::start(says(directive("wait", 0, "x"))));
    let link = format!("mailshift://activate?server={}", evil.url.replace(':', "%3A").replace('/', "%2F"));
    // Placed once; the next sign-ins do not name it any more.
    let mut desk = Desk::new();
    desk.start(&["--server", &good.url], &[]);
    desk.session.wait_for_window(&desk.word("code-title")).expect("a window");
    desk.start(&["--background"], &[]);
    desk.session.wait_for_window(&desk.word("code-title")).expect("a window");
    desk.second_start(&[&link]);
    desk.shows(&desk.word("problem-SET-5"));
    assert_eq!(desk.state()["server"], good.url);
    // Where no server is known, the link fills in the page and nothing else.
    let mut desk = Desk::new();
    desk.start(&[&link], &[]);
    desk.session.wait_for_window(&desk.word("code-title")).expect("a window");
    desk.shows(&desk.words.with("code-server", &[("host", "127.0.0.1")]));
    desk.session.close_window(&desk.word("code-title")).expect("closed");
    assert_eq!(desk.state()["server"], Value::Null, "nothing is remembered of it");
    // The person goes on with their own.
    desk.start(&["--server", &good.url], &[]);
    desk.session.wait_for_window(&desk.word("code-title")).expect("a window");
    let code = mailshift::code::AuthenticationCode::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22]).grouped();
    desk.person().type_into(&desk.word("code-field"), &code).expect("typed");
    desk.session.key("Return").expect("pressed");
    wait("the code", SOON, || good.was_asked("POST /v1/activations")).expect("at the known server");
    assert!(evil.heard().is_empty(), "{:?}", evil.heard());
}

const OURS: &str = "00000000-0000-0000-0000-000000000001";

fn does_not_know(instance: Option<&str>) -> impl FnMut(&Heard) -> (u16, Value) + Send + 'static {
    let problem = json!({
        "type": "about:blank", "title": "unknown device", "status": 401, "code": "ACT-8", "instance": instance,
    });
    move |_| (401, problem.clone())
}

/// H8: one answer of a server with another database made the agent forget everything.
#[test]
#[ignore = "needs a virtual screen: make test"]
fn an_agent_that_hears_another_database_keeps_everything_and_goes_on_when_the_right_one_is_back() {
    for instance in [Some("00000000-0000-0000-0000-000000000002"), None] {
        let server = StandIn::start(does_not_know(instance));
        let mut desk = Desk::new();
        desk.was_activated(&server.url, &json!({ "instance": OURS, "acted_on": 7 }));
        desk.start(&["--background"], &[]);
        desk.waits_for_status(&desk.word("tray-not-known"));
        assert!(desk.log().contains("NET-9"), "{}", desk.log());
        assert_eq!((desk.state()["device_id"].as_str(), desk.state()["acted_on"].as_u64()), (Some(DEVICE), Some(7)));
        assert!(desk.token().ends_with(TOKEN));
        server.answer(says(directive("wait", 7, "imap.new.example")));
        desk.waits_for_status(&desk.word("tray-waiting"));
        asked_with_the_token(&server);
    }
}

/// H8: also the right database is asked for days before it is believed; only an order to leave is followed at once.
#[test]
#[ignore = "needs a virtual screen: make test"]
fn an_agent_that_its_own_server_does_not_know_asks_for_days_and_leaves_at_once_when_told_to() {
    let server = StandIn::start(does_not_know(Some(OURS)));
    let mut desk = Desk::new();
    desk.was_activated(&server.url, &json!({ "instance": OURS }));
    desk.start(&[], &[]);
    desk.session.wait_for_window(&desk.word("waiting-title")).expect("a window");
    desk.waits_for_log("NET-8");
    wait("it to be remembered", SOON, || (desk.state()["unknown"]["times"] == 1).then_some(())).expect("remembered");
    assert_eq!(desk.state()["stage"]["name"], "waiting");
    assert!(desk.token().ends_with(TOKEN));
    // A week of it, and often.
    let unknown = json!({ "since": "2026-01-01T00:00:00Z", "times": 40 });
    desk.was_activated(&server.url, &json!({ "instance": OURS, "unknown": unknown }));
    desk.start(&["--background"], &[]);
    desk.session.wait_for_window(&desk.word("code-title")).expect("a code is asked for");
    desk.shows(&desk.word("problem-ACT-8"));
    wait("the token to be gone", SOON, || desk.token().is_empty().then_some(())).expect("gone");
    // The order to leave needs no week.
    server.answer(says(directive("remove", 1, "imap.new.example")));
    desk.was_activated(&server.url, &json!({ "instance": OURS }));
    desk.start(&["--background"], &[]);
    wait("the agent to leave", SOON, || server.was_asked("DELETE /v1/activations/self")).expect("told");
    wait("it to forget", SOON, || (desk.state()["stage"]["name"] == "unactivated").then_some(())).expect("forgotten");
}

/// A restored backup: orders of a history that the agent does not know are not followed before it has said where it
/// stands. An event that the server cannot read does not hold the others up.
#[test]
#[ignore = "needs a virtual screen: make test"]
fn after_a_restored_backup_the_agent_says_where_it_stands_before_it_follows() {
    let of_epoch = |epoch: u64, action: &str, order: u64| {
        let mut directive = directive(action, order, "imap.new.example");
        directive["epoch"] = json!(epoch);
        directive
    };
    let server = StandIn::start(move |heard| match heard.line.split('?').next().unwrap_or_default() {
        // Older than the agent, and hasty.
        "GET /v1/directive" if heard.line.contains("epoch=3") => (200, of_epoch(4, "rehearse", 90)),
        "GET /v1/directive" => (200, of_epoch(4, "rehearse", 91)),
        "POST /v1/events" => {
            let id = heard.body[0]["id"].clone();
            (202, json!({ "recorded": 0, "known": 0, "refused": [{ "place": 0, "id": id, "reason": "a story" }] }))
        }
        other => taken(other),
    });
    let mut desk = Desk::new();
    desk.was_activated(&server.url, &json!({ "epoch": 3, "acted_on": 5 }));
    desk.start(&["--background"], &[]);
    wait("the new epoch", SOON, || (desk.state()["epoch"] == 4).then_some(())).expect("adopted");
    wait("the order", SOON, || (desk.state()["acted_on"] == 91).then_some(())).expect("followed");
    let told = server.events();
    assert_eq!((told[0]["kind"].as_str(), told[0]["order"].as_u64()), (Some("waiting"), Some(5)), "{told:?}");
    let lines: Vec<_> = server.heard().into_iter().map(|heard| heard.line).collect();
    let place = |start: &str, part: &str| lines.iter().position(|line| line.starts_with(start) && line.contains(part));
    assert!(place("POST /v1/events", "") < place("GET /v1/directive", "epoch=4"), "{lines:?}");
    let first = &lines[place("GET", "").expect("asked")];
    assert!(first.contains("epoch=3") && first.contains("acted_on=5") && first.contains("stage=waiting"), "{first}");
    assert!(desk.log().contains("cannot read a report"));
    assert_eq!(desk.state()["outbox"], json!([]));
    assert!(!desk.log().contains("order=90"), "nothing was done of what came before");
}
