//! The window for the code.

use iced_test::selector::by_label;

use super::*;
use crate::agent::wizard::sample::{look, simulator};
use crate::problem;

fn sample() -> code::Code {
    code::Code::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22])
}

fn type_in(page: &mut Enrolment, text: &str) {
    let _ = page.update(Message::Typed(text.to_owned().into()));
}

#[test]
fn typing_groups_the_code_only_at_its_end() {
    let mut page = Enrolment::new();
    type_in(&mut page, "7kq2m");
    assert_eq!(page.typed.reveal(), "7KQ2-M");
    let revision = page.revision;
    type_in(&mut page, "7KQ-M");
    assert_eq!(page.typed.reveal(), "7KQ-M", "what is taken out in the middle moves nothing");
    assert_eq!(page.revision, revision);
}

#[test]
fn a_whole_mail_can_be_pasted_and_is_sent_once() {
    let mut page = Enrolment::new();
    page.pasted(format!("Hello Anna,\n\nthis is your code:\n\n    {}\n\nSee you", sample().grouped()));
    assert!(matches!(page.update(Message::Continue), Action::Submit(code) if code == sample()));
    assert!(matches!(page.update(Message::Continue), Action::None), "a second click");
}

#[test]
fn a_slip_is_explained_without_asking_the_server() {
    let look = look();
    for (typed, words) in [("", "Enter the code first"), ("7KQ2", "9 characters are missing"), ("7KQ!", "“!”")] {
        let mut page = Enrolment::new();
        type_in(&mut page, typed);
        assert!(matches!(page.update(Message::Continue), Action::None), "{typed}");
        let told = explain(&look, page.trouble.as_ref().expect("told"));
        assert!(told.contains(words), "{told}");
        assert!(simulator(page.view(&look)).find(told.as_str()).is_ok(), "{told} is shown");
    }
}

#[test]
fn a_refused_code_stays_in_the_field_with_the_tries_that_are_left() {
    let (mut page, look) = (Enrolment::new(), look());
    page.pasted(sample().grouped());
    let _ = page.update(Message::Continue);
    page.refused(Notice::new(problem::Code::Act2), Some(1));
    assert_eq!(page.typed.reveal(), sample().grouped());
    assert!(explain(&look, page.trouble.as_ref().expect("told")).contains("one try left"));
    assert!(matches!(page.update(Message::Continue), Action::Submit(_)));
}

#[test]
fn nothing_is_bound_before_the_person_has_said_that_it_is_them() {
    let look = look();
    let mut page = Enrolment::new();
    page.pasted(sample().grouped());
    assert!(matches!(page.update(Message::Mine), Action::None));
    let card = Card {
        project: "Sample".into(),
        helpdesk: Helpdesk::default(),
        name: "Anna".into(),
        address: "a***@new.example".into(),
    };
    page.found(card.clone());
    let mut shown = simulator(page.view(&look));
    shown.click("Not you?").expect("a button");
    let messages: Vec<_> = shown.into_messages().collect();
    let actions: Vec<_> = messages.into_iter().map(|message| page.update(message)).collect();
    assert!(matches!(actions[..], [Action::Discard]));
    assert!(page.typed.is_empty(), "the code is forgotten");
    page.found(card);
    assert!(matches!(page.update(Message::Mine), Action::Bind));
    assert!(matches!(page.update(Message::Mine), Action::None), "a second click");
}

#[test]
fn the_keyboard_alone_types_and_sends() {
    let look = look();
    let mut page = Enrolment::new();
    let mut shown = simulator(page.view(&look));
    shown.click(by_label("Your code")).expect("the field has a name");
    shown.typewrite("7");
    shown.tap_key(iced::keyboard::key::Named::Enter);
    let messages: Vec<_> = shown.into_messages().collect();
    assert!(matches!(messages[..], [Message::Typed(_), Message::Continue]), "{messages:?}");
    for message in messages {
        let _ = page.update(message);
    }
    assert!(page.trouble.is_some(), "too short");
}

#[test]
fn the_code_does_not_show_itself_when_debugged() {
    let mut page = Enrolment::new();
    page.pasted(sample().grouped());
    assert!(!format!("{page:?}").contains("9DWP") && !format!("{page:?}").contains(&sample().reveal()[4..]));
}

#[test]
fn what_a_link_fills_in_is_sent_by_one_press_and_names_the_server() {
    let look = look();
    let link = format!("mailshift://activate?server=https://move.example.org&code={}", sample().grouped());
    let mut page = Enrolment::offered(&Offer::of_link(&link).expect("an offer"));
    assert_eq!(page.focus_target(), Id::new(CONTINUE));
    assert!(simulator(page.view(&look)).find("Server: move.example.org").is_ok());
    assert!(matches!(page.update(Message::Continue), Action::Submit(code) if code == sample()));
}

#[test]
fn a_link_without_a_code_leaves_the_field_to_the_person() {
    let page = Enrolment::offered(&Offer::of_link("mailshift://activate?server=https://m.example").expect("an offer"));
    assert_eq!(page.focus_target(), Id::new(FIELD));
}
