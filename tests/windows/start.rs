//! The agent as a part of Windows: one per login, started with it, its token where Windows keeps secrets, its icon in
//! the tray.

use std::fs;

use mailshift::demo::mail_server::OLD_ADDRESS;
use mailshift::demo::screen::wait;

use super::stage::{SOON, Stage, Told, play};

const RUN: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";
/// Where Wine's Credential Manager keeps what it is given.
const CREDENTIALS: &str = r"HKCU\Software\Wine\Credential Manager";

#[test]
#[ignore = "needs wine: make test-windows"]
fn a_second_start_opens_the_window_of_the_first() {
    play(|stage| {
        stage.until_waiting()?;
        let title = stage.word("waiting-title");
        stage.screen.close_window(&title)?;
        assert_eq!(stage.second_start(&[])?, "");
        wait("the window again", SOON, || stage.screen.window(&title))?;
        stage.screen.close_window(&title)?;
        let status = stage.second_start(&["status"])?;
        assert!(status.contains("waiting") || status.contains("Waiting"), "{status}");
        assert!(stage.screen.window(&title).is_none(), "asking for the status opens nothing");
        stage.second_start(&["quit"])?;
        stage.agent_ended()
    });
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn the_agent_starts_with_the_login_and_knows_its_token_again() {
    play(|stage| {
        stage.until_waiting()?;
        let run = stage.wine.export(RUN)?;
        assert!(run.contains(r#"\"C:\\Program Files\\Mailshift\\mailshift.exe\" --background"#), "{run}");
        let credentials = stage.wine.export(CREDENTIALS)?;
        assert!(credentials.contains("device-token"), "{credentials}");
        stage.kill_agent();
        stage.start_agent_with(&["--background"])?;
        seen_again(stage)
    });
}

/// The server hears from the agent although nobody has typed a code again, and no window has come up.
fn seen_again(stage: &Stage) -> Told {
    stage.office.run(&["cutover", mailshift::demo::office::PROJECT, "now"])?;
    wait("the wizard", SOON, || stage.screen.window(&stage.word("instructions-title")))?;
    let log = fs::read_to_string(stage.log()).unwrap_or_default();
    assert!(!log.contains("device-token"), "{log}");
    assert_eq!(stage.office.status(OLD_ADDRESS)?["stage"], "started");
    Ok(())
}
