//! The password page: a wrong one, and a new one by way of the directory.

use std::fs;

use mailshift::demo::mail_server::{NEW_ADDRESS, NEW_PASSWORD, OLD_ADDRESS};
use mailshift::demo::screen::wait;
use mailshift::demo::world::Options;

use super::stage::{
    SOON, default_profile, is_complete, is_in_use, play, profiles, profiles_ini, stage, until_password,
};

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn a_wrong_password_is_told_before_anything_changes_and_then_the_right_one_works() {
    play(
        |_| (),
        |world| {
            let before = (profiles_ini(world), profiles(world));
            until_password(world)?;
            let person = world.person()?;
            person.press_by_keyboard(&world.word("password-set-up"), "space")?;
            person.wait_for(&world.word("password-slip-empty"), SOON)?;
            world.type_password("Herbst-im-Wald-2027")?;
            world.commit()?;
            let told = person.wait_for(&world.word("problem-PWD-3"), SOON)?;
            assert_eq!(told.role, "notification", "a screen reader speaks it at once");
            assert!(world.screen.window(&world.word("password-title")).is_some());
            let field = world.word("password-field");
            person.wait_until("the focus on the field", SOON, |node| node.name == field && node.is("focused"))?;
            assert_eq!((profiles_ini(world), profiles(world)), before);
            assert_ne!(stage(world)?, "failed", "a slip of the pen is no failure");
            // The notice goes with the first key; the keyboard stays where it is.
            world.screen.key("ctrl+a")?;
            world.screen.key("BackSpace")?;
            person.wait_until_gone(&world.word("problem-PWD-3"), SOON)?;
            world.screen.type_text(NEW_PASSWORD)?;
            // Enter in the field is the same as the button.
            world.screen.key("Return")?;
            is_complete(world)
        },
    );
}

/// Meets the project's rules.
const CREATED: &str = "Winter-am-Fluss-2031";

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn a_new_password_goes_to_the_directory_and_into_the_new_profile() {
    let creating = |options: &mut Options| options.may_create = true;
    play(creating, |world| {
        until_password(world)?;
        let person = world.person()?;
        person.press_by_keyboard(&world.word("password-create"), "space")?;
        let (new, again, go) =
            (world.word("password-new"), world.word("password-repeat"), world.word("password-set-up"));
        person.type_into(&new, "short")?;
        person.press_by_keyboard(&go, "space")?;
        person.wait_for(&world.word("password-slip-rules"), SOON)?;
        person.type_into(&new, CREATED)?;
        person.type_into(&again, "Winter-am-Fluss-2032")?;
        person.press_by_keyboard(&go, "space")?;
        person.wait_for(&world.word("password-slip-differs"), SOON)?;
        person.type_into(&again, CREATED)?;
        person.press_by_keyboard(&go, "Return")?;
        is_complete(world)?;
        let users = fs::read_to_string(world.mail.users_file()).expect("the mail server's users");
        assert!(users.contains(&format!("{NEW_ADDRESS}:{{PLAIN}}{CREATED}")), "the directory has the new password");
        assert!(is_in_use(&default_profile(world)));
        Ok(())
    });
}

/// The server sets passwords only for a set-up that is begun: after a failure it has to hear first that there is another.
#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn after_a_failure_a_new_password_can_be_set_once_more() {
    let creating = |options: &mut Options| (options.may_create, options.dead) = (true, true);
    play(creating, |world| {
        until_password(world)?;
        let person = world.person()?;
        person.press_by_keyboard(&world.word("password-create"), "space")?;
        person.type_into(&world.word("password-new"), CREATED)?;
        person.type_into(&world.word("password-repeat"), CREATED)?;
        world.commit()?;
        world.manual_settings()?;
        wait("the server to know of the failure", SOON, || (stage(world).ok()? == "failed").then_some(()))?;
        fs::write(world.mail.users_file(), "")?;
        person.press_by_keyboard(&world.word("try-again"), "Return")?;
        wait("the password page", SOON, || world.screen.window(&world.word("password-title")))?;
        // What was typed is kept.
        world.commit()?;
        world.manual_settings()?;
        let users = fs::read_to_string(world.mail.users_file())?;
        assert!(users.contains(&format!("{NEW_ADDRESS}:{{PLAIN}}{CREATED}")), "the directory got it again: {users}");
        Ok(())
    });
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn a_directory_that_refuses_is_told_on_the_password_page_and_nothing_has_changed() {
    let creating = |options: &mut Options| options.may_create = true;
    play(creating, |world| {
        let before = (profiles_ini(world), profiles(world));
        until_password(world)?;
        world.office.file("directory.sh", "#!/bin/sh\ncat > /dev/null\nexit 3\n")?;
        let person = world.person()?;
        person.press_by_keyboard(&world.word("password-create"), "space")?;
        person.type_into(&world.word("password-new"), CREATED)?;
        person.type_into(&world.word("password-repeat"), CREATED)?;
        world.commit()?;
        person.wait_for("PWD-", SOON)?;
        let title = world.word("password-title");
        wait("the password page", SOON, || world.screen.window(&title))?;
        let field = world.word("password-new");
        person.wait_until("the focus on the field", SOON, |node| node.name == field && node.is("focused"))?;
        assert_eq!((profiles_ini(world), profiles(world)), before);
        assert_ne!(world.office.status(OLD_ADDRESS)?["stage"], "failed");
        Ok(())
    });
}
