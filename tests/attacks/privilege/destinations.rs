//! Where passwords go, what people install, and who may see what that takes.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::browser::{Browser, PASSWORD};
use crate::client::{Client, faults};
use crate::server_support::sink::Sink;
use crate::server_support::{Backend, PROJECT, World, settings, stories};

stories! {
    an_operator_does_not_decide_where_passwords_go_and_what_is_installed,
    a_destination_that_changes_after_the_letters_is_told_to_everybody,
    viewers_are_not_told_what_opens_other_doors,
    the_name_of_a_computer_is_no_formula_in_a_table,
}

fn current(world: &World) -> Value {
    serde_json::from_str(&world.done(&["project", "show", PROJECT, "--json"])).expect("JSON")
}

/// Each with a place of the attacker's.
fn hostile(before: &Value) -> Vec<(&'static str, Value)> {
    let with = |pointer: &str, value: Value| {
        let mut after = before.clone();
        *after.pointer_mut(pointer).expect("a field") = value;
        after
    };
    let and = |name: &str, value: Value| {
        let mut after = before.clone();
        after[name] = value;
        after
    };
    let mut authority = before.clone();
    authority["account"]["certificate_authority"] =
        json!("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
    vec![
        ("account.incoming.host", with("/account/incoming/host", json!("imap.evil.example"))),
        ("account.outgoing.host", with("/account/outgoing/host", json!("smtp.evil.example"))),
        ("account.incoming.security", with("/account/incoming/security", json!("starttls"))),
        ("account.certificate_authority", authority),
        ("public_url", and("public_url", json!("https://evil.example"))),
        ("download_url", and("download_url", json!("https://evil.example/agent.exe"))),
        ("downloads", and("downloads", json!({"windows": {"url": "https://evil.example/agent.msi"}}))),
        ("articles", and("articles", json!([{"title": "How to", "url": "https://evil.example"}]))),
    ]
}

/// M3
async fn an_operator_does_not_decide_where_passwords_go_and_what_is_installed(on: Backend) {
    let world = on.world().await;
    let ada = Browser::administrator(&world).await;
    let (operator, administrator) = (Client::new(&world, "operator").await, Client::new(&world, "administrator").await);
    let path = format!("{}/settings", operator.project().await);
    let before = current(&world);
    for (field, after) in hostile(&before) {
        let refused = operator.refused(Method::PUT, &path, &after, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert_eq!(faults(&refused), [field]);
    }
    assert_eq!(current(&world), before);
    let mut harmless = before.clone();
    harmless["lead_minutes"] = json!(3);
    operator.put(&path, &harmless).await;
    let made = json!({"name": "Second", "settings": before});
    let refused = operator.refused(Method::POST, "/api/projects", &made, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert!(faults(&refused).contains(&"account.incoming.host"), "{refused}");

    let olga = Browser::invited(&ada, "Olga", "operator").await;
    let page = path.replace("/api", "");
    let fields = [
        ("account.incoming.protocol", "imap"),
        ("account.incoming.host", "imap.evil.example"),
        ("account.incoming.security", "tls"),
        ("account.incoming.authentication", "password"),
        ("account.incoming.username", "%EMAILADDRESS%"),
        ("account.outgoing.host", "smtp.%EMAILDOMAIN%"),
        ("account.outgoing.security", "tls"),
        ("account.outgoing.authentication", "password"),
        ("account.outgoing.username", "%EMAILADDRESS%"),
    ];
    assert_eq!(olga.send(&page, &page, &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(current(&world)["account"], before["account"]);

    let mut moved = before.clone();
    moved["account"]["incoming"]["host"] = json!("imap.next.example");
    administrator.put(&path, &moved).await;
    let record = administrator.get("/api/audit?limit=20").await;
    let told = record.as_array().expect("entries").iter().find(|entry| entry["action"] == "project.redirect");
    let detail = told.expect("on record")["detail"].as_str().expect("text").to_owned();
    assert_eq!(detail, "account.incoming.host: imap.%EMAILDOMAIN% → imap.next.example");
}

/// M3
async fn a_destination_that_changes_after_the_letters_is_told_to_everybody(on: Backend) {
    let (mut world, mails) = (on.empty_world(), Sink::new());
    let smtp = json!({"host": "127.0.0.1", "port": mails.port, "security": "none", "from": "IT <it@old.example>"});
    let more = json!({"smtp": smtp, "download_url": "https://old.example/agent"});
    world.furnish(more.clone());
    world.start().await;
    let ada = Browser::administrator(&world).await;
    let vera = Browser::invited(&ada, "Vera", "viewer").await;
    let project = format!("/projects/{}", vera.get("/").await.between("href=\"/projects/", "\"").expect("a project"));
    let set = |url: &str| {
        let mut more = more.clone();
        more["download_url"] = json!(url);
        world.done(&["project", "set", PROJECT, "--file", &world.file("next.json", &settings(more))]);
    };
    set("https://next.example/agent");
    assert!(!vera.get(&project).await.text.contains("id=\"redirected\""), "nobody has a letter yet");
    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    set("https://evil.example/agent");
    let page = vera.get(&project).await.text;
    assert!(page.contains("id=\"redirected\""), "{page}");
    assert!(page.contains("download_url: https://next.example/agent → https://evil.example/agent"), "{page}");
}

/// L8
async fn viewers_are_not_told_what_opens_other_doors(on: Backend) {
    let webhook = json!({"url": "https://hr.example/hook?token=s3cr3t", "key": {"env": "HR_KEY"}});
    let smtp = json!({"host": "smtp.inside.example", "security": "tls", "from": "it@old.example"});
    let world = on.world_with(json!({"directory": {"webhook": webhook}, "smtp": smtp})).await;
    let shown = world.done(&["project", "show", PROJECT]);
    let code = shown.lines().find_map(|line| line.strip_prefix("activate")).expect("the code").trim().to_owned();
    let ada = Browser::administrator(&world).await;
    let (viewer, operator) = (Client::new(&world, "viewer").await, Client::new(&world, "operator").await);
    let path = viewer.project().await;
    let secrets = [code.as_str(), "s3cr3t", "HR_KEY", "smtp.inside.example"];
    let told = viewer.get(&path).await.to_string();
    let told_operator = operator.get(&path).await.to_string();
    for secret in &secrets[1..] {
        assert!(!told.contains(secret) && told_operator.contains(secret), "{secret}");
    }
    let installers = format!("{path}/installers");
    assert_eq!(viewer.refused(Method::GET, &installers, &json!({}), StatusCode::FORBIDDEN).await["code"], "OPR-2");

    let vera = Browser::invited(&ada, "Vera", "viewer").await;
    let project = path.replace("/api", "");
    for page in ["", "/settings", "/installing", "/installing/renew", "/users", "/devices", "/preview/letter"] {
        let seen = vera.get(&format!("{project}{page}")).await.text;
        for secret in secrets {
            assert!(!seen.contains(secret), "{secret} on {page:?}");
        }
    }
    assert!(ada.get(&format!("{project}/installing")).await.text.contains(&code), "the search works");
}

/// L2
async fn the_name_of_a_computer_is_no_formula_in_a_table(on: Backend) {
    let world = on.world().await;
    let device = json!({"name": "pc;=HYPERLINK(1)", "system": "linux\t@x", "login": "anna", "agent": "0.1.0"});
    let body = json!({"code": world.new_code("anna@old.example"), "device": device});
    let answer = world.request(Method::POST, mailshift::protocol::path::ACTIVATIONS).json(&body).send().await;
    let activation: mailshift::protocol::Activation = answer.expect("an answer").json().await.expect("an activation");
    let agent = crate::server_support::Agent { world: &world, token: activation.token.reveal().into() };
    agent.directive().await;
    let ada = Browser::administrator(&world).await;
    let project = ada.get("/").await.between("href=\"/projects/", "\"").expect("a project");
    let table = ada.get(&format!("/projects/{project}/export.csv")).await.text;
    assert!(table.contains("pc;'=HYPERLINK(1)") && !table.contains(";="), "{table}");
    let bob = [("name", "Bob;=1+1"), ("role", "viewer"), ("password", PASSWORD)];
    ada.send("/operators", "/operators", &bob).await;
    let record = ada.get("/audit.csv").await.text;
    assert!(record.contains("Bob;'=1+1") && !record.contains(";="), "{record}");
}
