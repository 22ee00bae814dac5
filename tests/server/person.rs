//! The personal page behind a letter's link.

use crate::server_support::sink::{PUBLIC, Sink};
use crate::server_support::{Backend, PROJECT, Process, World, completed, stories};
use reqwest::{Method, Response, StatusCode};
use serde_json::json;

stories! {
    the_page_shows_the_code_of_the_letter_only_after_a_press,
    the_page_speaks_the_persons_language_and_names_the_time_with_its_zone,
    a_link_that_is_over_looks_like_one_that_never_was,
    a_code_told_on_the_phone_takes_the_place_of_the_one_on_the_page,
    neither_links_nor_codes_are_in_the_database,
    the_log_holds_neither_links_nor_codes,
    links_that_do_not_work_are_answered_only_so_often,
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

async fn the_page_shows_the_code_of_the_letter_only_after_a_press(on: Backend) {
    let sink = Sink::new();
    let world = on.world_with(sink.settings(json!({}))).await;
    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    let mail = sink.mail();
    let (path, code) = (mail.page(), mail.code());
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
    let world = on.world_with(sink.settings(json!({"cutover": "2035-11-21T18:00[Europe/Berlin]"}))).await;
    world.done(&["invite", PROJECT, "--user", "joerg@old.example"]);
    let mail = sink.mail();
    let moment = "Mittwoch, 21. November 2035 um 18:00 Uhr (Europe/Berlin)";
    assert!(mail.text().contains(moment) && mail.html().contains(moment), "{}", mail.text());
    let page = seen(&world, &mail.page()).await.text().await.expect("a page");
    assert!(page.contains("lang=\"de\"") && page.contains(moment), "{page}");
    let colour = world.request(Method::GET, "/assets/person/AA3366").send().await.expect("an answer");
    assert!(colour.text().await.expect("a sheet").contains("--accent: #AA3366"));
    assert!(page.contains("/assets/person/AA3366"));
}

async fn a_link_that_is_over_looks_like_one_that_never_was(on: Backend) {
    let sink = Sink::new();
    let world = on.world_with(sink.settings(json!({}))).await;
    let never = seen(&world, "/p/bm9ib2R5IGhhcyBldmVyIHNlZW4gdGhpcyB0b2tlbiE").await;
    assert_eq!(never.status(), StatusCode::NOT_FOUND);
    let never = never.text().await.expect("a page");
    assert!(never.contains("it@old.example"), "the help desk is named: {never}");

    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    let first = sink.mail().page();
    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    let second = sink.mail();
    let code = second.code();
    let second = second.page();
    let (old, new) = (seen(&world, &first).await, seen(&world, &second).await);
    assert_eq!((old.status(), new.status()), (StatusCode::NOT_FOUND, StatusCode::OK));
    assert_eq!(old.text().await.expect("a page"), never);

    let activation = world.activate(code.reveal()).await;
    let activation: mailshift::protocol::Activation = activation.json().await.expect("an activation");
    let agent = crate::server_support::Agent { world: &world, token: activation.token.reveal().to_owned() };
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
    let world = on.world_with(sink.settings(json!({}))).await;
    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    let mail = sink.mail();
    world.new_code("anna@old.example");
    let page = pressed(&world, &mail.page()).await;
    assert!(page.contains("does not work any more"), "{page}");
    assert!(!page.contains(&mail.code().grouped()));
}

async fn neither_links_nor_codes_are_in_the_database(on: Backend) {
    let sink = Sink::new();
    let world = on.world_with(sink.settings(json!({}))).await;
    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    let mail = sink.mail();
    pressed(&world, &mail.page()).await;
    let code = mail.code();
    let token = mail.page().trim_start_matches("/p/").to_owned();
    let bytes = world.database_bytes();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("anna@old.example"), "the right bytes");
    assert!(!holds(&token) && !holds(code.reveal()) && !holds(&code.grouped()));
}

async fn the_log_holds_neither_links_nor_codes(on: Backend) {
    let sink = Sink::new();
    let mut world = on.empty_world();
    world.furnish(sink.settings(json!({})));
    let server = Process::start(&world, &[]);
    world.url.clone_from(&server.url);
    world.done(&["invite", PROJECT, "--queue", "--user", "anna@old.example"]);
    let mail = sink.mail();
    let (path, code) = (mail.page(), mail.code());
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
