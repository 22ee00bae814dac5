//! The window for the code, by what is typed, pressed and shown.

use iced_test::selector::by_label;

use super::*;
use crate::agent::state::State;
use crate::agent::wizard::sample::{Known, simulator, style};
use crate::protocol::{KnownAccount, MaskedUser, ProjectName};
use crate::{code, problem};

/// Nothing was ever entered here.
fn fresh() -> Known {
    Known::of(State::default())
}

fn sample() -> code::AuthenticationCode {
    code::AuthenticationCode::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22])
}

fn type_in(page: &mut Enrolment, text: &str) {
    let _ = page.update(Message::Typed(text.to_owned().into()));
}

#[test]
fn a_whole_mail_can_be_pasted_and_is_sent_once() {
    let mut page = Enrolment::new();
    page.pasted(format!("Hello Anna,\n\nthis is your code:\n\n    {}\n\nSee you", sample().grouped()));
    assert!(matches!(page.update(Message::Continue), Action::Submit(code) if code.reveal() == sample().reveal()));
    assert!(matches!(page.update(Message::Continue), Action::None), "a second click");
}

#[test]
fn a_projects_code_is_taken_as_well() {
    let mut page = Enrolment::new();
    type_in(&mut page, "abcdefghjk");
    assert!(matches!(page.update(Message::Continue), Action::Submit(code) if code.reveal() == "ABCDEFGHJK"));
}

#[test]
fn a_slip_is_explained_without_asking_the_server() {
    let style = style();
    let mut page = Enrolment::new();
    type_in(&mut page, "7KQ2");
    assert!(matches!(page.update(Message::Continue), Action::None));
    let told = page.code.told(&style).expect("told");
    assert!(simulator(page.view(&fresh().facts(), &style)).find(told.as_str()).is_ok(), "{told} is shown");
}

#[test]
fn after_a_refusal_it_can_be_sent_again() {
    let mut page = Enrolment::new();
    page.pasted(sample().grouped());
    let _ = page.update(Message::Continue);
    page.refused(Notice::new(problem::ResponseCode::InvalidCode));
    assert!(matches!(page.update(Message::Continue), Action::Submit(_)));
}

#[test]
fn nothing_is_bound_before_the_person_has_said_that_it_is_them() {
    let style = style();
    let mut page = Enrolment::new();
    page.offer(&offered_by("https://move.example.org"));
    assert!(matches!(page.update(Message::Mine), Action::None));
    let mut known = fresh();
    known.pending = Some(Activation {
        device_id: uuid::Uuid::nil(),
        token: "token".to_owned().into(),
        project: ProjectName { name: "Sample".into(), ..ProjectName::default() },
        user: Some(MaskedUser { name: "Anna".into(), address: "a***@new.example".into() }),
        instance: None,
    });
    page.found();
    assert!(page.title(&known.facts(), &style).contains("Sample"));
    let mut shown = simulator(page.view(&known.facts(), &style));
    assert!(shown.find("a***@new.example").is_ok());
    shown.click("Not you?").expect("a button");
    let messages: Vec<_> = shown.into_messages().collect();
    let actions: Vec<_> = messages.into_iter().map(|message| page.update(message)).collect();
    assert!(matches!(actions[..], [Action::Discard]));
    assert!(page.code.text().is_empty(), "the code is forgotten");
    assert_eq!(page.offered_server(), Some("https://move.example.org"), "whose server it is stays in sight");
    page.found();
    assert!(matches!(page.update(Message::Mine), Action::Bind));
    assert!(matches!(page.update(Message::Mine), Action::None), "a second click");
}

#[test]
fn the_keyboard_alone_types_and_sends() {
    let style = style();
    let mut page = Enrolment::new();
    let mut shown = simulator(page.view(&fresh().facts(), &style));
    shown.click(by_label("Your code")).expect("the field has a name");
    shown.typewrite("7");
    shown.tap_key(iced::keyboard::key::Named::Enter);
    let messages: Vec<_> = shown.into_messages().collect();
    assert!(matches!(messages[..], [Message::Typed(_), Message::Continue]), "{messages:?}");
    for message in messages {
        let _ = page.update(message);
    }
    assert!(page.code.told(&style).is_some(), "too short");
}

#[test]
fn what_a_link_fills_in_is_sent_by_one_press_and_names_the_server() {
    let style = style();
    let link = format!("mailshift://activate?server=https://move.example.org&code={}", sample().grouped());
    let mut page = Enrolment::new();
    page.offer(&Offer::of_link(&link).expect("an offer"));
    assert_eq!(page.focus_target(), Id::new(CONTINUE));
    assert!(simulator(page.view(&fresh().facts(), &style)).find("Server: move.example.org").is_ok());
    assert!(matches!(page.update(Message::Continue), Action::Submit(code) if code.reveal() == sample().reveal()));
}

#[test]
fn a_link_without_a_code_leaves_the_field_to_the_person() {
    let offer = Offer::of_link("mailshift://activate?server=https://m.example").expect("an offer");
    let mut page = Enrolment::new();
    page.offer(&offer);
    assert_eq!(page.focus_target(), CodeEntry::focus_target());
}

fn offered_by(server: &str) -> Offer {
    Offer::of_link(&format!("mailshift://activate?server={server}&code={}", sample().grouped())).expect("an offer")
}

#[test]
fn the_server_that_the_code_goes_to_is_always_named() {
    let style = style();
    let mut page = Enrolment::new();
    let known = Known::of(State { server: Some("https://good.example".into()), ..State::default() });
    assert!(simulator(page.view(&known.facts(), &style)).find("Server: good.example").is_ok());
    page.offer(&offered_by("https://evil.example"));
    assert_eq!(page.offered_server(), Some("https://evil.example"));
    let other = style.words.with("code-server-other", &[("known", "good.example")]);
    let mut shown = simulator(page.view(&known.facts(), &style));
    assert!(shown.find("Server: evil.example").is_ok() && shown.find(other.as_str()).is_ok());
    drop(shown);
    page.leave_offer();
    assert!(simulator(page.view(&known.facts(), &style)).find("Server: good.example").is_ok());
}

#[test]
fn a_server_elsewhere_than_the_persons_mail_is_told() {
    let style = style();
    let told = style.words.with("code-server-domain", &[("domain", "old.example")]);
    for (server, wanted) in [("https://move.old.example", false), ("https://old.example.evil.example", true)] {
        let (mut page, mut known) = (Enrolment::new(), fresh());
        let account = KnownAccount { address: "anna@old.example".into(), ..KnownAccount::default() };
        known.inventory.as_mut().expect("the sample has one").clients[0].accounts = vec![account];
        page.offer(&offered_by(server));
        assert_eq!(simulator(page.view(&known.facts(), &style)).find(told.as_str()).is_ok(), wanted, "{server}");
    }
}
