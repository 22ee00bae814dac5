//! Desktops that lack something: a keyring, a bus, a tray, a display. And the second start.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use mailshift::demo::mail_server::{NEW_PASSWORD, OLD_ADDRESS};
use mailshift::demo::office::PROJECT;
use mailshift::demo::screen::{self, Keyring, wait};
use mailshift::demo::world::{LIMIT, Options, World};

use super::stage::{
    SOON, Told, is_complete, play, second_start, status_line, text_below, until_committed, until_waiting, with_keyring,
};

fn desktop(options: &mut Options, change: impl FnOnce(&mut screen::Options)) {
    options.screen.iter_mut().for_each(|screen| screen.panel = false);
    options.screen.as_mut().map(change);
}

/// The token is in a file of this login's own; the password was in none.
fn keeps_its_token_in_a_private_file(world: &mut World) -> Told {
    until_committed(world)?;
    is_complete(world)?;
    let token = world.state_folder().join("token");
    assert_eq!(fs::metadata(&token)?.permissions().mode() & 0o777, 0o600);
    let kept = fs::read_to_string(token)?;
    let (server, token) = kept.split_once('\n').expect("the server that issued it, and the token");
    assert_eq!(server, format!("{}/", world.office.url()));
    for (path, text) in text_below(&world.state_folder()) {
        assert!(!text.contains(NEW_PASSWORD), "the password is in {}", path.display());
        assert!(path.ends_with("token") || !text.contains(token), "the token is in {}", path.display());
    }
    Ok(())
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn without_a_keyring_the_token_is_in_a_private_file_and_the_password_in_none() {
    play(|options| desktop(options, |screen| screen.keyring = Keyring::None), keeps_its_token_in_a_private_file);
}

#[test]
#[ignore = "needs thunderbird, dovecot and gnome-keyring: make test"]
fn with_a_locked_keyring_the_token_is_in_a_private_file_and_the_password_in_none() {
    play(|options| desktop(options, |screen| screen.keyring = Keyring::Locked), keeps_its_token_in_a_private_file);
}

/// The agent starts while its token is out of reach. It remembers that it is bound, and goes on when it can.
fn waits_for_its_keyring(away: impl FnOnce(&World) -> Told, back: impl FnOnce(&mut World) -> Told) {
    play(with_keyring, |world| {
        until_waiting(world)?;
        assert!(!world.state_folder().join("token").exists(), "it is in the keyring");
        world.kill_agent();
        away(world)?;
        world.start_agent_with(&["--background"])?;
        wait("the agent", SOON, || status_line(world).ok().filter(|line| *line == world.word("tray-waiting")))?;
        let logs = world.state_folder().join("logs");
        let missed = || text_below(&logs).iter().any(|(_, text)| text.contains("the token cannot be read"));
        wait("the agent to miss its token", SOON, || missed().then_some(()))?;
        back(world)?;
        assert!(second_start(world, &["open"])?.status.success());
        world.screen.wait_for_window(&world.word("waiting-title"))?;
        world.cut_over().map(drop)
    });
}

#[test]
#[ignore = "needs dovecot and gnome-keyring: make test"]
fn a_keyring_that_comes_up_later_than_the_agent_is_waited_for() {
    waits_for_its_keyring(|world| Ok(world.screen.end_keyring()?), |world| Ok(world.screen.start_keyring(true)?));
}

#[test]
#[ignore = "needs dovecot and gnome-keyring: make test"]
fn a_keyring_that_is_locked_at_the_next_start_is_waited_for() {
    waits_for_its_keyring(
        |world| Ok(world.screen.lock_keyring()?),
        |world| {
            // Nobody can type the passphrase here: it is started anew, open.
            world.screen.end_keyring()?;
            Ok(world.screen.start_keyring(true)?)
        },
    );
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn without_a_bus_the_window_and_a_second_start_do_everything() {
    let no_bus = |options: &mut Options| {
        desktop(options, |screen| {
            screen.bus = false;
            screen.accessibility = false;
        });
    };
    play(no_bus, |world| {
        world.start_agent()?;
        let code = world.invited_code()?;
        let (title, project) =
            (world.word("code-title"), world.words.with("code-title-project", &[("project", PROJECT)]));
        comes_back_by_a_second_start(world, &title)?;
        // Nobody can read the screen here, but the keyboard starts where the person starts.
        world.screen.bring_to_front(&title)?;
        world.screen.type_text(&code.grouped())?;
        world.screen.key("Return")?;
        world.screen.wait_for_window(&project)?;
        world.screen.key("space")?;
        world.office.wait_for_stage(OLD_ADDRESS, "waiting", LIMIT)?;
        world.cut_over()?;
        comes_back_by_a_second_start(world, &world.word("instructions-title"))
    });
}

fn comes_back_by_a_second_start(world: &World, title: &str) -> Told {
    world.screen.close_window(title)?;
    let opened = second_start(world, &["open"])?;
    assert!(opened.status.success(), "{}", String::from_utf8_lossy(&opened.stderr));
    world.screen.wait_for_window(title)?;
    Ok(())
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn without_a_tray_the_window_and_a_second_start_do_everything() {
    play(
        |options| desktop(options, |_| ()),
        |world| {
            until_waiting(world)?;
            let title = world.word("waiting-title");
            comes_back_by_a_second_start(world, &title)?;
            // Whatever is asked for, the first one does it, and there is no second agent.
            world.screen.close_window(&title)?;
            let again = second_start(world, &["--server", &world.office.url()])?;
            assert!(again.status.success() && again.stdout.is_empty() && again.stderr.is_empty(), "{again:?}");
            world.screen.wait_for_window(&title)?;
            assert_eq!(world.screen.titles().iter().filter(|there| **there == title).count(), 1);
            let told = second_start(world, &["status"])?;
            assert_eq!(String::from_utf8_lossy(&told.stdout), format!("{}\n", world.word("tray-waiting")));
            assert!(told.stderr.is_empty());
            assert!(second_start(world, &["quit"])?.status.success());
            assert!(world.agent_ended(SOON)?, "quitting is no failure");
            let told = second_start(world, &["status"])?;
            assert!(!told.status.success() && told.stdout.is_empty());
            assert_eq!(String::from_utf8_lossy(&told.stderr).lines().count(), 1, "{told:?}");
            Ok(())
        },
    );
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn without_a_display_the_agent_says_so_in_one_line_and_fails() {
    play(
        |options| desktop(options, |_| ()),
        |world| {
            for display in [None, Some(":4242")] {
                let mut command = world.screen.command(world.agent_program())?;
                command.args(["--server", &world.office.url()]).env_remove("DISPLAY");
                display.map(|display| command.env("DISPLAY", display));
                let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output()?;
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                assert_eq!(output.status.code(), Some(1), "{said}");
                assert_eq!(said.lines().count(), 1, "{said}");
                assert!(said.contains("SET-1"), "{said}");
            }
            Ok(())
        },
    );
}
