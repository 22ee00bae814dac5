//! The set-up with a real Thunderbird, a real Dovecot and a virtual screen.

use std::time::Duration;

use crate::stage::{Stage, contents, until};
use mailshift::mail::{self, Cancel, Error, Progress, Recovered, Step, set_up};
use mailshift::problem::ResponseCode;
use mailshift::protocol::ClientKind;
use mailshift::secret::Secret;
use tokio::sync::mpsc::unbounded_channel;

/// Thunderbird's own start and close take about 3 s; a busy machine may be ten times slower.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs thunderbird and dovecot: make test"]
async fn a_fresh_home_gets_a_profile_with_the_mail_in_it() {
    let stage = Stage::fresh().await;
    let (outcome, said) = stage.set_up(stage.order()).await;
    let outcome = outcome.expect("it works");
    assert!(outcome.evidence.imap && outcome.evidence.smtp && outcome.evidence.default_profile, "{outcome:?}");
    assert_eq!(outcome.evidence.first_sync_messages, 9);
    assert_eq!(outcome.left, []);
    assert_eq!(outcome.old_profile, None);
    let done = |it: &Progress| if let Progress::Finished(step) = it { Some(*step) } else { None };
    assert_eq!(said.iter().filter_map(done).collect::<Vec<_>>(), Step::ALL);

    assert!(mail::can_undo(&stage.places));
    stage.undo().await.expect("undone");
    assert!(!mail::can_undo(&stage.places));
    assert!(!stage.root().join("profiles.ini").exists(), "there was none before");
    assert!(outcome.profile == "Mail at New Example" && stage.root().join("mail-at-new-example.mailshift").is_dir());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs thunderbird and dovecot: make test"]
async fn a_running_thunderbird_is_closed_and_comes_back_with_everything_carried_over() {
    let stage = Stage::seasoned().await;
    stage.open_old().await;
    let old = stage.old_profile();
    let (sender, mut receiver) = unbounded_channel();
    let looked = tokio::spawn(async move {
        while let Some(progress) = receiver.recv().await {
            if progress == Progress::Finished(Step::CloseClient) {
                return contents(&old);
            }
        }
        panic!("it was never closed");
    });
    let lists = stage.lists();
    let outcome = set_up(stage.order(), &stage.places, &stage.host, sender, Cancel::default()).await.expect("it works");
    let (before, after) = (looked.await.expect("closed"), contents(&stage.old_profile()));
    assert!(before.len() > 20, "a profile that was in use has many files: {}", before.len());
    assert_eq!(before, after, "the old profile's bytes are unchanged");
    assert_eq!(outcome.evidence.first_sync_messages, 9);
    assert!(outcome.old_profile.is_some_and(|name| name.starts_with("default-release (")));
    stage.until_titled("Inbox");
    stage.picture("carried-over");

    let new = stage.root().join("mail-at-new-example.mailshift");
    let prefs = std::fs::read_to_string(new.join("prefs.js")).expect("there");
    for carried in ["Anna Berger</b>", "mailnews.tags.spring_fair.tag", "ldap_2.servers.Customers.filename"] {
        assert!(prefs.contains(carried), "{carried}");
    }
    assert!(!prefs.contains("old.example"), "nothing points to the old account");
    for file in ["abook.sqlite", "abook-1.sqlite", "Mail/Local Folders/Letters"] {
        assert!(new.join(file).is_file(), "{file}");
    }
    let filters = std::fs::read_to_string(new.join("ImapMail/localhost/msgFilterRules.dat")).expect("there");
    assert!(filters.contains("imap://anna%40new.example@localhost/Projects/2026"), "{filters}");

    stage.undo().await.expect("undone");
    assert_eq!(stage.lists(), lists, "the lists are what they were, byte for byte");
    until(PATIENCE, "Thunderbird is back on the old profile", || stage.holder(&stage.old_profile()));
    assert!(new.is_dir(), "the new profile stays");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs thunderbird and dovecot: make test"]
async fn a_message_being_written_keeps_it_open_and_is_never_lost() {
    let stage = Stage::seasoned().await;
    stage.open_old().await;
    stage.write_a_message();
    let lists = stage.lists();
    let (sender, mut receiver) = unbounded_channel();
    let cancel = Cancel::default();
    let (order, places, host, asked) = (stage.order(), stage.places.clone(), stage.host.clone(), cancel.clone());
    let running = tokio::spawn(async move { set_up(order, &places, &host, sender, asked).await });
    let waits = async { while receiver.recv().await.expect("it waits for the person") != Progress::WaitingForClose {} };
    tokio::time::timeout(PATIENCE, waits).await.expect("it says that it waits");
    stage.picture("waiting-for-close");
    assert!(stage.holder(&stage.old_profile()), "it is still open");
    cancel.request();
    let error = running.await.expect("no panic").expect_err("cancelled");
    assert_eq!(error.code(), ResponseCode::Interrupted);
    assert!(stage.holder(&stage.old_profile()), "it is still open, with the message");
    assert_eq!(stage.lists(), lists);
    assert_eq!(mail::recover(&stage.places, &stage.host).await.expect("readable"), Recovered::Nothing);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs thunderbird and dovecot: make test"]
async fn what_does_not_work_changes_nothing() {
    let stage = Stage::seasoned().await;
    let before = contents(&stage.places.home);
    let dead = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
    let order = || stage.order();
    let mut wrong_password = order();
    wrong_password.password = Secret::new("not it");
    let mut dead_incoming = order();
    dead_incoming.account.incoming.port = dead;
    let mut dead_outgoing = order();
    dead_outgoing.account.outgoing.port = dead;
    let mut untrusted = order();
    untrusted.account.certificate_authority = None;
    let mut not_imap = order();
    not_imap.account.incoming.port = stage.server.sink_port();
    let mut unknown_sender = order();
    unknown_sender.account.outgoing.username = "nobody@new.example".into();
    for (order, code) in [
        (wrong_password, ResponseCode::PasswordRefused),
        (dead_incoming, ResponseCode::IncomingUnreachable),
        (dead_outgoing, ResponseCode::OutgoingUnreachable),
        (untrusted, ResponseCode::CertificateNotTrusted),
        (not_imap, ResponseCode::NotAMailServer),
        (unknown_sender, ResponseCode::OutgoingRefused),
    ] {
        let (outcome, _) = stage.set_up(order).await;
        assert_eq!(outcome.expect_err("it cannot work").code(), code);
    }
    assert_eq!(contents(&stage.places.home), before);
    assert!(contents(&stage.places.state).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs thunderbird and dovecot: make test"]
async fn a_profile_that_does_not_get_its_mail_is_taken_back() {
    let stage = Stage::seasoned().await;
    stage.open_old().await;
    let lists = stage.lists();
    let (sender, mut receiver) = unbounded_channel();
    let cancel = Cancel::default();
    let (mut order, places, host, asked) = (stage.order(), stage.places.clone(), stage.host.clone(), cancel.clone());
    // Thunderbird asks for the password, and nobody is there to type it.
    order.hand_over = false;
    let running = tokio::spawn(async move { set_up(order, &places, &host, sender, asked).await });
    let arrives = async { while receiver.recv().await.expect("it starts") != Progress::Started(Step::CheckArrival) {} };
    tokio::time::timeout(PATIENCE, arrives).await.expect("it starts");
    stage.until_titled("password");
    stage.picture("asks-for-password");
    cancel.request();
    assert!(matches!(running.await.expect("no panic"), Err(Error::Interrupted)));
    assert_eq!(stage.lists(), lists);
    until(PATIENCE, "the old profile is open again", || stage.holder(&stage.old_profile()));
}

/// Every point at which an agent can be killed, as far as it can be told from outside.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs thunderbird and dovecot: make test"]
async fn an_agent_killed_at_any_step_ends_in_the_old_state_or_the_new() {
    let points = Step::ALL.into_iter().flat_map(|step| [Progress::Started(step), Progress::Finished(step)]);
    let step = |at| match at {
        Progress::Started(step) | Progress::Finished(step) => step,
        Progress::WaitingForClose => Step::CloseClient,
        Progress::WaitingForSignIn => Step::CheckArrival,
    };
    let (mut old, mut new) = (0, 0);
    for at in points.filter(|at| *at != Progress::Finished(Step::CheckArrival)) {
        let stage = Stage::seasoned().await;
        let lists = stage.lists();
        let before = contents(&stage.old_profile());
        stage.killed(at);
        match mail::recover(&stage.places, &stage.host).await.expect("it recovers") {
            Recovered::Finished(outcome) | Recovered::Done(outcome) => {
                assert_eq!(outcome.evidence.first_sync_messages, 9, "{at:?}");
                assert!(step(at) >= Step::SwitchDefault, "{at:?}");
                assert!(mail::can_undo(&stage.places));
                stage.undo().await.expect("undone");
                new += 1;
            }
            Recovered::Undone | Recovered::Nothing => {
                assert!(step(at) <= Step::SwitchDefault, "{at:?}");
                assert!(!stage.root().join("mail-at-new-example.mailshift").exists(), "{at:?}");
                old += 1;
            }
        }
        assert_eq!(stage.lists(), lists, "{at:?}");
        assert!(contents(&stage.old_profile()) == before, "{at:?}");
        assert_eq!(mail::recover(&stage.places, &stage.host).await.expect("at rest"), Recovered::Nothing);
    }
    println!("killed at 13 points: {old} in the old state, {new} in the new");
    assert!(old >= 7 && new >= 3, "{old} and {new}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs thunderbird and dovecot: make test"]
async fn a_saved_message_lets_the_set_up_go_on() {
    let stage = Stage::seasoned().await;
    stage.open_old().await;
    stage.write_a_message();
    let (sender, mut receiver) = unbounded_channel();
    let (order, places, host) = (stage.order(), stage.places.clone(), stage.host.clone());
    let running = tokio::spawn(async move { set_up(order, &places, &host, sender, Cancel::default()).await });
    let waits = async { while receiver.recv().await.expect("it waits for the person") != Progress::WaitingForClose {} };
    tokio::time::timeout(PATIENCE, waits).await.expect("it says that it waits");
    // The question whether to save the message: Return says yes.
    stage.key_in("Save Message", "Return");
    let outcome = running.await.expect("no panic").expect("it works");
    assert_eq!(outcome.evidence.first_sync_messages, 9);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs thunderbird and dovecot: make test"]
async fn what_is_installed_and_open_is_known() {
    let stage = Stage::seasoned().await;
    let found = mail::inventory(&stage.places, &stage.host, &[]).await;
    let [client] = &found.clients[..] else { panic!("one Thunderbird: {found:?}") };
    assert!(client.kind == ClientKind::Thunderbird && !client.version.is_empty() && !client.running);
    assert_eq!(client.profiles, ["default-release"]);
    assert_eq!(client.default_profile.as_deref(), Some("default-release"));
    stage.open_old().await;
    assert!(mail::inventory(&stage.places, &stage.host, &[]).await.clients[0].running);
}
