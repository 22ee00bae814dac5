use iced_test::selector::by_label;

use super::*;
use crate::agent::api;
use crate::agent::state::State;
use crate::agent::wizard::sample::{Known, simulator, style};
use crate::code;
use crate::problem::ResponseCode;

const ANNA: &str = "anna@old.example";

fn page_with_address() -> Identification {
    let mut page = Identification::new();
    let _ = page.update(Message::Address(format!(" {ANNA} ")));
    page
}

fn anna() -> MaskedUser {
    MaskedUser { name: "Anna".into(), address: "a***@new.example".into() }
}

/// Anna is signed in.
fn known() -> Known {
    Known::of(State { user: Some(anna()), ..State::default() })
}

fn registered(by: Proof) -> Registered {
    let digits = (by == Proof::Link).then(|| "471".into());
    Registered { address: "a***@old.example".into(), by, digits }
}

fn personal_code() -> code::AuthenticationCode {
    code::AuthenticationCode::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22])
}

fn shows(page: &Identification, words: &str) -> bool {
    let (style, known) = (style(), known());
    simulator(page.view(&known.facts(), &style)).find(words).is_ok()
}

/// Clicks on what is named so and gives the page what comes of it.
fn click(page: &mut Identification, name: &str) -> Action {
    let (style, known) = (style(), known());
    let mut shown = simulator(page.view(&known.facts(), &style));
    shown.click(name).unwrap_or_else(|_| panic!("{name} is there"));
    let messages: Vec<_> = shown.into_messages().collect();
    let mut actions: Vec<_> = messages.into_iter().map(|message| page.update(message)).collect();
    assert_eq!(actions.len(), 1, "{name}");
    actions.remove(0)
}

#[test]
fn a_link_is_asked_for_once_and_the_page_then_waits_for_it() {
    let mut page = page_with_address();
    let _ = page.update(Message::Name("Anna ".into()));
    let asked = click(&mut page, "Send me an email");
    let wanted = RegistrationRequest { address: ANNA.into(), name: "Anna".into(), by: Proof::Link };
    assert!(matches!(asked, Action::Register(request) if request == wanted));
    assert!(matches!(page.update(Message::Send(Proof::Link)), Action::None), "a second click");
    page.sent(registered(Proof::Link));
    assert!(shows(&page, "We sent it to a***@old.example. The page behind it asks for these digits:"));
    assert!(shows(&page, "4 7 1"));
    let spoken = "The digits are 4 7 1. They show that you sit at this computer. Tell them to nobody.";
    assert!(
        simulator(page.view(&known().facts(), &style())).find(by_label(spoken)).is_ok(),
        "a screen reader says what they are for"
    );
    assert!(matches!(click(&mut page, "Send it again"), Action::Register(request) if request.by == Proof::Link));
    page.sent(registered(Proof::Link));
    assert!(shows(&page, "Sent once more. Only the newest link counts."));
    assert!(
        matches!(click(&mut page, "Send me a code instead"), Action::Register(request) if request.by == Proof::Code)
    );
    page.sent(registered(Proof::Code));
    assert!(shows(&page, "It is in the email that we sent to a***@old.example."));
    assert!(matches!(click(&mut page, "Send it again"), Action::Register(request) if request.by == Proof::Code));
}

#[test]
fn a_server_that_asks_for_no_digits_gets_none() {
    let mut page = page_with_address();
    let _ = page.update(Message::Send(Proof::Link));
    page.sent(Registered { digits: None, ..registered(Proof::Link) });
    assert!(shows(&page, "We sent it to a***@old.example. Confirm there that this computer is yours."));
}

#[test]
fn a_slip_in_the_address_is_told_without_asking_the_server() {
    for (typed, id) in [
        (" ", "identify-slip-empty"),
        ("anna", "identify-slip-address"),
        ("anna@", "identify-slip-address"),
        ("@old.example", "identify-slip-address"),
        ("anna b@old.example", "identify-slip-address"),
    ] {
        for message in [Message::Send(Proof::Link), Message::HaveCode] {
            let mut page = Identification::new();
            let _ = page.update(Message::Address(typed.into()));
            assert!(matches!(page.update(message), Action::None), "{typed}");
            assert!(shows(&page, &style().words.text(id)), "{typed}");
            assert_eq!(page.focus_target(), Id::new(ADDRESS));
        }
    }
}

#[test]
fn a_code_that_is_there_already_is_sent_with_the_address_and_a_wrong_one_stays_with_its_tries() {
    let mut page = page_with_address();
    assert!(matches!(click(&mut page, "I have a code from an email"), Action::None));
    assert_eq!(page.focus_target(), CodeEntry::focus_target());
    page.pasted(format!("Your code: {}", personal_code().grouped()));
    let Action::SignIn(request) = click(&mut page, "Continue") else { panic!("it is sent") };
    assert_eq!((request.address.as_str(), request.code.reveal()), (ANNA, personal_code().reveal()));
    page.refused(Notice::new(ResponseCode::SignInRefused).fact("tries", 3));
    assert_eq!(page.code.text(), personal_code().grouped());
    assert!(page.code.told(&style()).expect("told").contains("You have 3 tries left."));
    let _ = click(&mut page, "Back");
    assert_eq!(page.address.trim(), ANNA, "the address is still there");
}

#[test]
fn every_refusal_is_told_with_its_remedy_and_nothing_typed_is_lost() {
    let registrations = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(|n| format!("USU-{n}"));
    let sign_ins = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(|n| format!("USO-{n}"));
    let net = ["NET-1", "NET-2", "NET-3", "NET-6"].map(String::from);
    for id in registrations.iter().chain(&sign_ins).chain(&net) {
        let code = *ResponseCode::ALL.iter().find(|code| code.id() == id).expect("of the catalogue");
        let told = Notice::new(code).told_of_request(&style().words);
        assert!(!told.contains("by ourselves"), "{told}");
        let mut page = page_with_address();
        if id.starts_with("USO") {
            let _ = page.update(Message::HaveCode);
            page.pasted(personal_code().grouped());
            let _ = page.update(Message::SignIn);
        } else {
            let _ = page.update(Message::Send(Proof::Link));
        }
        page.refused(Notice::new(code));
        assert!(shows(&page, &told), "{told}");
        assert!(shows(&page, &format!("Code\u{a0}{id}")), "{id}");
        assert_eq!(page.address.trim(), ANNA);
        let again = if id.starts_with("USO") { Message::SignIn } else { Message::Send(Proof::Link) };
        assert!(!matches!(page.update(again), Action::None), "{id}: it can be tried again");
    }
}

#[test]
fn where_no_link_can_be_sent_a_code_is_offered() {
    for (code, offered) in [
        (ResponseCode::UserMailFailed, true),
        (ResponseCode::StrangerMailFailed, true),
        (ResponseCode::ForeignDomain, false),
    ] {
        let mut page = page_with_address();
        let _ = page.update(Message::Send(Proof::Link));
        page.refused(Notice::new(code));
        assert_eq!(shows(&page, "Send me a code instead"), offered, "{}", code.id());
    }
}

#[test]
fn when_it_may_be_tried_again_is_told() {
    let mut page = page_with_address();
    let _ = page.update(Message::Send(Proof::Link));
    let notice = Notice::new(ResponseCode::ServerBusy).fact("seconds", 40);
    page.refused(notice.clone());
    let told = notice.told_of_request(&style().words);
    assert!(told.contains("40 seconds") && shows(&page, &told), "{told}");
}

#[test]
fn the_page_ends_by_itself_unless_there_is_something_to_tell() {
    let mut waiting = page_with_address();
    let _ = waiting.update(Message::Send(Proof::Link));
    waiting.sent(registered(Proof::Link));
    assert!(!waiting.known(&anna()), "the link was followed");
    assert!(!page_with_address().known(&anna()), "an operator has assigned somebody");
    assert!(!Identification::looking(None).known(&anna()), "found by the directory");
    let mut told = page_with_address();
    told.signed_in();
    assert!(told.known(&anna()) && told.may_end());
    assert!(shows(&told, "Anna") && shows(&told, "a***@new.example"));
    assert!(matches!(click(&mut told, "Continue"), Action::GoOn));
}

#[test]
fn who_signs_out_is_asked_anew_and_a_lock_is_told() {
    let mut page = Identification::leaving();
    assert!(matches!(click(&mut page, "It is me"), Action::GoOn));
    assert!(matches!(click(&mut page, "Sign out"), Action::SignOut));
    assert!(!page.may_end(), "the server is being asked");
    page.refused(Notice::new(ResponseCode::ServerUnreachable));
    assert!(shows(&page, "Code\u{a0}NET-1"));
    let mut out = Identification::looking(Some(anna()));
    out.unknown();
    assert_eq!(out.focus_target(), Id::new(ADDRESS));
    let mut locked = Identification::looking(Some(anna()));
    assert!(locked.known(&anna()));
    assert!(shows(&locked, "You are signed in again"));
    let mut other = Identification::looking(Some(anna()));
    assert!(!other.known(&MaskedUser { name: "Jörg".into(), ..anna() }), "somebody else is somebody new");
}

#[test]
fn without_the_server_the_page_says_so_and_can_be_closed() {
    let mut known = known();
    known.trouble = Some(api::Error::Offline { host: "m.example".into(), port: 443 });
    let mut page = Identification::looking(None);
    let style = style();
    let mut shown = simulator(page.view(&known.facts(), &style));
    assert!(shown.find(by_label("Finding your mailbox")).is_ok());
    assert!(shown.find(style.words.text("identify-looking").as_str()).is_err());
    drop(shown);
    assert!(matches!(click(&mut page, "Close"), Action::Close));
}

#[test]
fn the_keyboard_alone_types_and_sends() {
    let style = style();
    let mut page = Identification::new();
    let known = known();
    let mut shown = simulator(page.view(&known.facts(), &style));
    shown.click(by_label("Your mail address")).expect("the field has a name");
    shown.typewrite("a");
    shown.tap_key(iced::keyboard::key::Named::Enter);
    let messages: Vec<_> = shown.into_messages().collect();
    assert!(matches!(messages[..], [Message::Address(_), Message::Send(Proof::Link)]), "{messages:?}");
    for message in messages {
        let _ = page.update(message);
    }
    assert!(page.trouble.is_some(), "it is no whole address");
}
