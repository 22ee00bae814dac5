//! Each code of a registration and of a sign-in, brought about as it would come about.

use crate::computer::Login;
use crate::server_support::sink::Sink;
use crate::server_support::{Backend, PROJECT, Process, World, problem, stories, wrong};
use mailshift::problem::ResponseCode;
use mailshift::protocol::path;
use reqwest::Method;
use serde_json::{Value, json};

stories! {
    registrations_are_refused_for_what_the_person_said,
    registrations_are_refused_for_what_the_list_says,
    registrations_fail_when_the_mail_does_not_go_out,
    registrations_fail_when_the_database_does,
    sign_ins_are_refused_for_what_the_person_said,
    sign_ins_are_refused_for_what_the_list_says,
    sign_ins_fail_when_the_database_does,
    an_activation_fails_when_the_login_cannot_be_recorded,
    an_incident_is_found_in_the_servers_log,
}

const ANNA: &str = "anna@old.example";

const REFUSED: &str = "name,old address,new address,login\nRe Fused,refused.1@old.example,refused.1@new.example,\n";

async fn world(on: Backend) -> (World, Sink) {
    let refuse =
        |line: &str| (line.starts_with("RCPT") && line.contains("<refused")).then(|| "550 no such mailbox".into());
    let (mut world, mails) = (on.empty_world(), Sink::answering(refuse));
    let smtp = json!({"host": "127.0.0.1", "port": mails.port, "security": "none", "from": "IT <it@old.example>"});
    world.furnish(json!({"smtp": smtp, "public_url": "https://mailshift.example"}));
    world.settings.registrations_by_device.burst = 1000;
    world.settings.mails_by_address.burst = 1000;
    world.start().await;
    (world, mails)
}

/// The document of a refusal, which has the catalogue's code and status.
async fn is(response: reqwest::Response, code: ResponseCode) -> Value {
    let body = problem(response).await;
    assert_eq!((&body["code"], &body["status"]), (&json!(code.id()), &json!(code.status())), "{body}");
    body
}

async fn unhandled(response: reqwest::Response, code: ResponseCode) {
    let body = is(response, code).await;
    assert!(body["incident"].as_str().is_some_and(|id| id.parse::<uuid::Uuid>().is_ok()), "{body}");
}

async fn alter(world: &World, statements: &[&'static str]) {
    let db = world.db().await;
    for statement in statements {
        sqlx::query(*statement).execute(db.pool()).await.expect(statement);
    }
    db.close().await;
}

/// From now on nothing can be inserted into the table.
macro_rules! break_inserts {
    ($world:expr, $on:expr, $table:literal) => {
        match $on {
            Backend::Sqlite => {
                let trigger = concat!(
                    "CREATE TRIGGER broken_",
                    $table,
                    " BEFORE INSERT ON ",
                    $table,
                    " BEGIN SELECT RAISE(ABORT, 'broken'); END"
                );
                alter($world, &[trigger]).await;
            }
            Backend::Postgres => {
                let function = "CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN RAISE EXCEPTION ''broken''; END'";
                let trigger = concat!(
                    "CREATE TRIGGER broken_",
                    $table,
                    " BEFORE INSERT ON ",
                    $table,
                    " FOR EACH ROW EXECUTE FUNCTION broken()"
                );
                alter($world, &[function, trigger]).await;
            }
        }
    };
}

/// Both ways to prove an address are refused alike.
async fn both(login: &Login<'_>, address: &str, code: ResponseCode) {
    for by in ["code", "link"] {
        is(login.registers(address, by).await, code).await;
    }
}

async fn registrations_are_refused_for_what_the_person_said(on: Backend) {
    let (world, mails) = world(on).await;
    let login = world.login("pc-1", "x").await;
    both(&login, "pat@elsewhere.example", ResponseCode::ForeignDomain).await;
    both(&login, "pat@sub.old.example", ResponseCode::ForeignDomain).await;
    both(&login, "not an address", ResponseCode::MalformedRegistration).await;
    is(login.registers(ANNA, "telepathy").await, ResponseCode::MalformedRegistration).await;
    for body in ["{", "{}", r#"{"address": "anna@old.example", "by": "code", "name": "a\nb"}"#] {
        let sent = login.agent.request(Method::POST, path::REGISTRATIONS).body(body).send().await.expect("an answer");
        is(sent, ResponseCode::MalformedRegistration).await;
    }
    assert!(mails.is_empty());
    let stranger = world.request(Method::POST, path::REGISTRATIONS).json(&json!({})).send().await.expect("an answer");
    is(stranger, ResponseCode::UnknownAgent).await;
}

async fn registrations_are_refused_for_what_the_list_says(on: Backend) {
    let (world, mails) = world(on).await;
    let login = world.login("pc-1", "x").await;
    world.done(&["suspend", PROJECT, "joerg@old.example"]);
    both(&login, "joerg@new.example", ResponseCode::UserNotActive).await;
    let twin = "name,old address,new address,login\nTwin,anna@new.example,twin@new.example,\n";
    world.done(&["users", "import", PROJECT, &world.file("twin.csv", twin)]);
    both(&login, "anna@new.example", ResponseCode::AddressAmbiguous).await;
    assert!(mails.is_empty());
}

async fn registrations_fail_when_the_mail_does_not_go_out(on: Backend) {
    let (world, _mails) = world(on).await;
    let login = world.login("pc-1", "x").await;
    is(login.registers("refused.1@old.example", "code").await, ResponseCode::StrangerMailFailed).await;
    is(login.registers("refused.2@old.example", "link").await, ResponseCode::StrangerMailFailed).await;
    world.done(&["users", "import", PROJECT, &world.file("more.csv", REFUSED)]);
    both(&login, "refused.1@old.example", ResponseCode::UserMailFailed).await;
    let without = world.file("without.json", &crate::server_support::settings(json!({})));
    world.done(&["project", "set", PROJECT, "--file", &without]);
    both(&login, ANNA, ResponseCode::UserMailFailed).await;
}

async fn registrations_fail_when_the_database_does(on: Backend) {
    let (world, _mails) = world(on).await;
    let login = world.login("pc-1", "x").await;
    break_inserts!(&world, on, "registration");
    unhandled(login.registers(ANNA, "code").await, ResponseCode::NoCodeMade).await;
    unhandled(login.registers(ANNA, "link").await, ResponseCode::NoCodeMade).await;
    unhandled(login.registers("new@old.example", "code").await, ResponseCode::RegistrationNotRecorded).await;
    match on {
        Backend::Sqlite => {
            let ignore = "CREATE TRIGGER ignored BEFORE INSERT ON registration BEGIN SELECT RAISE(IGNORE); END";
            alter(&world, &["DROP TRIGGER broken_registration", ignore]).await;
        }
        Backend::Postgres => {
            let ignore = "CREATE OR REPLACE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN RETURN NULL; END'";
            alter(&world, &[ignore]).await;
        }
    }
    unhandled(login.registers("new@old.example", "code").await, ResponseCode::RegistrationLost).await;
    alter(&world, &["ALTER TABLE project_user RENAME TO elsewhere"]).await;
    unhandled(login.registers(ANNA, "code").await, ResponseCode::RegistrationError).await;
}

async fn sign_ins_are_refused_for_what_the_person_said(on: Backend) {
    let (world, _mails) = world(on).await;
    let login = world.login("pc-1", "x").await;
    let (code, other) = (world.new_code(ANNA), world.new_code("joerg@old.example"));
    let body = is(login.signs_in(ANNA, &wrong(&code)).await, ResponseCode::SignInRefused).await;
    assert_eq!(body["tries_left"], 4);
    is(login.signs_in(ANNA, &other).await, ResponseCode::SignInRefused).await;
    is(login.signs_in("nobody@old.example", &code).await, ResponseCode::NoSuchUser).await;
    is(login.signs_in(ANNA, "7KQ2").await, ResponseCode::MalformedSignIn).await;
    for body in ["[]", "{}"] {
        let sent = login.agent.request(Method::POST, path::SIGN_INS).body(body).send().await.expect("an answer");
        is(sent, ResponseCode::MalformedSignIn).await;
    }
    assert_eq!(login.user().await, "");
    assert_eq!(login.signs_in(ANNA, &code).await.status(), 201);
    assert_eq!(login.user().await, ANNA);
}

async fn sign_ins_are_refused_for_what_the_list_says(on: Backend) {
    let (world, _mails) = world(on).await;
    let login = world.login("pc-1", "x").await;
    let code = world.new_code(ANNA);
    alter(&world, &["UPDATE project_user SET state = 'inactive'"]).await;
    is(login.signs_in(ANNA, &wrong(&code)).await, ResponseCode::NoSuchUser).await;
    is(login.signs_in(ANNA, &code).await, ResponseCode::UserInactive).await;
    alter(&world, &["UPDATE project_user SET state = 'suspended'"]).await;
    is(login.signs_in(ANNA, &code).await, ResponseCode::UserSuspended).await;
    alter(&world, &["UPDATE project_user SET state = 'asleep'"]).await;
    unhandled(login.signs_in(ANNA, &code).await, ResponseCode::UserStateInvalid).await;
    alter(&world, &["UPDATE project_user SET state = 'active'"]).await;
    let twin = "name,old address,new address,login\nTwin,anna@new.example,twin@new.example,\n";
    world.done(&["users", "import", PROJECT, &world.file("twin.csv", twin)]);
    is(login.signs_in("anna@new.example", &code).await, ResponseCode::SeveralActiveUsers).await;
    alter(&world, &["UPDATE project_user SET state = 'inactive'"]).await;
    is(login.signs_in("anna@new.example", &code).await, ResponseCode::SeveralInactiveUsers).await;
    assert_eq!(login.user().await, "");
}

async fn sign_ins_fail_when_the_database_does(on: Backend) {
    let (world, _mails) = world(on).await;
    let login = world.login("pc-1", "x").await;
    let code = world.new_code(ANNA);
    alter(&world, &["ALTER TABLE project_user RENAME TO gone"]).await;
    unhandled(login.signs_in(ANNA, &code).await, ResponseCode::SignInError).await;
    alter(&world, &["ALTER TABLE gone RENAME TO project_user"]).await;
    assert_eq!(login.signs_in(ANNA, &code).await.status(), 201, "the code is not lost");
}

async fn an_activation_fails_when_the_login_cannot_be_recorded(on: Backend) {
    let (world, _mails) = world(on).await;
    let code = world.new_code(ANNA);
    break_inserts!(&world, on, "login");
    unhandled(world.activate(&code).await, ResponseCode::AgentNotRecorded).await;
    unhandled(world.activate(&world.activation_code()).await, ResponseCode::AgentNotRecorded).await;
}

async fn an_incident_is_found_in_the_servers_log(on: Backend) {
    let (mut world, _mails) = world(on).await;
    world.stop().await;
    let process = Process::start(&world, &[]);
    world.url.clone_from(&process.url);
    let login = world.login("pc-1", "x").await;
    alter(&world, &["ALTER TABLE project_user RENAME TO elsewhere"]).await;
    let body = is(login.registers(ANNA, "code").await, ResponseCode::RegistrationError).await;
    let incident = body["incident"].as_str().expect("a number").to_owned();
    let log = world.folder.path().join("log");
    let is_there = async || std::fs::read_to_string(&log).is_ok_and(|log| log.contains(&incident));
    crate::server_support::eventually("the incident is in the log", is_there).await;
}
