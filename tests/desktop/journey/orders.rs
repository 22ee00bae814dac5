//! What the operator orders beside the signal.

use std::fs;

use mailshift::demo::Error;
use mailshift::demo::mail_server::OLD_ADDRESS;
use mailshift::demo::office::PROJECT;
use mailshift::demo::screen::wait;
use mailshift::demo::world::World;

use super::stage::{
    SET_UP, SOON, default_profile, play, play_back, profiles_ini, text_below, until_committed, until_waiting,
};

#[test]
#[ignore = "needs thunderbird, dovecot and xfce4-panel: make test"]
fn a_computer_that_is_removed_forgets_everything_and_asks_for_a_code_again() {
    play_back(
        |_| (),
        |world| {
            until_waiting(world)?;
            world.office.run(&["remove", PROJECT, OLD_ADDRESS])?;
            world.screen.wait_for_window(&world.word("code-title"))?;
            world.office.wait_for_stage(OLD_ADDRESS, "removed", SOON)?;
            let token = world.state_folder().join("token");
            wait("the token to be gone", SOON, || (!token.exists()).then_some(()))?;
            let state = text_below(&world.state_folder()).into_iter().find(|(path, _)| path.ends_with("state.json"));
            let (_, state) = state.expect("a state");
            assert!(!state.contains(OLD_ADDRESS) && !state.contains("device-"), "{state}");
            Ok(())
        },
    );
}

#[test]
#[ignore = "needs thunderbird, dovecot and xfce4-panel: make test"]
fn an_order_that_comes_during_the_set_up_is_taken_up_after_it() {
    play_back(
        |_| (),
        |world| {
            let old = default_profile(world);
            until_committed(world)?;
            world.office.run(&["undo", PROJECT, OLD_ADDRESS])?;
            world.office.wait_for_stage(OLD_ADDRESS, "undone", SET_UP)?;
            assert_eq!(default_profile(world), old);
            Ok(())
        },
    );
}

#[test]
#[ignore = "needs thunderbird, dovecot and xfce4-panel: make test"]
fn a_rehearsal_tells_the_operator_what_would_stop_the_set_up_and_changes_nothing() {
    play(
        |_| (),
        |world| {
            until_waiting(world)?;
            let lists = profiles_ini(world);
            let rehearsed = |world: &World, stopped_by: Option<&str>| {
                world.office.run(&["rehearse", PROJECT, OLD_ADDRESS])?;
                wait("the rehearsal", SOON, || {
                    let status = world.office.status(OLD_ADDRESS).ok()?;
                    let told = status["rehearsal"].as_object()?.get("stopped_by");
                    (told.and_then(|finding| finding["code"].as_str()) == stopped_by).then_some(())
                })?;
                Ok::<_, Error>(())
            };
            rehearsed(world, None)?;
            assert_eq!(profiles_ini(world), lists);
            // A list that nobody understands would stop it.
            let path = world.screen.home().join(".thunderbird/profiles.ini");
            fs::write(&path, b"\xff\xfe\x00").expect("written");
            rehearsed(world, Some("CFG-4"))?;
            assert!(world.office.run(&["status", PROJECT])?.contains("CFG-4"));
            fs::write(&path, lists).expect("written");
            rehearsed(world, None)
        },
    );
}
