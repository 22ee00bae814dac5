//! From the code to mail in the new mailbox.

use mailshift::demo::mail_server::{INBOX_MESSAGES, NEW_PASSWORD};
use mailshift::demo::screen::wait;
use mailshift::demo::world::{Options, World};

use super::stage::{SOON, Told, default_profile, is_in_use, play, profiles_ini};

/// Tab, Space, Enter, Escape, and typing: nothing else.
fn goes_the_whole_way(world: &mut World) -> Told {
    let before = profiles_ini(world);
    world.start_agent()?;
    world.enter_code(&world.invited_code()?)?;
    world.bind()?;
    assert_eq!(profiles_ini(world), before, "nothing changes before the cutover");
    let signal = world.cut_over()?;
    println!("from the operator's command to the wizard: {} ms", signal.as_millis());
    world.continue_to_password()?;
    world.type_password(NEW_PASSWORD)?;
    world.commit()?;
    let evidence = world.confirmed()?;
    assert!(evidence.imap && evidence.smtp && evidence.default_profile, "{evidence:?}");
    assert_eq!(evidence.first_sync_messages, INBOX_MESSAGES);
    assert_ne!(profiles_ini(world), before);
    let profile = default_profile(world);
    assert!(is_in_use(&profile), "Thunderbird runs on {}", profile.display());
    let title = world.word("confirmation-title");
    world.person()?.tab_to(&world.word("close"))?;
    world.screen.key("Escape")?;
    wait("the window to close", SOON, || world.screen.window(&title).is_none().then_some(()))?;
    Ok(())
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn the_whole_journey_is_made_by_keyboard_and_ends_with_mail_in_the_new_profile() {
    play(|_| (), goes_the_whole_way);
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn the_whole_journey_can_be_made_in_german() {
    let german = |options: &mut Options| {
        options.screen.iter_mut().for_each(|screen| screen.language = "de_DE.UTF-8".into());
    };
    play(german, |world| {
        assert_eq!(world.word("confirmation-title"), "Ihre E-Mail ist umgezogen");
        goes_the_whole_way(world)
    });
}
