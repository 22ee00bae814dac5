//! What reaches people: the queue of mails, bounces, reminders, and the personal page behind a letter's link.
#![cfg(feature = "server")]

mod server_support;

use std::io::Write;
use std::process::{Command, Stdio};

use mailshift::code::Code;
use mailshift::server::Db;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use server_support::sink::{Mail, Sink};
use server_support::{Backend, PROJECT, Process, World, completed, eventually, stories};

stories! {
    the_page_shows_the_code_of_the_letter_only_after_a_press,
    the_page_speaks_the_persons_language_and_names_the_time_with_its_zone,
    a_link_that_is_over_looks_like_one_that_never_was,
    a_code_told_on_the_phone_takes_the_place_of_the_one_on_the_page,
    neither_links_nor_codes_are_in_the_database,
    links_that_do_not_work_are_answered_only_so_often,
    the_queue_outlives_a_restart_and_the_running_server_sends_it,
    what_the_mail_server_puts_off_is_tried_again_and_what_it_refuses_is_not,
    no_more_letters_a_minute_than_the_project_says,
    what_a_mail_server_quotes_of_a_letter_is_not_recorded,
    a_report_of_the_mail_server_marks_the_mail_and_nothing_else,
    who_has_not_installed_is_reminded_in_the_projects_rhythm_and_not_after_activation,
    letters_go_encrypted_and_only_to_a_server_that_can_be_trusted,
    a_letter_can_be_looked_at_without_being_sent,
    the_log_holds_neither_links_nor_codes,
}

const PUBLIC: &str = "https://m.example";

fn with(sink: &Sink, more: Value) -> Value {
    let mut settings = json!({
        "smtp": {"host": "127.0.0.1", "port": sink.port, "security": "none", "from": "IT desk <it@old.example>"},
        "public_url": PUBLIC,
        "downloads": {"windows": {"url": "https://get.example/mailshift.msi", "sha256": "ab".repeat(32)},
                      "linux": {"url": "https://get.example/mailshift.deb"}},
        "time_zone": "Europe/Berlin",
    });
    if let (Value::Object(into), Value::Object(more)) = (&mut settings, more) {
        into.extend(more);
    }
    settings
}

/// The path of the personal page that a letter links to.
fn page_of(mail: &Mail) -> String {
    let text = mail.text();
    let rest = text.split(PUBLIC).find(|rest| rest.starts_with("/p/")).expect("a link");
    rest.split_whitespace().next().expect("a path").to_owned()
}

async fn seen(world: &World, path: &str) -> Response {
    let request = world.request(Method::GET, path).header("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)");
    request.send().await.expect("an answer")
}

async fn pressed(world: &World, path: &str) -> String {
    let response = world.request(Method::POST, path).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    response.text().await.expect("a page")
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

async fn the_page_shows_the_code_of_the_letter_only_after_a_press(on: Backend) {
    let sink = Sink::new();
    let world = on.world_with(with(&sink, json!({}))).await;
    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    let mail = sink.mail();
    let (path, code) = (page_of(&mail), Code::parse(&mail.text()).expect("a code"));
    assert!(mail.html().contains(&format!("href=\"{PUBLIC}{path}\"")));

    let response = seen(&world, &path).await;
    assert_eq!(response.status(), StatusCode::OK);
    for (name, value) in
        [("referrer-policy", "no-referrer"), ("cache-control", "no-store"), ("x-robots-tag", "noindex, nofollow")]
    {
        assert_eq!(response.headers()[name], value);
    }
    let page = response.text().await.expect("a page");
    assert!(!page.contains(&code.grouped()) && !page.contains("mailshift://"), "before the press");
    for said in ["a***@old.example", "mailshift.msi", &"ab".repeat(32), PUBLIC, "it@old.example", "not fixed yet"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.find("mailshift.msi") < page.find("mailshift.deb"), "the visitor's own first");

    let page = pressed(&world, &path).await;
    assert!(page.contains(&code.grouped()) && page.contains("mailshift://activate?"), "{page}");
    assert_eq!(world.activate(code.reveal()).await.status(), StatusCode::CREATED);
}

async fn the_page_speaks_the_persons_language_and_names_the_time_with_its_zone(on: Backend) {
    let sink = Sink::new();
    let world = on.world_with(with(&sink, json!({"cutover": "2099-11-21T18:00[Europe/Berlin]"}))).await;
    world.done(&["invite", PROJECT, "--user", "joerg@old.example"]);
    let mail = sink.mail();
    let moment = "Samstag, 21. November 2099 um 18:00 Uhr (Europe/Berlin)";
    assert!(mail.text().contains(moment) && mail.html().contains(moment), "{}", mail.text());
    let page = seen(&world, &page_of(&mail)).await.text().await.expect("a page");
    assert!(page.contains("lang=\"de\"") && page.contains(moment), "{page}");
    let colour = world.request(Method::GET, "/assets/person/AA3366").send().await.expect("an answer");
    assert!(colour.text().await.expect("a sheet").contains("--accent: #AA3366"));
    assert!(page.contains("/assets/person/AA3366"));
}

async fn a_link_that_is_over_looks_like_one_that_never_was(on: Backend) {
    let sink = Sink::new();
    let world = on.world_with(with(&sink, json!({}))).await;
    let never = seen(&world, "/p/bm9ib2R5IGhhcyBldmVyIHNlZW4gdGhpcyB0b2tlbiE").await;
    assert_eq!(never.status(), StatusCode::NOT_FOUND);
    let never = never.text().await.expect("a page");
    assert!(never.contains("it@old.example"), "the help desk is named: {never}");

    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    let first = page_of(&sink.mail());
    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    let second = sink.mail();
    let code = Code::parse(&second.text()).expect("a code");
    let second = page_of(&second);
    let (old, new) = (seen(&world, &first).await, seen(&world, &second).await);
    assert_eq!((old.status(), new.status()), (StatusCode::NOT_FOUND, StatusCode::OK));
    assert_eq!(old.text().await.expect("a page"), never);

    let activation = world.activate(code.reveal()).await;
    let activation: mailshift::protocol::Activation = activation.json().await.expect("an activation");
    let agent = server_support::Agent { world: &world, token: activation.token.reveal().to_owned() };
    agent.directive().await;
    let page = pressed(&world, &second).await;
    assert!(page.contains("has been used") && !page.contains(&code.grouped()), "{page}");

    world.done(&["configure", PROJECT, "anna@old.example"]);
    let order = agent.directive().await.order;
    agent.reports(&json!([completed(order)])).await;
    let done = seen(&world, &second).await;
    assert_eq!(done.status(), StatusCode::NOT_FOUND);
    assert_eq!(done.text().await.expect("a page"), never);
}

async fn a_code_told_on_the_phone_takes_the_place_of_the_one_on_the_page(on: Backend) {
    let sink = Sink::new();
    let world = on.world_with(with(&sink, json!({}))).await;
    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    let mail = sink.mail();
    world.new_code("anna@old.example");
    let page = pressed(&world, &page_of(&mail)).await;
    assert!(page.contains("does not work any more"), "{page}");
    assert!(!page.contains(&Code::parse(&mail.text()).expect("a code").grouped()));
}

async fn neither_links_nor_codes_are_in_the_database(on: Backend) {
    let sink = Sink::new();
    let world = on.world_with(with(&sink, json!({}))).await;
    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    let mail = sink.mail();
    pressed(&world, &page_of(&mail)).await;
    let code = Code::parse(&mail.text()).expect("a code");
    let token = page_of(&mail).trim_start_matches("/p/").to_owned();
    let bytes = world.database_bytes();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("anna@old.example"), "the right bytes");
    assert!(!holds(&token) && !holds(code.reveal()) && !holds(&code.grouped()));
}

async fn the_log_holds_neither_links_nor_codes(on: Backend) {
    let sink = Sink::new();
    let mut world = on.empty_world();
    world.furnish(with(&sink, json!({})));
    let server = Process::start(&world, &[]);
    world.url.clone_from(&server.url);
    world.done(&["invite", PROJECT, "--queue", "--user", "anna@old.example"]);
    let mail = sink.mail();
    let (path, code) = (page_of(&mail), Code::parse(&mail.text()).expect("a code"));
    seen(&world, &path).await;
    assert!(pressed(&world, &path).await.contains(&code.grouped()));
    drop(server);
    let log = std::fs::read_to_string(world.folder.path().join("log")).expect("a log");
    assert!(log.contains("/p/{token}"), "the log is there: {log}");
    let token = path.trim_start_matches("/p/");
    for secret in [token, code.reveal(), &code.grouped()] {
        assert!(!log.contains(secret), "{log}");
    }
}

async fn links_that_do_not_work_are_answered_only_so_often(on: Backend) {
    let world = on.world().await;
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(world.request(Method::GET, "/p/x").send().await.expect("an answer"));
    }
    assert_eq!(answers[0].status(), StatusCode::NOT_FOUND);
    let busy = answers.iter().find(|answer| answer.status() == StatusCode::TOO_MANY_REQUESTS).expect("a limit");
    assert!(busy.headers().contains_key("retry-after") && busy.headers()["content-type"] == "text/html; charset=utf-8");
}

async fn the_queue_outlives_a_restart_and_the_running_server_sends_it(on: Backend) {
    let sink = Sink::new();
    let mut world = on.world_with(with(&sink, json!({}))).await;
    world.stop().await;
    let said = world.done(&["invite", PROJECT, "--queue"]);
    assert_eq!(said, "anna@old.example: queued\njoerg@old.example: queued\n");
    world.done(&["invite", PROJECT, "--queue"]);
    assert_eq!(mails(&world, "anna@old.example").len(), 1, "one that waits is enough");
    assert!(sink.is_empty());
    world.start().await;
    let codes = [sink.mail(), sink.mail()].map(|mail| Code::parse(&mail.text()).expect("a code"));
    for code in codes {
        assert_eq!(world.activate(code.reveal()).await.status(), StatusCode::CREATED);
    }
    eventually("recorded as sent", async || world.done(&["mails", PROJECT]).matches("  sent, tries: 1").count() == 2)
        .await;
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
    let world = on.world_with(with(&sink, json!({}))).await;
    let before = world.new_code("anna@old.example");
    world.done(&["invite", PROJECT, "--queue"]);
    let line = |address: &str| mails(&world, address).remove(0);
    eventually("Jörg's failed", async || line("joerg@old.example").contains("failed, tries: 1")).await;
    assert!(line("joerg@old.example").contains("no such mailbox"));
    eventually("Anna's is put off", async || line("anna@old.example").contains("greylisted")).await;
    assert!(line("anna@old.example").contains("queued, tries: 1, next "), "{}", line("anna@old.example"));
    assert_eq!(world.activate(&before).await.status(), StatusCode::CREATED, "the old code still works");

    changed(&world, "UPDATE mailing SET due_at = 0 WHERE state = 'queued'").await;
    let code = Code::parse(&sink.mail().text()).expect("a code");
    eventually("Anna's is sent", async || line("anna@old.example").contains("sent, tries: 2")).await;
    assert_eq!(world.activate(code.reveal()).await.status(), StatusCode::CREATED);
}

async fn no_more_letters_a_minute_than_the_project_says(on: Backend) {
    let sink = Sink::new();
    let smtp = json!({"host": "127.0.0.1", "port": sink.port, "security": "none", "from": "it@old.example",
                      "per_minute": 1});
    let world = on.world_with(with(&sink, json!({"smtp": smtp}))).await;
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
            let code = Code::parse(&mail.text()).expect("a code").grouped();
            format!("554 5.7.1 spam: {PUBLIC}{} and {code}", page_of(&mail))
        })
    });
    let world = on.world_with(with(&sink, json!({}))).await;
    let output = world.cli(&["invite", PROJECT, "--user", "anna@old.example"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("failed") && said.contains("spam: ••• and •••"), "{said}");
    let line = mails(&world, "anna@old.example").remove(0);
    assert!(line.contains("failed, tries: 1") && line.contains("spam: ••• and •••"), "{line}");
}

async fn a_report_of_the_mail_server_marks_the_mail_and_nothing_else(on: Backend) {
    let sink = Sink::new();
    let world = on.world_with(with(&sink, json!({}))).await;
    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    let mail = sink.mail();
    assert_eq!(mail.field("Auto-Submitted"), "auto-generated");
    let code = Code::parse(&mail.text()).expect("a code");
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
    let mut world = on.world_with(with(&sink, rhythm)).await;
    world.done(&["invite", PROJECT]);
    let invitations = [sink.mail(), sink.mail()];
    let joergs = invitations.iter().find(|mail| mail.text().contains("joerg@")).expect("Jörg's");
    let code = Code::parse(&joergs.text()).expect("a code");
    let token: mailshift::protocol::Activation =
        world.activate(code.reveal()).await.json().await.expect("an activation");
    server_support::Agent { world: &world, token: token.token.reveal().to_owned() }.directive().await;

    // The server looks for people to remind when it starts.
    world.stop().await;
    changed(&world, "UPDATE mailing SET sent_at = sent_at - 259200000, created_at = created_at - 259200000").await;
    world.start().await;
    let reminder = sink.mail();
    assert!(reminder.field("To").contains("anna@old.example"));
    assert!(reminder.text().contains("We have not heard from Mailshift"), "{}", reminder.text());
    let code = Code::parse(&reminder.text()).expect("a new code");
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
    let folder = tempfile::tempdir().expect("a folder");
    let sink = Sink::encrypted(folder.path());
    let smtp = |authority: Option<&str>| {
        json!({"host": "127.0.0.1", "port": sink.port, "security": "tls", "from": "it@old.example",
               "certificate_authority": authority.map(|name| folder.path().join(name))})
    };
    let strict = on.world_with(with(&sink, json!({"smtp": smtp(None)}))).await;
    let output = strict.cli(&["invite", PROJECT, "--user", "anna@old.example"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && said.contains("certificate"), "{said}");
    assert!(sink.is_empty());

    let world = on.world_with(with(&sink, json!({"smtp": smtp(Some("ca.pem"))}))).await;
    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    assert!(sink.mail().field("To").contains("anna@old.example"));
}

async fn a_letter_can_be_looked_at_without_being_sent(on: Backend) {
    let sink = Sink::new();
    let world = on.world_with(with(&sink, json!({}))).await;
    let letter = world.done(&["letter", PROJECT, "joerg@old.example", "--reminder"]);
    assert!(letter.contains("Guten Tag Jörg Beispiel") && letter.contains(&format!("{PUBLIC}/p/sample")), "{letter}");
    assert!(letter.contains(&format!("geben Sie {PUBLIC} ein")), "the server is named: {letter}");
    assert!(sink.is_empty() && mails(&world, "joerg@old.example").is_empty());
}
