//! Mails of the organisation, sent for a stranger.

use std::sync::mpsc::channel;

use mailshift::code::AuthenticationCode;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{ANNA, creating, refused};
use crate::computer::Login;
use crate::server_support::sink::{Mail, PUBLIC, Sink};
use crate::server_support::{Backend, PROJECT, Process, World, eventually, stories};

stories! {
    a_press_in_a_genuine_mail_gives_nobody_elses_computer_away,
    three_wrong_digits_end_a_link,
    a_computer_cannot_write_into_the_mails_of_the_organisation,
    made_up_people_are_no_users,
    registrations_wait_their_turn_and_are_limited,
    an_invitation_survives_what_strangers_ask_for,
    mail_goes_to_the_address_on_the_list,
    what_a_mail_server_quotes_stays_out_of_the_log,
}

/// The answer to a registration by link: the digits that the computer shows.
async fn digits(login: &Login<'_>, address: &str) -> String {
    let response = login.registers(address, "link").await;
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    let answer: Value = response.json().await.expect("JSON");
    answer["digits"].as_str().expect("digits").to_owned()
}

/// The path of the link in a mail.
fn link(mail: &Mail) -> String {
    let text = mail.text();
    let start = format!("{PUBLIC}/confirm/");
    let link = text.split_whitespace().find(|word| word.starts_with(&start)).expect("a link");
    link.trim_start_matches(PUBLIC).to_owned()
}

/// Three digits that are others.
fn other_than(digits: &str) -> &'static str {
    if digits == "000" { "001" } else { "000" }
}

async fn posts(world: &World, link: &str, form: &str) -> (StatusCode, String) {
    let answer = world.request(Method::POST, link).body(form.to_owned()).send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("text"))
}

async fn users(world: &World) -> i64 {
    let db = world.db().await;
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM project_user").fetch_one(db.pool()).await.expect("a number");
    db.close().await;
    count
}

/// H3: the person confirms what a mail of their own IT asks for; the stranger's computer shows the digits, not theirs.
async fn a_press_in_a_genuine_mail_gives_nobody_elses_computer_away(on: Backend) {
    let (mails, directory) = (Sink::new(), tempfile::tempdir().expect("a folder"));
    let world = on.world_with(mails.settings(creating(&directory))).await;
    let stranger = world.login("ANNA-LAPTOP", "anna.example").await;
    let shown = digits(&stranger, ANNA).await;
    let link = link(&mails.mail());
    let page = world.request(Method::GET, &link).send().await.expect("an answer").text().await.expect("text");
    assert!(page.contains("name=\"digits\"") && page.contains("<label for=\"digits\">"), "{page}");
    let guessed = format!("digits={}", other_than(&shown));
    for form in ["", "digits=", "digits=abc", "anything=1", &guessed] {
        let (status, page) = posts(&world, &link, form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form:?}");
        assert!(!page.contains(&shown), "the page never tells them");
    }
    assert_eq!(stranger.user().await, "");
    // Whoever sits at the computer has the digits, and has proved who they are.
    let (status, page) = posts(&world, &link, &format!("digits={shown}")).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert_eq!(stranger.user().await, ANNA);
    stranger.agent.begins(ANNA).await;
    assert_eq!(stranger.agent.sets_password("a new password").await.status(), 204);
}

/// H3: digits cannot be guessed.
async fn three_wrong_digits_end_a_link(on: Backend) {
    let mails = Sink::new();
    let world = on.world_with(mails.settings(json!({}))).await;
    let stranger = world.login("pc-1", "x").await;
    let shown = digits(&stranger, ANNA).await;
    let link = link(&mails.mail());
    let wrong = format!("digits={}", other_than(&shown));
    let (status, page) = posts(&world, &link, &wrong).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("2 more tries"), "{page}");
    let (status, page) = posts(&world, &link, &wrong).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("one more try"), "{page}");
    let (status, page) = posts(&world, &link, &wrong).await;
    assert!(status == StatusCode::GONE && page.contains("three times"), "{page}");
    let (status, _) = posts(&world, &link, &format!("digits={shown}")).await;
    assert_eq!(status, StatusCode::GONE, "the right ones come too late");
    let page = world.request(Method::GET, &link).send().await.expect("an answer");
    assert_eq!(page.status(), StatusCode::GONE);
    assert_eq!(stranger.user().await, "");
    let again = digits(&stranger, ANNA).await;
    let newer = self::link(&mails.mail());
    let (status, _) = posts(&world, &newer, &format!("digits={again}")).await;
    assert_eq!((status, stranger.user().await.as_str()), (StatusCode::OK, ANNA), "a new link has new tries");
}

/// H3: what a stranger calls their computer, their login and themselves is no text of the organisation.
async fn a_computer_cannot_write_into_the_mails_of_the_organisation(on: Backend) {
    let mails = Sink::new();
    let world = on.world_with(mails.settings(json!({}))).await;
    let name = "- ACTION REQUIRED: sign in at https://evil.example/login before tonight\r\n.";
    let login = world.login(name, "(do not use the link below)").await;
    for (address, by) in
        [(ANNA, "link"), (ANNA, "code"), ("made.up@old.example", "link"), ("made.up@old.example", "code")]
    {
        let body = json!({"address": address, "name": "Visit evil.example now", "by": by});
        let request = login.agent.request(Method::POST, mailshift::protocol::path::REGISTRATIONS).json(&body);
        assert_eq!(request.send().await.expect("an answer").status(), StatusCode::ACCEPTED);
        let mail = mails.mail();
        let all = format!("{}\n{}\n{}\n{}", mail.field("Subject"), mail.field("To"), mail.text(), mail.html());
        for foreign in ["evil.example", "https://evil", "do not use", "REQUIRED:", "tonight", "Visit"] {
            assert!(!all.contains(foreign), "{foreign}: {all}");
        }
        assert_eq!(all.contains("Anna Example"), address == ANNA, "only a name of the list: {all}");
        if by == "link" {
            let page = world.request(Method::GET, &link(&mail)).send().await.expect("an answer");
            let page = page.text().await.expect("text");
            assert!(page.contains("ACTION REQUIRED sign in at httpsevil"), "as much as a name can say: {page}");
            assert!(!page.contains("evil.example") && !page.contains("do not use"), "{page}");
        }
    }
}

/// H3: a person exists when the mail was answered, by link or by code, and not before.
async fn made_up_people_are_no_users(on: Backend) {
    let mails = Sink::new();
    let world = on.world_with(mails.settings(json!({}))).await;
    let before = users(&world).await;
    let login = world.login("pc-1", "x").await;
    for n in 0..4 {
        let by = if n % 2 == 0 { "link" } else { "code" };
        let registered = login.registers(&format!("made.up.{n}@old.example"), by).await;
        assert_eq!(registered.status(), StatusCode::ACCEPTED);
        mails.mail();
    }
    assert_eq!(users(&world).await, before);
    assert!(!world.done(&["status", PROJECT, "--json"]).contains("made.up"), "nowhere among the people");
    let shown = digits(&login, "real.one@old.example").await;
    let first = link(&mails.mail());
    assert_eq!(posts(&world, &first, &format!("digits={shown}")).await.0, StatusCode::OK);
    assert_eq!(login.user().await, "real.one@old.example");
    let other = world.login("pc-2", "y").await;
    assert_eq!(other.registers("real.two@old.example", "code").await.status(), StatusCode::ACCEPTED);
    let code = mails.mail().code();
    let wrong = crate::server_support::wrong(code.reveal());
    assert_eq!(refused(other.signs_in("real.two@old.example", &wrong).await).await, "USO-1");
    assert_eq!(refused(other.signs_in("made.up.1@old.example", code.reveal()).await).await, "USO-3", "another's code");
    assert_eq!(other.signs_in("real.two@old.example", code.reveal()).await.status(), StatusCode::CREATED);
    assert_eq!(other.user().await, "real.two@old.example");
    assert_eq!(users(&world).await, before + 2);
    // One person, however often they have asked.
    let third = world.login("pc-3", "z").await;
    let twice = digits(&third, "real.two@old.example").await;
    assert_eq!(posts(&world, &link(&mails.mail()), &format!("digits={twice}")).await.0, StatusCode::OK);
    assert_eq!((third.user().await.as_str(), users(&world).await), ("real.two@old.example", before + 2));
}

/// H3: the server sends no more letters than the project says, and takes only so many registrations.
async fn registrations_wait_their_turn_and_are_limited(on: Backend) {
    let mails = Sink::new();
    let mut world = on.empty_world();
    let mut settings = mails.settings(json!({}));
    settings["smtp"]["per_minute"] = json!(2);
    world.furnish(settings);
    let an_hour = std::time::Duration::from_hours(1);
    (world.settings.strangers_by_project.burst, world.settings.strangers_by_project.refill) = (3, an_hour);
    (world.settings.registrations_by_project.burst, world.settings.registrations_by_project.refill) = (4, an_hour);
    world.start().await;
    let mut asked = tokio::task::JoinSet::new();
    let mut logins = Vec::new();
    for n in 0..4 {
        logins.push(world.login(&format!("pc-{n}"), "x").await);
    }
    for (n, login) in logins.iter().enumerate() {
        let body = json!({"address": format!("made.up.{n}@old.example"), "by": "link"});
        let request = login.agent.request(Method::POST, mailshift::protocol::path::REGISTRATIONS).json(&body);
        asked.spawn(async move { request.send().await.expect("an answer").status() });
    }
    let mut answers = asked.join_all().await;
    answers.sort();
    let (taken, busy) = (StatusCode::ACCEPTED, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answers, [taken, taken, taken, busy], "so many who are on no list");
    for _ in 0..2 {
        mails.mail();
    }
    let queue = world.done(&["mails", PROJECT]);
    assert_eq!(queue.matches("registration  queued, tries: 0").count(), 1, "{queue}");
    assert!(mails.is_empty(), "no more in a minute");
    // Strangers use up nothing of those who are on the list, whose own limit is the next one.
    assert_eq!(logins[0].registers(ANNA, "link").await.status(), taken);
    assert_eq!(refused(logins[1].registers(ANNA, "link").await).await, "NET-3");
}

/// H3: nobody can take an invitation's code away from its person.
async fn an_invitation_survives_what_strangers_ask_for(on: Backend) {
    let mails = Sink::new();
    let world = on.world_with(mails.settings(json!({}))).await;
    world.done(&["invite", PROJECT, "--user", ANNA]);
    let invitation = mails.mail().code();
    let stranger = world.login("pc-1", "x").await;
    let mut sent: Vec<AuthenticationCode> = Vec::new();
    for _ in 0..2 {
        assert_eq!(stranger.registers(ANNA, "code").await.status(), StatusCode::ACCEPTED);
        sent.push(mails.mail().code());
        digits(&stranger, ANNA).await;
        mails.mail();
    }
    assert_eq!(world.activate(invitation.reveal()).await.status(), StatusCode::CREATED, "it still works");
    assert!(!world.done(&["mails", PROJECT]).contains("failed"));
    // Once one of both is used, the other is not needed.
    assert_eq!(
        refused(stranger.signs_in(ANNA, sent[0].reveal()).await).await,
        "USO-1",
        "an older one of the same login"
    );
    assert_eq!(stranger.signs_in(ANNA, sent[1].reveal()).await.status(), StatusCode::CREATED);
    assert_eq!(refused(world.activate(invitation.reveal()).await).await, "ACT-5");
    assert_eq!(refused(stranger.signs_in(ANNA, sent[1].reveal()).await).await, "ACT-6", "a code counts once");
    assert_eq!(stranger.registers("joerg@old.example", "code").await.status(), StatusCode::ACCEPTED);
    let theirs = mails.mail().code();
    world.bound("joerg@old.example").await;
    assert_eq!(refused(stranger.signs_in("joerg@old.example", theirs.reveal()).await).await, "ACT-5");
}

/// L12: an address that only counts as the same may be somebody else's.
async fn mail_goes_to_the_address_on_the_list(on: Backend) {
    let mails = Sink::new();
    let world = on.world_with(mails.settings(json!({}))).await;
    let kim = "name,old address,new address,login\nKim,kim@old.example,kim@new.example,\n";
    world.done(&["users", "import", PROJECT, &world.file("kim.csv", kim)]);
    let login = world.login("pc-1", "x").await;
    // The sign for kelvin, which is a small k where letters' case does not matter.
    for (typed, receiver) in [("\u{212a}im@old.example", "<kim@old.example>"), ("KIM@New.Example", "<kim@new.example>")]
    {
        assert_eq!(login.registers(typed, "code").await.status(), StatusCode::ACCEPTED, "{typed}");
        let to = mails.mail().field("To");
        assert!(to.contains(receiver), "{typed}: {to}");
    }
}

/// L9: a mail server that quotes the letter which it refuses puts no link and no line of its own into the log.
async fn what_a_mail_server_quotes_stays_out_of_the_log(on: Backend) {
    let (quoted, is_quoted) = channel();
    let sink = Sink::answering(move |said| {
        said.contains("boundary=").then(|| {
            let link = link(&Mail(said.to_owned()));
            quoted.send(link.clone()).expect("the test listens");
            format!("554-5.7.1 spam: {PUBLIC}{link}\r\n554 2026-11-21T17:00:00Z  INFO nobody was here")
        })
    });
    let mut world = on.world_with(sink.settings(json!({}))).await;
    world.stop().await;
    let process = Process::start(&world, &[]);
    world.url.clone_from(&process.url);
    let login = world.login("pc-1", "x").await;
    assert_eq!(refused(login.registers(ANNA, "link").await).await, "USU-8");
    let link = is_quoted.recv().expect("it was quoted");
    let log = || std::fs::read_to_string(world.folder.path().join("log")).expect("a log");
    eventually("the refusal is in the log", async || log().contains("USU-8")).await;
    let log = log();
    assert!(log.contains("spam: •••") && !log.contains(link.trim_start_matches("/confirm/")), "{log}");
    assert!(log.lines().all(|line| !line.starts_with("2026-11-21T17:00:00Z  INFO nobody")), "{log}");
}
