//! The servers of a domain, found from the settings page.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::tables::project;
use crate::discovery::internet::{Internet, Reply};
use crate::operators::browser::Browser;
use crate::server_support::{Backend, PROJECT, World, stories};

/// A server without an account in its project, before a small internet.
async fn world(on: Backend, internet: Internet) -> World {
    let mut world = on.empty_world();
    world.furnish(json!({"account": null}));
    world.settings.network = Some(internet.network().await);
    world.start().await;
    world
}

fn saved(world: &World) -> Value {
    serde_json::from_str(&world.done(&["project", "show", PROJECT, "--json"])).expect("JSON")
}

async fn servers_are_proposed_with_their_origin_and_not_saved(backend: Backend) {
    let internet = Internet::default()
        .config("live.thunderbird.net/autoconfig/v1.1/e.example", "e.example")
        .page("autoconfig.e.example/mail/config-v1.1.xml", Reply::Redirect("http://plain.example/".into()))
        .page("e.example/.well-known/autoconfig/mail/config-v1.1.xml", Reply::Status(503))
        .address("autodiscover.e.example", "10.0.0.7")
        .mx("e.example", 10, "mx.e.example");
    let world = world(backend, internet).await;
    let browser = Browser::administrator(&world).await;
    let settings = format!("{}/settings", project(&browser).await);
    let before = saved(&world);
    let found = browser.send(&settings, &format!("{settings}/discover"), &[("domain", "anna@e.example")]).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    for said in [
        "These are the servers of e.example",
        "name=\"account.incoming.host\" type=\"text\" value=\"imap.e.example\"",
        "name=\"account.outgoing.port\" type=\"text\" inputmode=\"numeric\" value=\"465\"",
        "<div>Incoming: IMAP imap.e.example:993 SSL/TLS</div><div>Outgoing: SMTP smtp.e.example:465 SSL/TLS</div>",
        "led to plain.example without encryption: not followed",
        "answered with status 503",
        "autodiscover.e.example is at 10.0.0.7, which is not in the public internet: not asked",
        "led to mx.e.example",
        "nothing there, which is usual",
    ] {
        assert!(found.text.contains(said), "{said}: {}", found.text);
    }
    assert_eq!(saved(&world), before);
}

async fn a_domain_without_anything_leaves_the_usual_values(backend: Backend) {
    let world = world(backend, Internet::default()).await;
    let browser = Browser::administrator(&world).await;
    let settings = format!("{}/settings", project(&browser).await);
    let discover = format!("{settings}/discover");
    let found = browser.send(&settings, &discover, &[("domain", "e.example")]).await;
    for said in [
        "Incoming and outgoing servers of e.example were not both found",
        "needs an address, not only a domain",
        "name=\"account.incoming.host\" type=\"text\" value=\"\"",
        "value=\"993\"",
    ] {
        assert!(found.text.contains(said), "{said}: {}", found.text);
    }
    let wrong = browser.send(&settings, &discover, &[("domain", "\"><b>no domain")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Write a domain or an address") && !wrong.text.contains("<b>no"), "{}", wrong.text);
}

async fn only_operators_look_and_not_without_end(backend: Backend) {
    let world = world(backend, Internet::default()).await;
    let browser = Browser::administrator(&world).await;
    let viewer = Browser::invited(&browser, "Vera", "viewer").await;
    let settings = format!("{}/settings", project(&browser).await);
    let discover = format!("{settings}/discover");
    let fields = [("domain", "not a domain")];
    assert_eq!(viewer.send(&settings, &discover, &fields).await.status, StatusCode::FORBIDDEN);
    let csrf = browser.get(&settings).await.field("csrf");
    let foreign = browser.post(&discover, &[("domain", "e.example"), ("csrf", "foreign")]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let fields = [("domain", "not a domain"), ("csrf", csrf.as_str())];
    let mut answered = 0;
    loop {
        let answer = browser.post(&discover, &fields).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers.contains_key("retry-after"));
            break;
        }
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        answered += 1;
        assert!(answered < 15, "there is no end");
    }
    assert!(answered >= 10, "{answered}");
}

stories! {
    servers_are_proposed_with_their_origin_and_not_saved,
    a_domain_without_anything_leaves_the_usual_values,
    only_operators_look_and_not_without_end,
}
