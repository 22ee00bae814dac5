//! Closing the window is a state and never a loss: a click on the icon in the tray brings it back as it was.

use std::fs;

use mailshift::demo::office::PROJECT;
use mailshift::demo::screen::wait;
use mailshift::demo::world::{Options, World};

use super::stage::{SOON, Told, is_complete, play, slow_directory, stage, until_password, until_waiting};

/// Closes the window by its red X, and opens it again by a click on the icon.
fn close_and_reopen(world: &World, title: &str) -> Told {
    world.screen.close_window(title)?;
    world.screen.tray_click(world.agent_pid())?;
    world.screen.wait_for_window(title)?;
    Ok(())
}

#[test]
#[ignore = "needs xfce4-panel and a virtual screen: make test"]
fn the_window_for_the_code_comes_back_with_what_was_typed() {
    play(
        |_| (),
        |world| {
            world.start_agent()?;
            let code = world.invited_code()?.grouped();
            let (title, field) = (world.word("code-title"), world.word("code-field"));
            world.screen.wait_for_window(&title)?;
            let person = world.person()?;
            person.type_into(&field, &code[..9])?;
            // Only what has arrived can be kept: the answer to Enter shows that it has.
            world.screen.key("Return")?;
            person.wait_for(&world.words.with("code-slip-short", &[("count", "5")]), SOON)?;
            close_and_reopen(world, &title)?;
            person.wait_until("the focus on the field", SOON, |node| node.name == field && node.is("focused"))?;
            person.turn_to()?;
            world.screen.key("End")?;
            // The beginning is still there: only the rest is typed.
            world.screen.type_text(&code[9..])?;
            world.screen.key("Return")?;
            person.wait_for(&world.word("card-continue"), SOON)?;
            let title = world.words.with("code-title-project", &[("project", PROJECT)]);
            close_and_reopen(world, &title)?;
            assert_ne!(stage(world)?, "waiting", "nothing continues before the person has said yes");
            world.bind()
        },
    );
}

#[test]
#[ignore = "needs xfce4-panel, thunderbird and dovecot: make test"]
fn the_wizard_comes_back_with_what_was_typed() {
    let creating = |options: &mut Options| options.may_create = true;
    play(creating, |world| {
        until_password(world)?;
        let title = world.word("password-title");
        let (person, met) = (world.person()?, "At least 10 characters: met");
        person.press_by_keyboard(&world.word("password-create"), "space")?;
        person.type_into(&world.word("password-new"), "Winter-am-Fluss-2031")?;
        person.wait_for(met, SOON)?;
        close_and_reopen(world, &title)?;
        person.wait_for(met, SOON)?;
        person.type_into(&world.word("password-repeat"), "Winter-am-Fluss-2031")?;
        world.commit()?;
        is_complete(world)
    });
}

#[test]
#[ignore = "needs xfce4-panel, thunderbird and dovecot: make test"]
fn a_set_up_goes_on_behind_a_closed_window() {
    let creating = |options: &mut Options| options.may_create = true;
    play(creating, |world| {
        until_password(world)?;
        let go_on = slow_directory(world);
        let person = world.person()?;
        person.press_by_keyboard(&world.word("password-create"), "space")?;
        person.type_into(&world.word("password-new"), "Winter-am-Fluss-2031")?;
        person.type_into(&world.word("password-repeat"), "Winter-am-Fluss-2031")?;
        world.commit()?;
        let title = world.word("status-title");
        close_and_reopen(world, &title)?;
        person.wait_until("the bar", SOON, |node| node.role == "progress bar" && node.is("showing"))?;
        world.screen.close_window(&title)?;
        fs::write(go_on, "")?;
        // It tells by itself how it ended.
        wait("the confirmation", SOON, || world.screen.window(&world.word("confirmation-title")))?;
        is_complete(world)
    });
}

#[test]
#[ignore = "needs xfce4-panel and a virtual screen: make test"]
fn later_by_the_menu_puts_the_wizard_away_and_the_menu_brings_it_back() {
    play(
        |_| (),
        |world| {
            until_waiting(world)?;
            world.cut_over()?;
            let title = world.word("instructions-title");
            world.screen.tray_choose(world.agent_pid(), &world.word("menu-later"))?;
            wait("the wizard to go", SOON, || world.screen.window(&title).is_none().then_some(()))?;
            world.screen.tray_choose(world.agent_pid(), &world.word("menu-set-up"))?;
            world.screen.wait_for_window(&title)?;
            Ok(())
        },
    );
}
