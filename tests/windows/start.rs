//! The agent as a part of Windows: one per login, started with it, its token where Windows keeps secrets.

use mailshift::demo::mail_server::OLD_ADDRESS;
use mailshift::demo::office::PROJECT;
use mailshift::demo::screen::wait;

use super::stage::{SOON, Setting, play};

const RUN: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";
/// Of `mailshift://` links.
const CLASS: &str = r"HKCU\Software\Classes\mailshift";
/// Where Wine's Credential Manager keeps what it is given.
const CREDENTIALS: &str = r"HKCU\Software\Wine\Credential Manager";

#[test]
#[ignore = "needs wine: make test-windows"]
fn a_code_typed_into_the_window_binds_the_computer() {
    play(Setting::default(), |stage| {
        stage.start_agent()?;
        stage.turn_to_page("code-title")?;
        stage.picture("code")?;
        stage.enter_code()?;
        stage.picture("card")?;
        stage.bind()?;
        stage.picture("waiting")?;
        assert_eq!(stage.office.status(OLD_ADDRESS)?["system"], "windows");
        Ok(())
    });
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn a_second_start_opens_the_window_of_the_first() {
    play(Setting::default(), |stage| {
        stage.until_waiting()?;
        let title = stage.word("waiting-title");
        stage.screen.close_window(&title)?;
        assert_eq!(stage.second_start(&[])?, "");
        wait("the window again", SOON, || stage.screen.window(&title))?;
        stage.screen.close_window(&title)?;
        assert_eq!(stage.second_start(&["status"])?, stage.word("tray-waiting"));
        assert!(stage.screen.window(&title).is_none(), "asking for the status opens nothing");
        stage.second_start(&["quit"])?;
        stage.agent_ended()
    });
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn the_agent_starts_with_the_login_and_knows_its_token_again() {
    play(Setting::default(), |stage| {
        stage.until_waiting()?;
        let run = stage.wine.export(RUN)?;
        assert!(run.contains(r#"\"C:\\Program Files\\Mailshift\\mailshift.exe\" --background"#), "{run}");
        let credentials = stage.wine.export(CREDENTIALS)?;
        assert!(credentials.contains("device-token"), "{credentials}");
        stage.kill_agent();
        stage.start_agent_with(&["--background"])?;
        stage.cut_over()?;
        stage.picture("instructions")?;
        stage.is_at("started")?;
        Ok(())
    });
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn a_link_is_the_agents_and_fills_in_the_code_in_the_one_that_runs() {
    play(Setting::default(), |stage| {
        stage.start_agent()?;
        stage.turn_to_page("code-title")?;
        // What Windows does with such links it reads there; Wine's own `start` refuses this link ("Invalid name").
        let class = stage.wine.export(CLASS)?;
        assert!(class.contains("\"URL Protocol\"=\"\""), "{class}");
        assert!(class.contains(r#"\"C:\\Program Files\\Mailshift\\mailshift.exe\" -- \"%1\""#), "{class}");
        let server = stage.office.url().replace(':', "%3A").replace('/', "%2F");
        let link = format!("mailshift://activate?server={server}&code={}", stage.invited_code()?.grouped());
        assert_eq!(stage.second_start(&[&link])?, "");
        let logged = || stage.agent_log().contains("a link was followed").then_some(());
        wait("the link to arrive", SOON, logged)?;
        stage.turn_to_page("code-title")?;
        stage.picture("code-offered")?;
        stage.key("Return")?;
        stage.turn_to(&stage.words.with("code-title-project", &[("project", PROJECT)]))?;
        stage.bind()
    });
}
