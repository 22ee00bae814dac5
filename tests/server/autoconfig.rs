//! The settings of a project's domain, as any mail program asks for them.

use crate::server_support::{Backend, PROJECT, World, problem, settings, stories};
use mailshift::account::Protocol;
use mailshift::server::discovery;
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

stories! {
    a_mail_program_finds_the_settings_of_the_new_domain,
    a_domain_with_an_umlaut_is_answered_as_dns_has_it,
    nothing_is_said_about_other_domains,
    people_who_keep_their_addresses_find_the_new_servers_only_after_the_cutover,
    one_peer_may_not_ask_without_end,
}

const PLACE: &str = "/mail/config-v1.1.xml";
const WELL_KNOWN: &str = "/.well-known/autoconfig/mail/config-v1.1.xml";

async fn ask(world: &World, host: &str, path: &str) -> Response {
    world.request(Method::GET, path).header("Host", host).send().await.expect("an answer")
}

async fn status(world: &World, host: &str, path: &str) -> StatusCode {
    ask(world, host, path).await.status()
}

async fn a_mail_program_finds_the_settings_of_the_new_domain(backend: Backend) {
    let world = backend.world().await;
    for (host, path) in [
        ("autoconfig.new.example", PLACE.to_owned()),
        ("AUTOCONFIG.New.Example:443", PLACE.to_owned()),
        ("new.example", WELL_KNOWN.to_owned()),
        ("autoconfig.hoster.example", format!("{PLACE}?emailaddress=anna%40new.example")),
        ("autoconfig.new.example", format!("{PLACE}?emailaddress=Nobody%40NEW.example.")),
    ] {
        let answer = ask(&world, host, &path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{host} {path}");
        assert_eq!(answer.headers()["content-type"], "text/xml; charset=utf-8");
        let text = answer.text().await.expect("text");
        assert!(text.contains("<domain>new.example</domain>") && !text.contains("anna"), "{text}");
        let found = discovery::read(&text).expect("a config");
        let server = found.incoming.expect("a server");
        assert_eq!((server.protocol, server.host.as_str()), (Protocol::Imap, "imap.new.example"));
        assert_eq!(found.outgoing.expect("a server").port, 465);
    }
}

async fn a_domain_with_an_umlaut_is_answered_as_dns_has_it(backend: Backend) {
    let world = backend.world().await;
    let users = "name;old address;new address;login\nCem;cem@old.example;cem@müller.example;cem\n";
    world.done(&["users", "import", PROJECT, &world.file("more.csv", users)]);
    for (host, path) in [
        ("autoconfig.xn--mller-kva.example", PLACE.to_owned()),
        ("autoconfig.xn--mller-kva.example", format!("{PLACE}?emailaddress=cem%40M%C3%BCller.example")),
        ("autoconfig.xn--mller-kva.example", format!("{PLACE}?emailaddress=cem%40xn--mller-kva.example")),
    ] {
        let answer = ask(&world, host, &path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{host} {path}");
        let text = answer.text().await.expect("text");
        assert!(text.is_ascii() && text.contains("<hostname>imap.xn--mller-kva.example</hostname>"), "{text}");
    }
}

async fn nothing_is_said_about_other_domains(backend: Backend) {
    let world = backend.world().await;
    for (host, path) in [
        ("autoconfig.old.example", PLACE.to_owned()),
        ("autoconfig.example", PLACE.to_owned()),
        ("ew.example", PLACE.to_owned()),
        ("127.0.0.1", PLACE.to_owned()),
        ("autoconfig.new.example", format!("{PLACE}?emailaddress=x%40other.example")),
        ("autoconfig.new.example", format!("{PLACE}?emailaddress=x%40%25")),
        ("autoconfig.new.example", format!("{PLACE}?emailaddress=x%40ne_.example")),
        ("autoconfig.new.example", format!("{PLACE}?emailaddress=x%40%25.example")),
    ] {
        let answer = ask(&world, host, &path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{host} {path}");
        problem(answer).await;
    }
}

async fn people_who_keep_their_addresses_find_the_new_servers_only_after_the_cutover(backend: Backend) {
    let mut world = backend.empty_world();
    let users =
        world.file("users.csv", "name;old address;new address;login\nAnna;anna@same.example;anna@same.example;anna\n");
    let project = world.file("project.json", &settings(json!({})));
    world.done(&["project", "create", PROJECT, "--file", &project]);
    world.done(&["users", "import", PROJECT, &users]);
    world.start().await;
    assert_eq!(status(&world, "autoconfig.same.example", PLACE).await, StatusCode::NOT_FOUND);
    world.done(&["cutover", PROJECT, "at", "2035-01-01T00:00Z"]);
    assert_eq!(status(&world, "autoconfig.same.example", PLACE).await, StatusCode::NOT_FOUND);
    world.done(&["cutover", PROJECT, "now"]);
    assert_eq!(status(&world, "autoconfig.same.example", PLACE).await, StatusCode::OK);
}

async fn one_peer_may_not_ask_without_end(backend: Backend) {
    let world = backend.world().await;
    for asked in 0..1_000 {
        let answer = ask(&world, "autoconfig.new.example", PLACE).await;
        if answer.status() != StatusCode::OK {
            assert!(asked >= 100, "{asked}");
            assert_eq!(answer.headers()["retry-after"], "1");
            assert_eq!(problem(answer).await["code"], "NET-3");
            return;
        }
    }
    panic!("never refused");
}
