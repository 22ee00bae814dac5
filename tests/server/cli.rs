//! The operator's command line as a program.

use std::io::Read;
use std::process::Command;

use crate::server_support::{Agent, Backend, PROJECT, Process, completed, eventually, settings, stories};
use mailshift::code::AuthenticationCode;
use mailshift::protocol::path;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

stories! {
    a_project_comes_back_as_it_was_written,
    a_certificate_authority_may_stand_in_a_file_beside_the_settings,
    whatever_is_wrong_is_named_with_its_remedy,
    a_file_with_a_bad_row_imports_nobody,
    the_status_is_a_table_for_people,
    orders_need_a_computer_that_they_reach,
    an_unhandled_errors_incident_number_finds_its_line_in_the_log,
    the_program_serves_stops_when_asked_and_never_tells_a_secret,
}

async fn a_project_comes_back_as_it_was_written(on: Backend) {
    let world = on.empty_world();
    let file = world.file("project.json", &settings(json!({"cutover": "2035-11-21T18:00[Europe/Berlin]"})));
    let said = world.done(&["project", "create", PROJECT, "--file", &file]);
    assert!(said.contains("2035-11-21 18:00 CET (Europe/Berlin)"), "{said}");
    let shown: Value = serde_json::from_str(&world.done(&["project", "show", PROJECT, "--json"])).expect("JSON");
    assert_eq!(shown["account"]["incoming"]["username"], "%EMAILADDRESS%");
    assert!(shown["cutover"].as_str().is_some_and(|at| at.parse::<jiff::Zoned>().is_ok()), "{shown}");
    let again = world.file("again.json", &shown.to_string());
    world.done(&["project", "set", PROJECT, "--file", &again]);
    assert_eq!(
        serde_json::from_str::<Value>(&world.done(&["project", "show", PROJECT, "--json"])).expect("JSON"),
        shown
    );
    assert!(world.done(&["project", "show", PROJECT]).contains("imap.%EMAILDOMAIN%:993"));
}

async fn a_certificate_authority_may_stand_in_a_file_beside_the_settings(on: Backend) {
    let world = on.empty_world();
    world.file("ca.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let mut with_authority: Value = serde_json::from_str(&settings(json!({}))).expect("JSON");
    with_authority["account"]["certificate_authority"] = "ca.pem".into();
    let file = world.file("project.json", &with_authority.to_string());
    world.done(&["project", "create", PROJECT, "--file", &file]);
    let shown = world.done(&["project", "show", PROJECT, "--json"]);
    assert!(shown.contains("BEGIN CERTIFICATE"), "{shown}");
}

async fn whatever_is_wrong_is_named_with_its_remedy(on: Backend) {
    let world = on.empty_world();
    world.done(&["project", "create", PROJECT]);
    let bad = world.file("bad.json", r#"{"brand": {"colour": "blue"}, "code_days": 0}"#);
    let nested = world.file("nested.json", r#"{"password": {"may_creat": true}}"#);
    let misspelt = world.file("misspelt.json", r#"{"spread_minute": 5}"#);
    let cases: [(&[&str], &str); 10] = [
        (&["project", "create", PROJECT], "project set"),
        (&["project", "set", PROJECT, "--file", &nested], "password.may_creat: there is no such field"),
        (&["project", "create", "a\nb"], "line breaks"),
        (&["status", "Nobody"], "there is: Example"),
        (&["project", "set", PROJECT, "--file", &bad], "brand.colour: write it as #RRGGBB"),
        (&["project", "set", PROJECT, "--file", &misspelt], "spread_minute"),
        (&["project", "set", PROJECT, "--file", "/nowhere.json"], "/nowhere.json"),
        (&["cutover", PROJECT, "at", "tomorrow"], "2026-11-21T18:00[Europe/Berlin]"),
        (&["cutover", PROJECT, "now"], "account"),
        (&["undo", PROJECT, "nobody@old.example"], "nobody@old.example"),
    ];
    for (arguments, named) in cases {
        let line = world.fails(arguments);
        assert!(line.contains(named), "{arguments:?}: {line}");
    }
    assert!(world.fails(&["serve", "--listen", "0.0.0.0:0"]).contains("--behind-tls-proxy"));
    for usage in [&["frobnicate"][..], &["cutover", PROJECT], &[]] {
        assert_eq!(world.cli(usage).status.code(), Some(2), "{usage:?}");
    }
}

async fn a_file_with_a_bad_row_imports_nobody(on: Backend) {
    let world = on.empty_world();
    world.done(&["project", "create", PROJECT]);
    let header = "name,old address,new address,login\n";
    let file = world.file(
        "users.csv",
        &format!("{header}Anna,anna@old.example,anna@new.example,anna\nBob,bob-at-old.example,bob@new.example,bob\n"),
    );
    let line = world.fails(&["users", "import", PROJECT, &file]);
    assert!(line.contains("line 3, column \"old address\"") && line.contains("nothing was imported"), "{line}");
    let count = || {
        serde_json::from_str::<Value>(&world.done(&["status", PROJECT, "--json"])).expect("JSON")["users"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!(count(), 0);

    let file = world.file("users.csv", &format!("{header}Anna,anna@old.example,anna@new.example,anna\n"));
    assert_eq!(world.done(&["users", "import", PROJECT, &file]), "1 users added, 0 updated\n");
    let file = world.file("users.csv", &format!("{header}Anna B.,ANNA@old.example,anna.b@new.example,anna\n"));
    assert_eq!(world.done(&["users", "import", PROJECT, &file]), "0 users added, 1 updated\n");
    let file = world.file("users.csv", &format!("{header}Bob,bob@old.example,ANNA.B@new.example,bob\n"));
    let line = world.fails(&["users", "import", PROJECT, &file]);
    assert!(line.contains("line 2, column \"new address\"") && line.contains("belongs to"), "{line}");
    assert_eq!(count(), 1);
}

async fn the_status_is_a_table_for_people(on: Backend) {
    let world = on.world().await;
    let agent = world.bound("anna@old.example").await;
    agent.reports(&json!([completed(0)])).await;
    let table = world.done(&["status", PROJECT]);
    let rows: Vec<&str> = table.lines().collect();
    assert!(rows[1].starts_with("ADDRESS"), "{table}");
    assert!(rows[2].contains("anna@old.example") && rows[2].contains("completed"), "{table}");
    assert!(rows[2].contains("imap yes, smtp yes, default yes, 7 messages"), "{table}");
    assert!(rows[3].contains("joerg@old.example") && rows[3].contains("imported"), "{table}");
}

async fn orders_need_a_computer_that_they_reach(on: Backend) {
    let world = on.world().await;
    for order in ["configure", "undo"] {
        assert!(world.fails(&[order, PROJECT, "anna@old.example"]).contains("no computer"), "{order}");
    }
    let agent = world.bound("anna@old.example").await;
    assert_eq!(agent.directive().await.action, mailshift::protocol::Action::Wait);
    world.done(&["configure", PROJECT, "anna@old.example"]);
    let directive = agent.directive().await;
    assert_eq!(directive.action, mailshift::protocol::Action::Configure);
    assert!(directive.order > 0);
}

async fn an_unhandled_errors_incident_number_finds_its_line_in_the_log(on: Backend) {
    let mut world = on.world().await;
    let token = world.bound("anna@old.example").await.token;
    world.stop().await;
    let process = Process::start(&world, &[]);
    world.url.clone_from(&process.url);
    let db = world.db().await;
    sqlx::query("ALTER TABLE assignment RENAME TO elsewhere").execute(db.pool()).await.expect("altered");
    let agent = Agent { world: &world, token };
    let response = agent.request(Method::GET, path::DIRECTIVE).send().await.expect("an answer");
    let body = crate::server_support::problem(response).await;
    let incident = body["incident"].as_str().expect("a number");
    let log = std::fs::read_to_string(world.folder.path().join("log")).expect("a log");
    let line = log.lines().find(|line| line.contains(incident)).expect("the line");
    assert!(line.contains("ACT-0") && line.contains("assignment"), "{line}");
}

#[cfg(unix)]
async fn the_program_serves_stops_when_asked_and_never_tells_a_secret(on: Backend) {
    let mut world = on
        .world_with(json!({
            "password": {"may_create": true},
            "directory": {"command": ["sh", "-c", "read -r new; echo \"got $new\"; echo \"$new\" >&2"]},
        }))
        .await;
    world.stop().await;
    let code = world.new_code("anna@old.example");
    let mut process = Process::start(&world, &[]);
    world.url.clone_from(&process.url);
    let wrong = AuthenticationCode::from_random([1; 12]).grouped();
    assert_eq!(world.activate(&wrong).await.status(), StatusCode::NOT_FOUND);
    let activation: mailshift::protocol::Activation = world.activate(&code).await.json().await.expect("an activation");
    let agent = Agent { world: &world, token: activation.token.reveal().into() };
    agent.begins("anna@old.example").await;
    let password = "Tr1ck-y-and-long";
    let request = agent.request(Method::POST, path::PASSWORD).json(&json!({"new_password": password}));
    assert_eq!(request.send().await.expect("an answer").status(), StatusCode::NO_CONTENT);
    let token = agent.token.clone();

    let pid = process.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
    eventually("the server has stopped", async || process.child.try_wait().expect("a child").is_some()).await;
    assert_eq!(process.child.wait().expect("ended").code(), Some(0));

    let mut log = Vec::new();
    std::fs::File::open(world.folder.path().join("log"))
        .and_then(|mut file| file.read_to_end(&mut log))
        .expect("a log");
    let database = world.database_bytes();
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds(&log, "a password was changed"), "the log was written: {}", String::from_utf8_lossy(&log));
    assert!(holds(&database, "anna@new.example"), "the database was read");
    let whole = AuthenticationCode::parse(&code).expect("a code");
    let secret = &whole.reveal()[mailshift::code::PUBLIC..];
    for (what, text) in
        [("code", code.as_str()), ("code", whole.reveal()), ("code", secret), ("token", &token), ("password", password)]
    {
        assert!(!holds(&log, text), "the log tells the {what}");
        assert!(!holds(&database, text), "the database holds the {what}");
    }
}
