//! Where Windows keeps the token.

use mailshift::demo::screen::wait;

use crate::stage::{SOON, Setting, Stage, play};

/// Where Wine's Credential Manager keeps what it is given.
const CREDENTIALS: &str = r"HKCU\Software\Wine\Credential Manager";
/// `CRED_PERSIST_LOCAL_MACHINE` and `CRED_PERSIST_ENTERPRISE` of wincred.h.
const HERE: u32 = 2;
const EVERYWHERE: u32 = 3;

/// The section of the token.
fn token(stage: &Stage) -> Option<String> {
    let text = stage.wine.export(CREDENTIALS).ok()?;
    text.split("\r\n[").find(|section| section.contains("device-token")).map(str::to_owned)
}

fn persists(section: &str, how: u32) -> bool {
    section.contains(&format!("\"Persist\"=dword:{how:08x}"))
}

/// F8 of the review on Windows: with a roaming profile the token went to every computer of the login.
#[test]
#[ignore = "needs wine: make test-windows"]
fn the_token_stays_on_this_computer_also_one_that_an_older_agent_kept() {
    play(Setting::default(), |stage| {
        stage.until_waiting()?;
        let kept = token(stage).expect("a token");
        assert!(persists(&kept, HERE), "{kept}");
        stage.second_start(&["quit"])?;
        stage.agent_ended()?;
        // As an older agent kept it.
        let roaming = kept.replace(&format!("dword:{HERE:08x}"), &format!("dword:{EVERYWHERE:08x}"));
        stage.wine.import(&format!("Windows Registry Editor Version 5.00\n\n[{}", roaming.replace("\r\n", "\n")))?;
        assert!(persists(&token(stage).expect("a token"), EVERYWHERE));
        stage.start_agent_with(&["--background"])?;
        wait("the token to be moved", SOON, || token(stage).filter(|token| persists(token, HERE)))?;
        stage.is_at("waiting")?;
        Ok(())
    });
}
