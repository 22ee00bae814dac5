//! The new server is not there: the settings to enter by hand, and the way back.

use mailshift::demo::mail_server::{NEW_ADDRESS, NEW_PASSWORD, OLD_ADDRESS};
use mailshift::demo::office::PROJECT;
use mailshift::demo::person::Node;
use mailshift::demo::screen::wait;
use mailshift::demo::world::Options;

use super::stage::{SOON, default_profile, is_in_use, play, profiles_ini, until_password};

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn a_dead_server_leads_to_the_settings_by_hand_and_back_and_changes_nothing() {
    let dead = |options: &mut Options| options.dead = true;
    play(dead, |world| {
        let (before, old) = (profiles_ini(world), default_profile(world));
        until_password(world)?;
        world.type_password(NEW_PASSWORD)?;
        world.commit()?;
        world.manual_settings()?;
        let person = world.person()?;
        person.wait_for("NET-4", SOON)?;
        let page = person.text_of_page();
        let (incoming, outgoing) = (world.port(), world.mail.smtp_port());
        for shown in ["localhost", NEW_ADDRESS, "SSL/TLS", "STARTTLS", &incoming.to_string(), &outgoing.to_string()] {
            assert!(page.contains(shown), "{shown} in\n{page}");
        }
        for article in ["Set up Thunderbird step by step", "Set up your phone"] {
            assert!(person.find(Some("button"), article).is_some(), "{article} in\n{page}");
        }

        for (name, value) in [
            ("manual-host.copy-incoming", "localhost".to_owned()),
            ("manual-port.copy-incoming", incoming.to_string()),
            ("manual-port.copy-outgoing", outgoing.to_string()),
            ("manual-username.copy-outgoing", NEW_ADDRESS.to_owned()),
        ] {
            person.press_by_keyboard(&world.word(name), "space")?;
            wait("the value in the clipboard", SOON, || (world.screen.clipboard().ok()? == value).then_some(()))?;
        }
        person.wait_for(&world.words.with("copied", &[("name", &world.word("manual-username"))]), SOON)?;

        person.press_by_keyboard(&world.word("try-again"), "Return")?;
        let field = world.word("password-field");
        let focused = |node: &Node| node.name == field && node.role == "entry" && node.is("focused");
        person.wait_until("the focus on the password", SOON, focused)?;
        // What was typed is kept: the same failure again, and not "Enter the password".
        world.commit()?;
        world.manual_settings()?;

        assert_eq!(profiles_ini(world), before);
        assert_eq!(default_profile(world), old);
        assert!(!is_in_use(&old), "Thunderbird did not run and does not run");
        Ok(())
    });
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn after_a_failure_the_agent_comes_back_with_the_settings_and_the_operator_can_have_it_tried_again() {
    let dead = |options: &mut Options| options.dead = true;
    play(dead, |world| {
        until_password(world)?;
        world.type_password(NEW_PASSWORD)?;
        world.commit()?;
        world.manual_settings()?;
        world.kill_agent();
        world.start_agent()?;
        world.screen.wait_for_window(&world.word("manual-title"))?;
        world.person()?.wait_for("NET-4", SOON)?;
        world.screen.close_window(&world.word("manual-title"))?;
        world.office.run(&["retry", PROJECT, OLD_ADDRESS])?;
        world.screen.wait_for_window(&world.word("instructions-title"))?;
        Ok(())
    });
}
