//! A mailbox with a password on IMAP servers: Outlook imports a settings file at its start.

use mailshift::demo::mail_server::{NEW_ADDRESS, NEW_PASSWORD};

use super::exchange::default_profile;
use super::journey::End;
use super::kept::assert_as_before;
use super::stage::{Setting, play};

const IMAP: Setting = Setting { outlook: Some("person.reg"), exchange: false };

#[test]
#[ignore = "needs wine: make test-windows"]
fn outlook_imports_the_account_and_undo_is_exact() {
    play(IMAP, |stage| {
        let before = stage.mail_registry()?;
        stage.until_committed_with_password()?;
        let End::Complete(evidence) = stage.ended()? else { panic!("{}", stage.agent_log()) };
        assert!(evidence.imap && evidence.smtp && evidence.default_profile, "{evidence:?}");
        let registry = stage.mail_registry()?;
        assert_ne!(default_profile(&registry), default_profile(&before));
        let noted = stage.noted("outlook");
        let imported = format!("imported {}", default_profile(&registry));
        assert!(noted.contains(&"start []".into()) && noted.contains(&imported), "{noted:?}");
        for value in ["IMAP Server", "IMAP Port", "SMTP Server", "SMTP Port"] {
            assert!(registry.contains(&format!("\"{value}\"=")), "{value} in {registry}");
        }
        // No settings file, log or value has the password.
        let everything = [registry, stage.agent_log(), noted.concat(), stage.files_of_the_agent()];
        assert!(everything.iter().all(|text| !text.contains(NEW_PASSWORD)));
        assert!(stage.noted("outlook").iter().any(|line| line.starts_with("store") && line.contains(NEW_ADDRESS)));
        let file = stage.agent_folder().join("outlook.prf");
        assert!(!file.exists(), "Outlook has imported it");
        stage.undo()?;
        assert_as_before(&stage.mail_registry()?, &before, "undone");
        Ok(())
    });
}
