//! The way back to the old profile.

use std::path::PathBuf;

use mailshift::demo::mail_server::OLD_ADDRESS;
use mailshift::demo::office::PROJECT;
use mailshift::demo::screen::wait;
use mailshift::demo::world::{World, old_profile_hash};

use super::stage::{
    SET_UP, SOON, Told, default_profile, is_complete, is_in_use, play_back, profiles_ini, status_line, until_committed,
};

/// What was before the journey.
struct Before {
    list: String,
    profile: PathBuf,
}

fn complete(world: &mut World) -> Result<Before, mailshift::demo::Error> {
    let before = Before { list: profiles_ini(world), profile: default_profile(world) };
    let bytes = old_profile_hash(world.screen.home())?;
    until_committed(world)?;
    is_complete(world)?;
    assert_ne!(default_profile(world), before.profile);
    assert_eq!(old_profile_hash(world.screen.home())?, bytes);
    Ok(before)
}

fn is_back(world: &World, before: &Before) -> Told {
    wait("the way back", SET_UP, || world.screen.window(&world.word("undo-title-done")))?;
    world.office.wait_for_stage(OLD_ADDRESS, "undone", SOON)?;
    assert_eq!(profiles_ini(world), before.list, "byte for byte");
    assert_eq!(default_profile(world), before.profile);
    wait("Thunderbird on the old profile", SOON, || is_in_use(&before.profile).then_some(()))?;
    assert_eq!(status_line(world)?, world.word("tray-undone"));
    let person = world.person()?;
    let close = world.word("close");
    person.wait_until("the focus on the way out", SOON, |node| node.name == close && node.is("focused"))?;
    Ok(())
}

#[test]
#[ignore = "needs thunderbird, dovecot and xfce4-panel: make test"]
fn the_tray_menu_leads_back_to_the_old_profile() {
    play_back(
        |_| (),
        |world| {
            let before = complete(world)?;
            world.screen.tray_choose(world.agent_pid(), &world.word("menu-undo"))?;
            let person = world.person()?;
            person.wait_for(&world.word("undo-title"), SOON)?;
            person.press_by_keyboard(&world.word("undo-go-back"), "space")?;
            is_back(world, &before)?;
            world.kill_agent();
            world.start_agent()?;
            world.screen.wait_for_window(&world.word("undo-title-done"))?;
            Ok(())
        },
    );
}

#[test]
#[ignore = "needs thunderbird, dovecot and xfce4-panel: make test"]
fn the_command_line_leads_back_even_when_the_agent_does_not_run() {
    play_back(
        |_| (),
        |world| {
            let before = complete(world)?;
            world.kill_agent();
            world.start_agent_with(&["undo"])?;
            world.person()?.press_by_keyboard(&world.word("undo-go-back"), "space")?;
            is_back(world, &before)
        },
    );
}

#[test]
#[ignore = "needs thunderbird, dovecot and xfce4-panel: make test"]
fn keeping_the_new_profile_changes_nothing() {
    play_back(
        |_| (),
        |world| {
            complete(world)?;
            let (list, profile) = (profiles_ini(world), default_profile(world));
            world.screen.tray_choose(world.agent_pid(), &world.word("menu-undo"))?;
            let title = world.word("undo-title");
            world.screen.wait_for_window(&title)?;
            world.person()?.press_by_keyboard(&world.word("undo-keep"), "space")?;
            wait("the window to close", SOON, || world.screen.window(&title).is_none().then_some(()))?;
            assert_eq!(profiles_ini(world), list);
            assert!(is_in_use(&profile));
            Ok(())
        },
    );
}

#[test]
#[ignore = "needs thunderbird, dovecot and xfce4-panel: make test"]
fn the_operator_leads_back_to_the_old_profile() {
    play_back(
        |_| (),
        |world| {
            let before = complete(world)?;
            world.office.run(&["undo", PROJECT, OLD_ADDRESS])?;
            is_back(world, &before)
        },
    );
}
