//! A server that changes where the password goes.

use std::net::TcpListener;

use mailshift::demo::screen::wait;
use serde_json::{Value, json};

use super::desk::{Desk, SOON};
use super::stand_in::{StandIn, directive, says};

/// M4: the password went to whatever host the newest directive named, and no page said which.
#[test]
#[ignore = "needs thunderbird and a virtual screen: make test"]
fn other_mail_servers_than_agreed_are_shown_before_there_is_a_password_to_type() {
    let server = StandIn::start(says(directive("wait", 0, "imap.new.example")));
    let mut desk = Desk::new();
    desk.was_activated(&server.url, &json!({}));
    desk.start(&["--background"], &[]);
    let agreed = || (desk.state()["agreed"]["hosts"] == json!(["imap.new.example"])).then_some(());
    wait("the agreement", SOON, agreed).expect("remembered");
    server.answer(says(directive("configure", 1, "imap.new.example.evil.example")));
    desk.session.wait_for_window(&desk.word("question-mail-title")).expect("the person is asked");
    let change = [("now", "imap.new.example.evil.example"), ("was", "imap.new.example")];
    desk.shows(&desk.words.with("question-mail-lead", &change));
    desk.presses("question-mail-title", "question-mail-stay");
    let told = || server.events().into_iter().find(|event| event["code"] == "SET-9");
    wait("the report", SOON, told).expect("the operator is told");
    assert_eq!(desk.state()["agreed"]["hosts"], json!(["imap.new.example"]));
}

/// A mail server of which only matters whether somebody comes.
fn mail_server(host: &str) -> TcpListener {
    let listener = TcpListener::bind((host, 0)).expect("a port");
    listener.set_nonblocking(true).expect("set");
    listener
}

/// The order to move to this mail server.
fn moves_to(server: &TcpListener) -> Value {
    let address = server.local_addr().expect("bound");
    let mut order = directive("configure", 1, &address.ip().to_string());
    for side in ["incoming", "outgoing"] {
        order["project"]["account"][side]["port"] = json!(address.port());
    }
    order
}

/// M4: hosts changed under an open wizard, after its first page was read.
#[test]
#[ignore = "needs thunderbird and a virtual screen: make test"]
fn an_open_wizard_keeps_to_the_mail_server_that_it_has_named() {
    let (named, other) = (mail_server("127.0.0.2"), mail_server("127.0.0.3"));
    let server = StandIn::start(says(moves_to(&named)));
    let mut desk = Desk::new();
    desk.was_activated(&server.url, &json!({}));
    desk.start(&["--background"], &[]);
    desk.session.wait_for_window(&desk.word("instructions-title")).expect("the wizard");
    server.answer(says(moves_to(&other)));
    let heard = || (desk.state()["directive"]["project"]["account"]["incoming"]["host"] == "127.0.0.3").then_some(());
    wait("the change", SOON, heard).expect("heard");
    desk.presses("instructions-title", "instructions-continue");
    desk.shows(&desk.words.with("password-sent", &[("host", "127.0.0.2")]));
    assert_eq!(desk.state()["begun"]["project"]["account"]["incoming"]["host"], "127.0.0.2");
    // And that is where it goes.
    desk.person().type_into(&desk.word("password-field"), "a password").expect("typed");
    desk.presses("password-title", "password-set-up");
    wait("the sign-in", SOON, || named.accept().ok()).expect("at the server that was named");
    assert!(other.accept().is_err(), "nobody came to the other one");
}
