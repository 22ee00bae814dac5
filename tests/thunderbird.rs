//! The set-up with a real Thunderbird, a real Dovecot and a virtual screen.
#![cfg(all(feature = "demo", target_os = "linux"))]

#[path = "thunderbird/stage.rs"]
mod stage;

use mailshift::mail::{self, Progress, Step};
use mailshift::problem::Code;
use stage::Stage;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs thunderbird and dovecot: make test"]
async fn a_fresh_home_gets_a_profile_with_the_mail_in_it() {
    let stage = Stage::fresh().await;
    let (outcome, said) = stage.set_up(stage.order()).await;
    let outcome = outcome.expect("it works");
    assert!(outcome.evidence.imap && outcome.evidence.smtp && outcome.evidence.default_profile, "{outcome:?}");
    assert_eq!(outcome.evidence.first_sync_messages, 9);
    assert_eq!(outcome.left, Vec::<Code>::new());
    assert_eq!(outcome.old_profile, None);
    let steps: Vec<_> =
        said.iter().filter_map(|it| if let Progress::Finished(step) = it { Some(*step) } else { None }).collect();
    assert_eq!(steps, Step::ALL);
    assert!(mail::can_undo(&stage.places));
}
