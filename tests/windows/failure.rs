//! What can go wrong with Outlook: each time the registry is as it was, or everything is done.

use mailshift::demo::screen::wait;

use super::exchange::{EXCHANGE, finish_in_outlook, is_complete};
use super::injection::NO_EMPTY_PROFILE;
use super::journey::{End, SET_UP};
use super::kept::{assert_as_before, ours};
use super::stage::{SOON, Stage, Told, play};

/// Ends on the settings by hand, with the registry as it was.
fn fails(stage: &mut Stage) -> Result<String, mailshift::demo::Error> {
    let before = stage.mail_registry()?;
    stage.until_committed()?;
    let End::Manual(code) = stage.ended()? else { panic!("it did not fail") };
    let after = stage.mail_registry()?;
    assert_as_before(&after, &before, "the registry is as it was");
    // A profile that Outlook has opened is the person's to remove.
    let opened = stage.noted("outlook").iter().any(|line| line.starts_with("start [/profile"));
    assert_eq!(ours(&after).len(), usize::from(opened), "{after}");
    stage.turn_to_page("manual-title")?;
    Ok(code)
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn an_outlook_that_ends_without_an_account_leads_to_the_settings_by_hand_and_changes_nothing() {
    play(EXCHANGE, |stage| {
        stage.outlook_is("quits")?;
        let code = fails(stage)?;
        assert!(code.starts_with("CFG-"), "{code}");
        stage.picture("manual")
    });
}

fn falls_back(order: &str) {
    play(EXCHANGE, |stage| {
        stage.provider_is(order)?;
        stage.until_committed()?;
        wait("Outlook's assistant", SET_UP, || stage.screen.window("Welcome to Outlook"))?;
        finish_in_outlook(stage)?;
        is_complete(stage)
    });
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn a_broken_provider_leads_to_outlooks_own_assistant() {
    falls_back("broken");
}

/// A call in the middle.
const MIDDLE: usize = 7;

fn is_survived(kind: &str) {
    play(EXCHANGE, |stage| {
        stage.provider_is(&format!("{kind} {MIDDLE}"))?;
        let before = stage.mail_registry()?;
        stage.until_committed()?;
        let done = || {
            let assistant = stage.screen.window("Welcome to Outlook").is_some();
            (assistant || stage.shows("manual-title")).then_some(assistant)
        };
        if wait("the end of the provider", SET_UP, done)? {
            finish_in_outlook(stage)?;
            return is_complete(stage);
        }
        assert_eq!(stage.mail_registry()?, before);
        Told::Ok(())
    });
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn a_provider_that_crashes_does_not_take_the_agent_with_it() {
    is_survived("crash");
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn a_provider_that_hangs_is_given_up() {
    is_survived("hang");
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn an_outlook_that_does_not_close_is_waited_for_and_never_killed() {
    play(EXCHANGE, |stage| {
        stage.outlook_is("hangs")?;
        stage.start_outlook(&[])?;
        wait("Outlook", SOON, || stage.screen.titles().into_iter().find(|title| title.ends_with("Outlook")))?;
        let before = stage.mail_registry()?;
        stage.until_committed()?;
        wait("a request to close", SOON, || stage.noted("outlook").contains(&"asked to close".into()).then_some(()))?;
        stage.turn_to_page("status-title")?;
        stage.picture("status-open")?;
        assert_eq!(stage.mail_registry()?, before, "nothing changes while Outlook is open");
        assert!(!stage.noted("outlook").contains(&"end".into()));
        stage.outlook_is("normal")?;
        is_complete(stage)
    });
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn an_outlook_of_the_other_bitness_needs_the_helper_and_says_so() {
    play(EXCHANGE, |stage| {
        stage.outlook_is_of_32_bits()?;
        stage.wine.import(NO_EMPTY_PROFILE)?;
        assert_eq!(fails(stage)?, "CFG-18");
        assert_eq!(stage.noted("mapi"), [""; 0], "its provider is never loaded into the wrong process");
        stage.picture("manual-helper")
    });
}
