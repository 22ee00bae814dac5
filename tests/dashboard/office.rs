//! A project in the middle of its move, with the long names that there are.

use mailshift::protocol::{Activation, path};
use reqwest::{Method, StatusCode};
use serde_json::json;

use super::internet::{Internet, Reply};
use super::server_support::sink::Sink;
use super::server_support::{Agent, Backend, PROJECT, World, completed, event, eventually};

pub const NOTEBOOK: &str = "verwaltung-schönhuber-notebook-0815";
pub const PEOPLE: &str = "name;old address;new address;login;language;wave\n\
    Friederike-Charlotte Schönhuber-Wagenknecht;friederike.schoenhuber-wagenknecht@old.example;friederike.schoenhuber-wagenknecht@verwaltung.new.example;schoenhuber;de;Geschäftsstelle\n\
    Dr. Maximilian Freiherr von und zu Hohenstein;hohenstein@old.example;hohenstein@new.example;hohenstein;de;\n\
    Cem Örnek;cem@old.example;cem@new.example;cem;de;\n";

/// A project in the middle of its move.
pub async fn furnished(sink: &Sink) -> World {
    let mut world = Backend::Sqlite.empty_world();
    let network = Internet::default()
        .config("live.thunderbird.net/autoconfig/v1.1/e.example", "e.example")
        .page("autoconfig.e.example/mail/config-v1.1.xml", Reply::Redirect("http://plain.example/".into()))
        .page("e.example/.well-known/autoconfig/mail/config-v1.1.xml", Reply::Status(503))
        .address("autodiscover.e.example", "10.0.0.7")
        .mx("e.example", 10, "mx.e.example");
    world.settings.network = Some(network.network().await);
    world.furnish(sink.settings(json!({"brand": {"colour": "#F2C14E"}})));
    world.done(&["users", "import", PROJECT, &world.file("people.csv", PEOPLE)]);
    let installers = world.folder.path().join("installers");
    std::fs::create_dir(&installers).expect("a folder");
    std::fs::write(installers.join("mailshift.msi"), "an installer").expect("written");
    world.settings.installers = Some(installers);
    world.start().await;
    world.done(&["invite", PROJECT, "--user", "cem@old.example"]);
    drop(sink.mail());
    let anna = world.bound("anna@old.example").await;
    let joerg = world.bound("joerg@old.example").await;
    anna.reports(&json!([event(0, "waiting", json!({}))])).await;
    joerg.reports(&json!([event(0, "waiting", json!({}))])).await;
    let long = notebook(&world).await;
    world.done(&["cutover", PROJECT, "now"]);
    for (agent, last) in [(&anna, json!({"code": "CFG-2"})), (&long, json!({"code": "PWD-3"}))] {
        let order = agent.directive().await.order;
        agent.reports(&json!([event(order, "started", json!({}))])).await;
        agent.reports(&json!([event(order, "failed", last)])).await;
    }
    let order = joerg.directive().await.order;
    joerg.reports(&json!([completed(order)])).await;
    eventually("the mail is told", async || world.done(&["mails", PROJECT]).contains("sent")).await;
    drop((anna, joerg, long));
    world
}

/// The computer of the person with the longest name, which has everything.
async fn notebook(world: &World) -> Agent<'_> {
    let code = world.new_code("friederike.schoenhuber-wagenknecht@old.example");
    let device = json!({"name": NOTEBOOK, "system": "windows", "login": "VERWALTUNG\\schoenhuber",
                        "agent": "0.1.0", "language": "de"});
    let asked = world.request(Method::POST, path::ACTIVATIONS).json(&json!({"code": code, "device": device}));
    let activation: Activation = asked.send().await.expect("an answer").json().await.expect("an activation");
    let agent = Agent { world, token: activation.token.reveal().to_owned() };
    let folder = r"C:\Users\schoenhuber\AppData\Local\Microsoft\Outlook";
    let outlook = json!({
        "kind": "outlook", "version": "16.0.17928.20114", "running": true, "architecture": "x64",
        "installation": "click-to-run", "channel": "MonthlyEnterprise", "profiles": ["Outlook", "Vertretung"],
        "default_profile": "Outlook",
        "accounts": [{"profile": "Outlook", "kind": "imap", "address": "friederike.schoenhuber-wagenknecht@old.example"}],
        "data_files": [{"profile": "Outlook", "path": format!(r"{folder}\friederike.schoenhuber-wagenknecht@old.example.ost"),
                        "kind": "ost", "size": 4_831_838_208_u64}],
        "findings": [{"code": "CFG-14", "detail": "Outlook 16.0.4266.1001"}],
    });
    let thunderbird = json!({"kind": "thunderbird", "version": "140.1"});
    let rehearsal = json!({"at": "2026-11-20T08:00:00Z", "stopped_by": {"code": "CFG-4", "detail": "profiles.ini"}});
    let inventory = json!({"clients": [outlook, thunderbird], "free_disk": 21_474_836_480_u64, "rehearsal": rehearsal});
    let sent = agent.request(Method::PUT, path::INVENTORY).json(&inventory).send().await.expect("an answer");
    assert_eq!(sent.status(), StatusCode::NO_CONTENT);
    agent.reports(&json!([event(0, "waiting", json!({}))])).await;
    let report = json!({"text": format!("Mailshift 0.1.0\nLog:\n{}", "CFG-4 profiles.ini ".repeat(40))});
    let sent = agent.request(Method::POST, path::DIAGNOSTICS).json(&report).send().await.expect("an answer");
    assert_eq!(sent.status(), StatusCode::CREATED);
    agent
}
