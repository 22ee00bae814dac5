//! The agent or the server is killed at every stage; both go on where they were.

use std::fs;
use std::time::{Duration, Instant};

use mailshift::demo::Error;
use mailshift::demo::mail_server::{NEW_PASSWORD, OLD_ADDRESS};
use mailshift::demo::screen::wait;
use mailshift::demo::world::{Options, World};

use super::stage::{
    SET_UP, SOON, Told, default_profile, is_complete, is_in_use, play, slow_directory, stage, status_line,
    until_committed, until_password, until_waiting, with_keyring,
};

/// Kills the agent and starts it again as the desktop does at the next sign-in.
fn restart(world: &mut World) -> Told {
    world.kill_agent();
    world.start_agent_with(&["--background"])
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn an_agent_killed_before_the_person_said_yes_has_spent_no_code() {
    play(
        |_| (),
        |world| {
            world.start_agent()?;
            let code = world.invited_code()?;
            world.enter_code(&code)?;
            restart(world)?;
            world.enter_code(&code)?;
            world.bind()
        },
    );
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn an_agent_killed_while_it_waits_or_asks_goes_on_there() {
    play(with_keyring, |world| {
        until_waiting(world)?;
        restart(world)?;
        wait("the agent to wait", SOON, || status_line(world).ok().filter(|line| *line == world.word("tray-waiting")))?;
        assert!(world.screen.window(&world.word("waiting-title")).is_none(), "quietly in the tray");
        world.cut_over()?;
        restart(world)?;
        world.screen.wait_for_window(&world.word("instructions-title"))?;
        world.continue_to_password()?;
        restart(world)?;
        world.screen.wait_for_window(&world.word("instructions-title"))?;
        world.continue_to_password()?;
        world.type_password(NEW_PASSWORD)?;
        world.commit()?;
        is_complete(world)?;
        restart(world)?;
        let completed = world.word("tray-completed");
        wait("the agent to be done", SOON, || status_line(world).ok().filter(|line| *line == completed))?;
        assert_eq!(stage(world)?, "completed");
        let opened = super::stage::second_start(world, &["open"])?;
        assert!(opened.status.success());
        world.screen.wait_for_window(&world.word("confirmation-title"))?;
        Ok(())
    });
}

/// Stages of a set-up, in order.
const STAGES: [&str; 5] = ["close", "create", "switch", "prove", "done"];

/// Watches the agent's own record until a set-up has come as far as this, and kills it there at once. On a busy computer
/// it may have come further by then: some stages take a few milliseconds only.
fn kill_at(world: &mut World, journal: &str) -> Told {
    let path = world.state_folder().join("journal.json");
    let reached = STAGES.iter().skip_while(|stage| **stage != journal);
    let reached: Vec<String> = reached.map(|stage| format!("\"stage\": \"{stage}\"")).collect();
    let has_come = |text: &String| reached.iter().any(|stage| text.contains(stage));
    let deadline = Instant::now() + SET_UP;
    // No pause, not to come too late.
    while !fs::read_to_string(&path).is_ok_and(|text| has_come(&text)) {
        if Instant::now() > deadline {
            return Err(Error::Otherwise(format!("the set-up never came to {journal}")));
        }
    }
    world.kill_agent();
    let text = fs::read_to_string(&path)?;
    let stage = text.lines().find(|line| line.contains("\"stage\"")).unwrap_or_default();
    println!("killed at {journal}; the record says{stage}");
    Ok(())
}

/// With a keyring the password is known after the restart: it ends without the person.
fn goes_on_by_itself_after(journal: &str) {
    play(with_keyring, |world| {
        until_committed(world)?;
        kill_at(world, journal)?;
        world.start_agent_with(&["--background"])?;
        is_complete(world)?;
        assert!(is_in_use(&default_profile(world)));
        Ok(())
    });
}

#[test]
#[ignore = "needs thunderbird, dovecot and gnome-keyring: make test"]
fn an_agent_killed_while_thunderbird_is_asked_to_close_goes_on_by_itself() {
    goes_on_by_itself_after("close");
}

#[test]
#[ignore = "needs thunderbird, dovecot and gnome-keyring: make test"]
fn an_agent_killed_while_it_fills_the_new_profile_goes_on_by_itself() {
    goes_on_by_itself_after("create");
}

#[test]
#[ignore = "needs thunderbird, dovecot and gnome-keyring: make test"]
fn an_agent_killed_while_it_switches_profiles_goes_on_by_itself() {
    goes_on_by_itself_after("switch");
}

#[test]
#[ignore = "needs thunderbird, dovecot and gnome-keyring: make test"]
fn an_agent_killed_while_it_waits_for_mail_goes_on_by_itself() {
    goes_on_by_itself_after("prove");
}

#[test]
#[ignore = "needs thunderbird, dovecot and gnome-keyring: make test"]
fn an_agent_killed_right_after_the_commit_goes_on_by_itself() {
    play(with_keyring, |world| {
        until_committed(world)?;
        let path = world.state_folder().join("state.json");
        wait("the commit", SOON, || fs::read_to_string(&path).ok()?.contains("configuring").then_some(()))?;
        world.kill_agent();
        world.start_agent_with(&["--background"])?;
        // The keyring may not have had the password yet: then it is asked for.
        let (confirmed, password) = (world.word("confirmation-title"), world.word("password-title"));
        let asks = wait("the agent to go on", SET_UP, || {
            world.screen.window(&password).map(|_| true).or_else(|| world.screen.window(&confirmed).map(|_| false))
        })?;
        if asks {
            world.type_password(NEW_PASSWORD)?;
            world.commit()?;
        }
        is_complete(world)
    });
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn without_a_keyring_an_agent_killed_in_the_set_up_asks_for_the_password_again() {
    play(
        |_| (),
        |world| {
            until_committed(world)?;
            kill_at(world, "create")?;
            world.start_agent_with(&["--background"])?;
            world.screen.wait_for_window(&world.word("password-title"))?;
            world.type_password(NEW_PASSWORD)?;
            world.commit()?;
            is_complete(world)
        },
    );
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn an_agent_killed_while_the_directory_works_asks_again() {
    let creating = |options: &mut Options| options.may_create = true;
    play(creating, |world| {
        until_password(world)?;
        let go_on = slow_directory(world);
        create_password(world)?;
        world.screen.wait_for_window(&world.word("status-title"))?;
        world.kill_agent();
        fs::write(go_on, "")?;
        world.start_agent_with(&["--background"])?;
        world.screen.wait_for_window(&world.word("instructions-title"))?;
        world.continue_to_password()?;
        create_password(world)?;
        is_complete(world)
    });
}

fn create_password(world: &World) -> Told {
    let person = world.person()?;
    person.press_by_keyboard(&world.word("password-create"), "space")?;
    person.type_into(&world.word("password-new"), "Winter-am-Fluss-2031")?;
    person.type_into(&world.word("password-repeat"), "Winter-am-Fluss-2031")?;
    world.commit().map(drop)
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn a_server_that_is_restarted_while_agents_wait_loses_none_of_them() {
    play(
        |_| (),
        |world| {
            until_waiting(world)?;
            world.office.kill();
            let offline = world.word("tray-offline");
            wait("the agent to notice", SOON, || status_line(world).ok().filter(|line| *line == offline))?;
            world.office.open()?;
            world.cut_over()?;
            Ok(())
        },
    );
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn what_happened_while_the_server_was_away_is_reported_when_it_is_back() {
    play(
        |_| (),
        |world| {
            until_password(world)?;
            world.type_password(NEW_PASSWORD)?;
            world.office.kill();
            world.commit()?;
            let title = world.word("confirmation-title");
            wait("the confirmation", SET_UP, || world.screen.window(&title))?;
            assert_ne!(stage(world)?, "completed", "the server is away");
            // The agent is killed, too: the report is on the disk.
            restart(world)?;
            world.office.open()?;
            world.office.wait_for_stage(OLD_ADDRESS, "completed", Duration::from_mins(1))?;
            is_complete_after_restart(world)
        },
    );
}

/// The agent came back in the background: there is no window that tells.
fn is_complete_after_restart(world: &World) -> Told {
    let evidence = &world.office.status(OLD_ADDRESS)?["evidence"];
    assert_eq!(evidence["imap"], true, "{evidence}");
    assert_eq!(evidence["default_profile"], true, "{evidence}");
    Ok(())
}
