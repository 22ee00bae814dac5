//! Makes a database with data of every kind, as people, agents and operators make it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use jiff::Timestamp;
use mailshift::code::AuthenticationCode;
use mailshift::protocol::path;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::Kept;
use crate::computer::devices;
use crate::operators::browser::{Browser, PASSWORD};
use crate::server_support::sink::{Mail, Sink};
use crate::server_support::{Agent, Backend, PROJECT, World, completed, event, settings, wrong};

const ANNA: &str = "anna@old.example";
const KIM: &str = "kim@old.example";
const LEA: &str = "lea@old.example";

/// A world whose server has stopped.
pub async fn world(on: Backend) -> (World, Kept) {
    let answer = |line: &str| match line {
        line if line.starts_with("RCPT") && line.contains("<olga") => Some("550 no such mailbox".into()),
        line if line.starts_with("RCPT") && line.contains("<quinn") => Some("451 come back later".into()),
        _ => None,
    };
    let (mut world, sink) = (on.empty_world(), Sink::answering(answer));
    let password = json!({"may_create": true});
    let all = |smtp: Value| json!({"password": password, "directory": {"command": ["true"]}, "smtp": smtp["smtp"]});
    let sending = sink.settings(json!({}));
    world.furnish(sink.settings(all(sending.clone())));
    world.start().await;
    people(&world);
    let mut kept = Kept {
        made_at: Timestamp::now().as_millisecond(),
        token: operators(&world).await,
        agents: BTreeMap::new(),
        code: String::new(),
        confirmation: String::new(),
        digits: String::new(),
        page: String::new(),
        event: Value::Null,
        told: BTreeMap::new(),
    };
    agents(&world, &mut kept).await;
    computers(&world, &sink, &mut kept).await;
    mails(&world, &sink, &mut kept).await;
    world.stop().await;
    // Nobody takes mails when it is opened again.
    let mut silent = sending;
    silent["smtp"]["port"] = json!(9);
    let settings = settings(sink.settings(all(silent)));
    world.done(&["project", "set", PROJECT, "--file", &world.file("silent.json", &settings)]);
    (world, kept)
}

fn people(world: &World) {
    let mut users = "name,old address,new address,login,language,state,wave\n".to_owned();
    for (name, state, wave) in [
        ("Kim", "active", ""),
        ("Lea", "active", "Berlin"),
        ("Max", "inactive", "Berlin"),
        ("Nora", "active", ""),
        ("Olga", "active", ""),
        ("Paul", "active", "Rome"),
        ("Quinn", "active", ""),
        ("Sam", "active", ""),
        ("Tom", "active", ""),
    ] {
        let login = name.to_lowercase();
        writeln!(users, "{name},{login}@old.example,{login}@new.example,{login},en,{state},{wave}").expect("written");
    }
    world.done(&["users", "import", PROJECT, &world.file("more.csv", &users)]);
    world.done(&["suspend", PROJECT, "nora@old.example"]);
    world.done(&["wave", "put", PROJECT, "Rome", KIM]);
    world.done(&["wave", "cutover", PROJECT, "Berlin", "at", "2034-11-21T18:00[Europe/Berlin]"]);
    world.done(&["cutover", PROJECT, "at", "2035-11-21T18:00[Europe/Berlin]"]);
    world.done(&["project", "create", "Second"]);
    let one = "name,old address,new address,login\nUma,uma@old.example,uma@new.example,\n";
    world.done(&["users", "import", "Second", &world.file("one.csv", one)]);
    world.done(&["lock", "Second", "uma@old.example"]);
}

/// An administrator, one who looks on, and one who has not come yet. A token of the first.
async fn operators(world: &World) -> String {
    let browser = Browser::administrator(world).await;
    Browser::invited(&browser, "Vera", "viewer").await;
    world.done(&["operator", "add", "Bob", "--role", "operator"]);
    let fields =
        [("name", "script"), ("role", "administrator"), ("days", "366"), ("manages", "1"), ("password", PASSWORD)];
    let shown = browser.send("/me", "/me/tokens", &fields).await;
    shown.between("<code>", "</code>").unwrap_or_else(|| panic!("{}", shown.text))
}

fn failed(order: u64) -> Value {
    event(order, "failed", json!({"code": "CFG-2"}))
}

/// Agents that came with a person's code, each at another place of its way.
async fn agents(world: &World, kept: &mut Kept) {
    let mut keep = |name: &str, token: &str| kept.agents.insert(name.into(), token.into());
    let moved = world.bound(ANNA).await;
    keep("moved", &moved.token);
    let inventory = json!({"clients": [{"kind": "thunderbird", "version": "140.1", "profiles": ["old"]}]});
    let put = moved.request(Method::PUT, path::INVENTORY).json(&inventory).send().await.expect("an answer");
    assert_eq!(put.status(), StatusCode::NO_CONTENT);
    let waiting = event(0, "waiting", json!({}));
    moved.reports(&json!([waiting])).await;
    let order = moved.begins(ANNA).await;
    assert_eq!(moved.sets_password("a new password").await.status(), StatusCode::NO_CONTENT);
    moved.reports(&json!([completed(order)])).await;
    let sent = moved.request(Method::POST, path::DIAGNOSTICS).json(&json!({"text": "what was looked at\n"}));
    assert_eq!(sent.send().await.expect("an answer").status(), StatusCode::CREATED);
    keep("pending", world.pending("joerg@old.example").await.token.reveal());
    let lea = world.bound(LEA).await;
    keep("failed", &lea.token);
    let order = lea.begins(LEA).await;
    lea.reports(&json!([failed(order)])).await;
    world.done(&["delay", PROJECT, LEA, "2034-01-01T00:00[UTC]"]);
    let kim = world.bound(KIM).await;
    keep("removed", &kim.token);
    world.done(&["remove", PROJECT, KIM]);
    let order = kim.directive().await.order;
    kim.reports(&json!([event(order, "removed", json!({}))])).await;
    let gone = kim.request(Method::DELETE, path::ACTIVATION_SELF).send().await.expect("an answer");
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    kept.event = waiting;
}

/// Computers that came with the project's code: nobody's at first.
async fn computers(world: &World, sink: &Sink, kept: &mut Kept) {
    let mut keep = |name: &str, agent: &Agent<'_>| kept.agents.insert(name.into(), agent.token.clone());
    let assigned = world.login("pc-1", "someone").await;
    keep("assigned", &assigned.agent);
    let collected = world.login("pc-2", "someone").await;
    keep("collected", &collected.agent);
    let locked = world.login("pc-3", "someone").await;
    keep("locked", &locked.agent);
    world.done(&["assign", PROJECT, "tom@old.example", &collected.id]);
    assert_eq!(collected.user().await, "tom@old.example");
    world.done(&["lock", PROJECT, "sam@old.example", &locked.id]);
    assert_eq!(locked.user().await, "sam@old.example");
    world.done(&["assign", PROJECT, KIM, &assigned.id, "--any-login"]);
    // Somebody who was not on the list, by a code; and the same, not confirmed yet, by a link.
    let known = world.login("pc-4", "someone").await;
    assert_eq!(known.registers("walt@old.example", "code").await.status(), StatusCode::ACCEPTED);
    let mail = mail_with(sink, "walt@").text();
    let code = mail.lines().find_map(|line| AuthenticationCode::parse(line).ok()).expect("a code").grouped();
    let signed_in = known.signs_in("walt@old.example", &code).await;
    assert_eq!(signed_in.status(), StatusCode::CREATED);
    let unconfirmed = world.login("pc-5", "someone").await;
    keep("unconfirmed", &unconfirmed.agent);
    let answer = unconfirmed.registers("rita@old.example", "link").await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let answer: Value = answer.json().await.expect("JSON");
    answer["digits"].as_str().expect("digits").clone_into(&mut kept.digits);
    let mail = mail_with(sink, "rita@").text();
    let link = mail.split_whitespace().find(|word| word.contains("/confirm/")).expect("a link");
    link[link.find("/confirm/").expect("a path")..].clone_into(&mut kept.confirmation);
    assert_eq!(devices(world).len(), 7);
}

/// Mails in every state, and codes in every state.
async fn mails(world: &World, sink: &Sink, kept: &mut Kept) {
    assert!(!world.cli(&["invite", PROJECT, "--user", "olga@old.example"]).status.success());
    world.done(&["invite", PROJECT, "--user", "quinn@old.example", "--queue"]);
    world.done(&["invite", PROJECT, "--user", "paul@old.example"]);
    let mail = mail_with(sink, "paul@");
    bounce(world, &mail.field("X-Mailshift-Mailing"));
    world.done(&["remind", PROJECT, "--user", "paul@old.example"]);
    // The newest link is the one that opens.
    kept.page = mail_with(sink, "paul@").page();
    let locked = world.new_code("olga@old.example");
    for _ in 0..5 {
        world.activate(&wrong(&locked)).await;
    }
    world.new_code("tom@old.example");
    kept.code = world.new_code("tom@old.example");
    let is_there = async |line: &str| world.done(&["mails", PROJECT]).contains(line);
    for state in ["queued, tries: 1", "failed, tries: 1", "bounced, tries: 1", "sent, tries: 1"] {
        crate::server_support::eventually(state, async || is_there(state).await).await;
    }
}

/// The next mail to them.
fn mail_with(sink: &Sink, address: &str) -> Mail {
    std::iter::repeat_with(|| sink.mail()).find(|mail| mail.field("To").contains(address)).expect("a mail")
}

fn bounce(world: &World, mailing: &str) {
    let report = format!(
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
         Final-Recipient: rfc822; paul@old.example\nAction: failed\nStatus: 5.2.2\n\n\
         --b\nContent-Type: text/rfc822-headers\n\nX-Mailshift-Mailing: {mailing}\n\n--b--\n"
    );
    let mut program = Command::new(env!("CARGO_BIN_EXE_mailshift-server"));
    program.arg("--database").arg(world.database()).arg("bounce").stdin(Stdio::piped()).stdout(Stdio::null());
    let mut running = program.spawn().expect("the program starts");
    running.stdin.take().expect("its input").write_all(report.as_bytes()).expect("the report");
    assert!(running.wait().expect("it ends").success());
}
