//! The way back is exact, whatever the old profiles look like.

use super::exchange::{EXCHANGE, is_complete};
use super::stage::{Setting, play};

fn is_exact(hive: &'static str) {
    play(Setting { outlook: Some(hive), ..EXCHANGE }, |stage| {
        let before = stage.mail_registry()?;
        assert!(before.contains("Profiles"), "{before}");
        stage.until_committed()?;
        is_complete(stage)?;
        stage.undo()?;
        stage.picture("undone")?;
        assert_eq!(stage.mail_registry()?, before);
        Ok(())
    });
}

#[test]
#[ignore = "needs wine: make test-windows"]
fn undo_is_exact_for_an_old_exchange_profile() {
    is_exact("exchange-2016");
}
