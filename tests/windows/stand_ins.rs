//! The stand-in for Outlook behaves as the stories need it.

use mailshift::demo::mail_server::OLD_ADDRESS;
use mailshift::demo::screen::wait;

use super::exchange::EXCHANGE;
use super::stage::{SOON, play};

#[test]
#[ignore = "needs wine: make test-windows"]
fn outlook_opens_the_old_profile_and_changes_nothing() {
    play(EXCHANGE, |stage| {
        let before = stage.mail_registry()?;
        assert!(before.contains("Müller privat"), "{before}");
        stage.start_outlook(&[])?;
        stage.wait_for_outlook(OLD_ADDRESS)?;
        stage.picture("outlook")?;
        stage.start_outlook(&["/profile", "New one"])?;
        wait("a second start", SOON, || (stage.noted("outlook").len() == 3).then_some(()))?;
        assert_eq!(stage.noted("outlook"), ["start []", "nothing to set up", "start [/profile \"New one\"]"]);
        stage.screen.close_window(&format!("Inbox - {OLD_ADDRESS} - Outlook"))?;
        wait("the end", SOON, || stage.noted("outlook").contains(&"end".into()).then_some(()))?;
        assert_eq!(stage.mail_registry()?, before);
        Ok(())
    });
}
