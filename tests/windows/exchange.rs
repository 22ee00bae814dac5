//! A mailbox on an Exchange server: the profile is made by Outlook's own interface, Outlook itself signs in.

use mailshift::demo::mail_server::NEW_ADDRESS;
use mailshift::demo::screen::wait;

use super::journey::End;
use super::stage::{SOON, Setting, Stage, Told, play};

/// The old profile is an Exchange mailbox, too.
pub const EXCHANGE: Setting = Setting { outlook: Some("person.reg"), exchange: true };

/// The new profile is in use: the server knows, and so does the registry.
pub fn is_complete(stage: &Stage) -> Told {
    let End::Complete(evidence) = stage.ended()? else { panic!("the set-up failed: {}", stage.agent_log()) };
    assert!(evidence.default_profile, "{evidence:?}");
    let registry = stage.mail_registry()?;
    let profile = default_profile(&registry);
    let started = stage.noted("outlook").into_iter().rfind(|line| line.starts_with("start")).unwrap_or_default();
    // Only a name with blanks needs quotation marks.
    assert_eq!(started.replace('"', ""), format!("start [/profile {profile}]"));
    assert!(registry.contains(&format!("\"Account Name\"=\"{NEW_ADDRESS}\"")), "{registry}");
    Ok(())
}

/// The profile that Outlook opens.
pub fn default_profile(registry: &str) -> String {
    let line = registry.lines().find_map(|line| line.strip_prefix("\"DefaultProfile\"=\""));
    line.and_then(|line| line.strip_suffix('"')).expect("a default profile").to_owned()
}

/// Everything of a profile, as text.
pub fn profile(registry: &str, name: &str) -> String {
    // Where one export ends, the head of the next one begins.
    let sections =
        registry.split("\r\n[").map(|section| section.split('\u{feff}').next().unwrap_or_default().trim_end());
    sections.filter(|section| profile_of(section) == Some(name)).collect()
}

/// Name of the profile to which a section of an export belongs.
pub fn profile_of(section: &str) -> Option<&str> {
    let path = section.split(']').next().unwrap_or_default();
    path.split_once(r"\Outlook\Profiles\")?.1.split('\\').next()
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn the_journey_ends_with_outlook_on_a_new_profile_beside_the_old_one() {
    play(EXCHANGE, |stage| {
        let before = stage.mail_registry()?;
        let old = default_profile(&before);
        stage.until_waiting()?;
        stage.picture("waiting-outlook")?;
        stage.cut_over()?;
        stage.picture("instructions")?;
        stage.key("Return")?;
        stage.turn_to_page("password-title")?;
        stage.picture("password-there")?;
        stage.key("Return")?;
        wait("the status page", SOON, || stage.shows("status-title").then_some(()))?;
        stage.picture("status")?;
        is_complete(stage)?;
        stage.turn_to_page("confirmation-title")?;
        stage.picture("confirmation")?;
        let after = stage.mail_registry()?;
        assert_ne!(default_profile(&after), old);
        assert_eq!(profile(&after, &old), profile(&before, &old), "the old profile stays as it was");
        Ok(())
    });
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn the_agent_waits_for_the_sign_in_in_outlooks_own_window() {
    play(EXCHANGE, |stage| {
        stage.outlook_is("sign-in")?;
        stage.until_committed()?;
        let sign_in = "Sign in to your account";
        wait("Outlook's sign-in", SOON, || stage.screen.window(sign_in))?;
        stage.turn_to(sign_in)?;
        stage.picture("status-sign-in")?;
        assert!(stage.shows("status-title") && !stage.shows("confirmation-title"), "{:?}", stage.screen.titles());
        stage.key("Return")?;
        is_complete(stage)
    });
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn without_the_mapi_provider_outlooks_own_assistant_finishes() {
    play(EXCHANGE, |stage| {
        stage.remove_provider()?;
        stage.until_committed()?;
        finish_in_outlook(stage)?;
        is_complete(stage)
    });
}

/// The person types the new address into Outlook's first window.
pub fn finish_in_outlook(stage: &Stage) -> Told {
    stage.turn_to("Welcome to Outlook")?;
    stage.picture("assistant")?;
    stage.type_text(NEW_ADDRESS)?;
    stage.key("Return")
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn an_open_draft_is_waited_for() {
    play(EXCHANGE, |stage| {
        stage.outlook_is("draft")?;
        stage.start_outlook(&[])?;
        stage.until_committed()?;
        let question = "Microsoft Outlook";
        wait("the question about the draft", SOON, || stage.screen.window(question))?;
        stage.turn_to_page("status-title")?;
        stage.picture("status-draft")?;
        stage.turn_to(question)?;
        stage.key("Return")?;
        stage.outlook_is("normal")?;
        is_complete(stage)
    });
}
