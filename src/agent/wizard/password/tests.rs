use iced_test::selector::by_label;

use super::*;
use crate::agent::wizard::sample::{known, simulator, style};
use crate::problem::ResponseCode;

fn typed(page: &mut Password, text: &str) {
    let _ = page.update(Message::Typed(text.to_owned().into()), &known().facts());
}

#[test]
fn an_empty_password_is_explained_and_nothing_starts() {
    let (mut page, style) = (Password::default(), style());
    assert_eq!(page.update(Message::SetUp, &known().facts()), Action::Focus(Id::new(FIELD)));
    assert!(simulator(page.view(&known().facts(), &style)).find("Enter the password of your new mailbox.").is_ok());
}

#[test]
fn the_existing_password_is_taken_as_it_is() {
    let mut page = Password::default();
    typed(&mut page, " x ");
    let Action::SetUp(Choice::Existing(password)) = page.update(Message::SetUp, &known().facts()) else {
        panic!("set up")
    };
    assert_eq!(password.reveal(), " x ");
}

#[test]
fn a_new_password_follows_the_rules_and_is_typed_twice() {
    let mut page = Password::default();
    let _ = page.update(Message::Choose(Kind::Create), &known().facts());
    for (first, second, slip) in [
        ("", "", Slip::Empty),
        ("short 1", "", Slip::Rules),
        ("long enough", "", Slip::Rules),
        ("long enough 1", "", Slip::RepeatEmpty),
        ("long enough 1", "long enough 2", Slip::RepeatDiffers),
    ] {
        typed(&mut page, first);
        let _ = page.update(Message::Repeated(second.to_owned().into()), &known().facts());
        assert!(matches!(page.update(Message::SetUp, &known().facts()), Action::Focus(_)), "{slip:?}");
        assert_eq!(page.slip, Some(slip));
    }
    let _ = page.update(Message::Repeated("long enough 1".to_owned().into()), &known().facts());
    assert!(matches!(page.update(Message::SetUp, &known().facts()), Action::SetUp(Choice::Create(_))));
}

#[test]
fn creating_is_offered_only_where_the_project_allows_it() {
    let style = style();
    let mut known = known();
    let mut page = Password::default();
    assert!(simulator(page.view(&known.facts(), &style)).find(by_label("Create one")).is_ok());
    known.project().password.prefer_create = true;
    assert_eq!(page.kind(&known.facts()), Kind::Create);
    let _ = page.update(Message::Choose(Kind::Create), &known.facts());
    known.project().password.may_create = false;
    assert!(simulator(page.view(&known.facts(), &style)).find(by_label("Create one")).is_err());
    assert_eq!(page.kind(&known.facts()), Kind::Existing);
}

#[test]
fn strength_is_told_in_words_and_knows_the_persons_own_name() {
    let mut page = Password::default();
    let _ = page.update(Message::Choose(Kind::Create), &known().facts());
    typed(&mut page, "anna@new.example");
    assert!(page.strength <= 1, "{}", page.strength);
    typed(&mut page, "wandering otter beneath 7 lanterns");
    assert_eq!(page.strength, 4);
}

#[test]
fn a_refusal_is_told_inline_and_goes_when_something_else_is_typed() {
    let (mut page, style) = (Password::default(), style());
    typed(&mut page, "wrong");
    page.refused(Notice::new(ResponseCode::PasswordRefused));
    assert_eq!(page.existing.reveal(), "wrong");
    assert!(simulator(page.view(&known().facts(), &style)).find("Code\u{a0}PWD-3").is_ok());
    typed(&mut page, "right");
    assert!(simulator(page.view(&known().facts(), &style)).find("Code\u{a0}PWD-3").is_err());
}

#[test]
fn a_password_is_hidden_until_it_is_asked_for_and_never_debugged() {
    let (mut page, style) = (Password::default(), style());
    typed(&mut page, "hunter2");
    assert!(!page.shown);
    let mut shown = simulator(page.view(&known().facts(), &style));
    shown.click(by_label("Show the password")).expect("a named button");
    let messages: Vec<_> = shown.into_messages().collect();
    assert!(matches!(messages[..], [Message::Show]));
    let told = format!(
        "{:?} {:?}",
        Message::Typed("hunter2".to_owned().into()),
        page.update(Message::SetUp, &known().facts())
    );
    assert!(!told.contains("hunter2"), "{told}");
}
