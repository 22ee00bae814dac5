//! Profiles of Outlook that a move, or the way back from it, must not take away.

use std::fs;

use mailshift::demo::Error;
use mailshift::demo::mail_server::{NEW_ADDRESS, OLD_ADDRESS};
use mailshift::demo::office::PROJECT;
use mailshift::demo::screen::wait;

use crate::exchange::{EXCHANGE, default_profile, is_complete, profile};
use crate::journey::{End, SET_UP};
use crate::kept::{assert_as_before, ours};
use crate::stage::{SOON, Setting, Stage, Told, play};

/// A profile that the person makes by hand, of the name that ours would have.
const BY_HAND: &str = r#"Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook\Profiles\anna@new.example]

[HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook\Profiles\anna@new.example\0a0d020000000000c000000000000046]
"001f3001"=hex:42,00,79,00,20,00,68,00,61,00,6e,00,64,00,00,00
"#;

/// One more set-up by the operator's order.
fn set_up_again(stage: &Stage) -> Result<String, Error> {
    stage.wait_for_outlook(OLD_ADDRESS)?;
    stage.office.run(&["configure", PROJECT, OLD_ADDRESS])?;
    stage.turn_to_page("instructions-title")?;
    stage.commit(None)?;
    is_complete(stage)?;
    stage.mail_registry()
}

/// M9: what people are told ("nothing was deleted") is so for Outlook, too, however often they go to and fro.
#[test]
#[ignore = "needs wine: make test-windows"]
fn going_back_deletes_no_profile_and_a_second_move_makes_another_one() {
    play(EXCHANGE, |stage| {
        let before = stage.mail_registry()?;
        stage.until_committed()?;
        is_complete(stage)?;
        let first = stage.mail_registry()?;
        stage.undo()?;
        stage.screen.close_window(&stage.word("undo-title-done"))?;
        let back = stage.mail_registry()?;
        assert_as_before(&back, &before, "back once");
        assert_eq!(ours(&back), [default_profile(&first)]);

        let second = set_up_again(stage)?;
        let (one, two) = (default_profile(&first), default_profile(&second));
        assert_ne!(one, two, "what is there keeps its name");
        assert_eq!(profile(&second, &one), profile(&first, &one));
        stage.undo()?;
        let back = stage.mail_registry()?;
        assert_as_before(&back, &before, "back twice");
        for (name, then) in [(&one, &first), (&two, &second)] {
            assert_eq!(profile(&back, name), profile(then, name), "{name} stays as Outlook left it");
        }
        Ok(())
    });
}

/// M9: the journal says that a profile of this name is to be made. The agent dies, and the person makes one by hand.
#[test]
#[ignore = "needs wine: make test-windows"]
fn a_profile_that_the_person_made_by_hand_after_a_crash_is_never_removed() {
    play(EXCHANGE, |stage| {
        stage.provider_is("hang:CreateProfile")?;
        let before = stage.mail_registry()?;
        stage.until_committed()?;
        wait("the call", SET_UP, || {
            stage.noted("mapi").iter().any(|call| call.starts_with("CreateProfile")).then_some(())
        })?;
        stage.kill_agent();
        stage.wine.import(BY_HAND)?;
        let by_hand = profile(&stage.mail_registry()?, NEW_ADDRESS);
        assert!(by_hand.contains("001f3001"), "{by_hand}");
        stage.provider_is("normal")?;
        stage.start_agent_with(&["--background"])?;
        wait("the way back", SET_UP, || stage.agent_log().contains("everything is as it was").then_some(()))?;
        let after = stage.mail_registry()?;
        assert_eq!(profile(&after, NEW_ADDRESS), by_hand);
        assert_as_before(&after, &before, "after a crash");
        Ok(())
    });
}

/// A data file on which the provider crashes or hangs is one that is left out, not the end of the whole profile.
fn is_left_out(order: &str) {
    play(EXCHANGE, |stage| {
        two_data_files(stage)?;
        stage.provider_is(order)?;
        stage.until_committed()?;
        is_complete(stage)?;
        let registry = stage.mail_registry()?;
        let new = profile(&registry, &default_profile(&registry));
        assert!(!new.contains("\"001f6700\""), "{new}");
        let calls = stage.noted("mapi");
        assert!(calls.iter().any(|call| call.starts_with("SetDefaultProfile")), "made by MAPI all the same: {calls:?}");
        assert!(stage.agent_log().contains("a data file is left out"));
        Ok(())
    });
}

/// The old profile names two data files, and they are there.
fn two_data_files(stage: &Stage) -> Told {
    let registry = stage.mail_registry()?;
    let old = default_profile(&registry);
    let mut lines = vec!["Windows Registry Editor Version 5.00".to_owned()];
    for (number, name) in ["one.pst", "two.pst"].into_iter().enumerate() {
        let path = format!("C:\\stage\\{name}");
        fs::write(stage.wine.path(&path), b"!BDN\0\0\0\0SM\x17\0")?;
        let bytes = path.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).map(|byte| format!("{byte:02x}"));
        let bytes = bytes.collect::<Vec<_>>().join(",");
        let key = format!(r"HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook\Profiles\{old}\{number:032x}");
        lines.extend([String::new(), format!("[{key}]"), format!("\"001f6700\"=hex:{bytes}")]);
    }
    stage.wine.import(&format!("{}\n", lines.join("\n")))
}

/// F17 of the review on Windows.
#[test]
#[ignore = "needs wine: make test-windows"]
fn a_data_file_that_crashes_the_provider_does_not_end_the_profile() {
    is_left_out("crash:ConfigureMsgService");
}

/// F17: the same for one that never answers.
#[test]
#[ignore = "needs wine: make test-windows"]
fn a_data_file_that_hangs_does_not_end_the_profile() {
    is_left_out("hang:ConfigureMsgService");
}

/// F17: where Outlook had no key for its set-up before, there is none afterwards.
#[test]
#[ignore = "needs wine: make test-windows"]
fn going_back_from_an_import_leaves_no_empty_key() {
    play(Setting { outlook: Some("person.reg"), exchange: false }, |stage| {
        let setup = r"HKCU\Software\Microsoft\Office\16.0\Outlook\Setup";
        let _ = stage.wine.run("reg", &["delete", setup, "/f"])?;
        let before = stage.mail_registry()?;
        assert!(!before.contains("Outlook\\Setup"), "{before}");
        stage.until_committed_with_password()?;
        let End::Complete(_) = stage.ended()? else { panic!("{}", stage.agent_log()) };
        wait("Outlook's note", SOON, || stage.mail_registry().ok().filter(|text| text.contains("First-Run")))?;
        // It would be opened again with the old profile, and note that.
        stage.screen.close_window(&format!("Inbox - {NEW_ADDRESS} - Outlook"))?;
        wait("the end of Outlook", SOON, || stage.noted("outlook").contains(&"end".into()).then_some(()))?;
        stage.undo()?;
        assert_as_before(&stage.mail_registry()?, &before, "undone");
        Ok(())
    });
}
