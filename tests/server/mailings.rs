//! The mails to people: the queue, reminders, bounces, encryption.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;

use crate::server_support::sink::{Mail, PUBLIC, Sink};
use crate::server_support::{Backend, LIMIT, PROJECT, Process, World, eventually, settings, stories};
use mailshift::server::Db;
use reqwest::StatusCode;
use serde_json::json;

stories! {
    the_queue_outlives_a_restart_and_the_running_server_sends_it,
    two_servers_share_the_queue,
    a_letter_on_its_way_arrives_when_the_server_is_stopped_and_is_sent_again_when_it_is_killed,
    what_the_mail_server_puts_off_is_tried_again_and_what_it_refuses_is_not,
    no_more_letters_a_minute_than_the_project_says,
    what_a_mail_server_quotes_of_a_letter_is_not_recorded,
    a_report_of_the_mail_server_marks_the_mail_and_nothing_else,
    who_has_not_installed_is_reminded_in_the_projects_rhythm_and_not_after_activation,
    letters_go_encrypted_and_only_to_a_server_that_can_be_trusted,
    a_letter_can_be_looked_at_without_being_sent,
}

/// The lines of `mails` for one user, newest first.
fn mails(world: &World, address: &str) -> Vec<String> {
    world.done(&["mails", PROJECT, "--user", address]).lines().map(ToOwned::to_owned).collect()
}

/// Changes rows behind the server's back: moves its clock, as it were.
async fn changed(world: &World, statement: &'static str) {
    let db = Db::open(&world.database()).await.expect("the database");
    let done = sqlx::query(statement).execute(db.pool()).await.expect("a change");
    assert!(done.rows_affected() > 0, "{statement}");
    db.close().await;
}

async fn the_queue_outlives_a_restart_and_the_running_server_sends_it(on: Backend) {
    let sink = Sink::new();
    let mut world = on.world_with(sink.settings(json!({}))).await;
    world.stop().await;
    let said = world.done(&["invite", PROJECT, "--queue"]);
    assert_eq!(said, "anna@old.example: queued\njoerg@old.example: queued\n");
    world.done(&["invite", PROJECT, "--queue"]);
    assert_eq!(mails(&world, "anna@old.example").len(), 1, "one that waits is enough");
    assert!(sink.is_empty());
    world.start().await;
    let codes = [sink.mail(), sink.mail()].map(|mail| mail.code());
    for code in codes {
        assert_eq!(world.activate(code.reveal()).await.status(), StatusCode::CREATED);
    }
    eventually("recorded as sent", async || world.done(&["mails", PROJECT]).matches("  sent, tries: 1").count() == 2)
        .await;
}

async fn two_servers_share_the_queue(on: Backend) {
    let (sink, people) = (Sink::new(), 12);
    let world = on.empty_world();
    world.furnish(sink.settings(json!({})));
    let more = (0..people - 2).fold("name;old address;new address;login\n".to_owned(), |rows, n| {
        format!("{rows}Number {n};n{n}@old.example;n{n}@new.example;n{n}\n")
    });
    world.done(&["users", "import", PROJECT, &world.file("more.csv", &more)]);
    world.done(&["invite", PROJECT, "--queue"]);
    let _servers = [Process::start(&world, &[]), Process::start(&world, &[])];
    let mut got: Vec<String> = (0..people).map(|_| sink.mail().field("To")).collect();
    eventually("all recorded", async || world.done(&["mails", PROJECT]).matches("  sent, tries: 1").count() == people)
        .await;
    got.sort();
    got.dedup();
    assert_eq!(got.len(), people, "everyone got one: {got:?}");
    assert!(sink.is_empty());
}

async fn a_letter_on_its_way_arrives_when_the_server_is_stopped_and_is_sent_again_when_it_is_killed(on: Backend) {
    let ((reached, is_reached), (go, may_go)) = (channel(), channel());
    let sink = Sink::answering(move |said| {
        if said.contains("boundary=") {
            reached.send(()).expect("the test listens");
            let _ = may_go.recv_timeout(LIMIT); // the client of a killed server is gone by then
        }
        None
    });
    let mut world = on.world_with(sink.settings(json!({}))).await;
    world.done(&["invite", PROJECT, "--queue", "--user", "anna@old.example"]);
    is_reached.recv_timeout(LIMIT).expect("on its way");
    tokio::join!(world.stop(), async { go.send(()).expect("the mail server listens") });
    sink.mail();
    assert!(mails(&world, "anna@old.example")[0].contains("sent, tries: 1"), "{:?}", mails(&world, "anna@old.example"));

    world.done(&["invite", PROJECT, "--queue", "--user", "joerg@old.example"]);
    let server = Process::start(&world, &[]);
    is_reached.recv_timeout(LIMIT).expect("on its way");
    server.kill();
    go.send(()).expect("the mail server listens");
    sink.mail();
    assert!(mails(&world, "joerg@old.example")[0].contains("queued, tries: 1"), "nobody knows that it arrived");
    changed(&world, "UPDATE mailing SET due_at = 0 WHERE state = 'queued'").await;
    world.start().await;
    is_reached.recv_timeout(LIMIT).expect("on its way again");
    go.send(()).expect("the mail server listens");
    let code = sink.mail().code();
    eventually("recorded", async || mails(&world, "joerg@old.example")[0].contains("sent, tries: 2")).await;
    assert_eq!(world.activate(code.reveal()).await.status(), StatusCode::CREATED);
}

async fn what_the_mail_server_puts_off_is_tried_again_and_what_it_refuses_is_not(on: Backend) {
    let mut tries = 0;
    let sink = Sink::answering(move |line| {
        if line.starts_with("RCPT") && line.contains("joerg") {
            return Some("550 5.1.1 no such mailbox".into());
        }
        tries += u32::from(line.starts_with("RCPT"));
        (line.starts_with("RCPT") && tries == 1).then(|| "451 4.7.1 greylisted, come back later".into())
    });
    let world = on.world_with(sink.settings(json!({}))).await;
    let before = world.new_code("anna@old.example");
    world.done(&["invite", PROJECT, "--queue"]);
    let line = |address: &str| mails(&world, address).remove(0);
    eventually("Jörg's failed", async || line("joerg@old.example").contains("failed, tries: 1")).await;
    assert!(line("joerg@old.example").contains("no such mailbox"));
    eventually("Anna's is put off", async || line("anna@old.example").contains("greylisted")).await;
    assert!(line("anna@old.example").contains("queued, tries: 1, next "), "{}", line("anna@old.example"));
    assert_eq!(world.activate(&before).await.status(), StatusCode::CREATED, "the old code still works");

    changed(&world, "UPDATE mailing SET due_at = 0 WHERE state = 'queued'").await;
    let code = sink.mail().code();
    eventually("Anna's is sent", async || line("anna@old.example").contains("sent, tries: 2")).await;
    assert_eq!(world.activate(code.reveal()).await.status(), StatusCode::CREATED);
}

async fn no_more_letters_a_minute_than_the_project_says(on: Backend) {
    let sink = Sink::new();
    let smtp = json!({"host": "127.0.0.1", "port": sink.port, "security": "none", "from": "it@old.example",
                      "per_minute": 1});
    let world = on.world_with(sink.settings(json!({"smtp": smtp}))).await;
    world.done(&["invite", PROJECT, "--queue"]);
    sink.mail();
    let states = || world.done(&["mails", PROJECT]);
    eventually("the first is recorded", async || states().contains("  sent, tries: 1")).await;
    assert!(states().contains("  queued, tries: 0"), "{}", states());
    changed(&world, "UPDATE mailing SET tried_at = tried_at - 60000 WHERE state = 'sent'").await;
    sink.mail();
}

async fn what_a_mail_server_quotes_of_a_letter_is_not_recorded(on: Backend) {
    let sink = Sink::answering(|said| {
        let mail = Mail(said.to_owned());
        (said.contains("boundary=")).then(|| {
            let code = mail.code().grouped();
            format!("554 5.7.1 spam: {PUBLIC}{} and {code}", mail.page())
        })
    });
    let world = on.world_with(sink.settings(json!({}))).await;
    let output = world.cli(&["invite", PROJECT, "--user", "anna@old.example"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("failed") && said.contains("spam: ••• and •••"), "{said}");
    let line = mails(&world, "anna@old.example").remove(0);
    assert!(line.contains("failed, tries: 1") && line.contains("spam: ••• and •••"), "{line}");
}

async fn a_report_of_the_mail_server_marks_the_mail_and_nothing_else(on: Backend) {
    let sink = Sink::new();
    let world = on.world_with(sink.settings(json!({}))).await;
    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    let mail = sink.mail();
    assert_eq!(mail.field("Auto-Submitted"), "auto-generated");
    let code = mail.code();
    let returned = format!("Message-ID: {}", mail.field("Message-ID"));
    assert!(returned.contains(&mail.field("X-Mailshift-Mailing")));
    let report = |returned: &str| {
        format!(
            "Subject: Undelivered\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
             --b\nContent-Type: text/plain\n\nSorry.\n\n--b\nContent-Type: message/delivery-status\n\n\
             Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; anna@old.example\nAction: failed\n\
             Status: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full\n\n\
             --b\nContent-Type: text/rfc822-headers\n\n{returned}\n\n--b--\n"
        )
    };
    let foreign = format!("X-Mailshift-Mailing: {}", uuid::Uuid::now_v7());
    assert!(bounced(&world, &report(&foreign)).contains("nothing was changed"));
    assert_eq!(bounced(&world, &report(&returned)), "anna@old.example: came back\n");
    let line = mails(&world, "anna@old.example").remove(0);
    assert!(line.contains("bounced, tries: 1  552 5.2.2 mailbox full"), "{line}");
    assert!(bounced(&world, &report(&returned)).contains("nothing was changed"), "once");
    assert_eq!(world.activate(code.reveal()).await.status(), StatusCode::CREATED, "the code still works");
}

fn bounced(world: &World, report: &str) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_mailshift-server"));
    program.arg("--database").arg(world.database()).arg("bounce").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = program.spawn().expect("the program starts");
    running.stdin.take().expect("its input").write_all(report.as_bytes()).expect("the report");
    let output = running.wait_with_output().expect("it ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text")
}

/// A zone in which it is noon, so that reminders may go.
fn noon() -> String {
    let hour = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).hour();
    // "Etc" names count the other way round: Etc/GMT-1 is one hour ahead.
    format!("Etc/GMT{:+}", hour - 12)
}

async fn who_has_not_installed_is_reminded_in_the_projects_rhythm_and_not_after_activation(on: Backend) {
    let sink = Sink::new();
    let rhythm = json!({"reminders": {"every_days": 3, "at_most": 1}, "time_zone": noon()});
    let mut world = on.world_with(sink.settings(rhythm)).await;
    world.done(&["invite", PROJECT]);
    let invitations = [sink.mail(), sink.mail()];
    let joergs = invitations.iter().find(|mail| mail.text().contains("joerg@")).expect("Jörg's");
    let code = joergs.code();
    let token: mailshift::protocol::Activation =
        world.activate(code.reveal()).await.json().await.expect("an activation");
    crate::server_support::Agent { world: &world, token: token.token.reveal().to_owned() }.directive().await;

    // The server looks for people to remind when it starts.
    world.stop().await;
    changed(&world, "UPDATE mailing SET sent_at = sent_at - 259200000, created_at = created_at - 259200000").await;
    world.start().await;
    let reminder = sink.mail();
    assert!(reminder.field("To").contains("anna@old.example"));
    assert!(reminder.text().contains("We have not heard from Mailshift"), "{}", reminder.text());
    let code = reminder.code();
    assert_eq!(world.activate(code.reveal()).await.status(), StatusCode::CREATED);
    eventually("recorded", async || mails(&world, "anna@old.example")[0].contains("reminder  sent")).await;

    world.stop().await;
    changed(&world, "UPDATE mailing SET sent_at = sent_at - 259200000, created_at = created_at - 259200000").await;
    world.start().await;
    // A letter that is queued afterwards arrives, so the look for reminders is over.
    world.done(&["invite", PROJECT, "--user", "joerg@old.example", "--queue"]);
    assert!(sink.mail().field("To").contains("joerg@old.example"));
    assert_eq!(mails(&world, "anna@old.example").len(), 2, "no more than the project says");
    assert!(world.done(&["remind", PROJECT]).contains("joerg@old.example: not reminded"));
}

async fn letters_go_encrypted_and_only_to_a_server_that_can_be_trusted(on: Backend) {
    let world = on.world().await;
    let invite = |sink: &Sink, security: &str, authority: Option<PathBuf>| {
        let smtp = json!({"host": "127.0.0.1", "port": sink.port, "security": security, "from": "it@old.example",
                          "certificate_authority": authority});
        let settings = world.file("post.json", &settings(json!({"smtp": smtp})));
        world.done(&["project", "set", PROJECT, "--file", &settings]);
        let output = world.cli(&["invite", PROJECT, "--user", "anna@old.example"]);
        (output.status.success(), String::from_utf8(output.stdout).expect("text"))
    };
    let folder = tempfile::tempdir().expect("a folder");
    for security in ["tls", "starttls"] {
        let sink = match security {
            "tls" => Sink::encrypted(folder.path()),
            _ => Sink::upgrading(folder.path()),
        };
        let (sent, said) = invite(&sink, security, None);
        assert!(!sent && said.contains("certificate"), "{security}: {said}");
        assert!(sink.is_empty());
        let (sent, said) = invite(&sink, security, Some(folder.path().join("ca.pem")));
        assert!(sent, "{security}: {said}");
        assert!(sink.mail().field("To").contains("anna@old.example"));
    }
    let clear = Sink::new();
    let (sent, said) = invite(&clear, "starttls", None);
    assert!(!sent && clear.is_empty(), "nothing goes to a server that does not encrypt: {said}");
}

async fn a_letter_can_be_looked_at_without_being_sent(on: Backend) {
    let sink = Sink::new();
    let world = on.world_with(sink.settings(json!({}))).await;
    let letter = world.done(&["letter", PROJECT, "joerg@old.example", "--reminder"]);
    assert!(letter.contains("Guten Tag Jörg Beispiel") && letter.contains(&format!("{PUBLIC}/p/sample")), "{letter}");
    assert!(letter.contains(&format!("geben Sie {PUBLIC} ein")), "the server is named: {letter}");
    assert!(sink.is_empty() && mails(&world, "joerg@old.example").is_empty());
}
