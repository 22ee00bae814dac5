//! From nobody to an administrator who is signed in.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use reqwest::StatusCode;

use super::browser::{Browser, NAME, PASSWORD, world};
use crate::server_support::{Backend, World, stories};

stories!(the_first_link_makes_one_administrator_and_no_second, serve_prints_the_first_link_until_it_was_used,);

async fn the_first_link_makes_one_administrator_and_no_second(on: Backend) {
    let world = world(on).await;
    let link = world.first_link().await;
    let browser = Browser::new(&world);
    let short = browser.post(&link, &[("name", NAME), ("password", "too short"), ("again", "too short")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    let different = browser.post(&link, &[("name", NAME), ("password", PASSWORD), ("again", "a few words more")]).await;
    assert_eq!(different.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nameless = browser.post(&link, &[("name", " "), ("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nameless.text.contains("1 to 100 characters"), "{}", nameless.text);
    assert!(!browser.is_signed_in().await);

    let fields = [("name", NAME), ("password", PASSWORD), ("again", PASSWORD)];
    let done = browser.post(&link, &fields).await;
    assert_eq!((done.status, done.to()), (StatusCode::SEE_OTHER, "/"));
    assert!(browser.is_signed_in().await);

    let other = Browser::new(&world);
    assert_eq!(other.get(&link).await.status, StatusCode::GONE);
    assert_eq!(other.post(&link, &fields).await.status, StatusCode::GONE);
    assert!(!other.is_signed_in().await);
}

async fn serve_prints_the_first_link_until_it_was_used(on: Backend) {
    let mut world = on.empty_world();
    let printed = |world: &World| {
        let mut serving = Command::new(env!("CARGO_BIN_EXE_mailshift-server"))
            .arg("--database")
            .arg(world.database())
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a server");
        let mut lines = BufReader::new(serving.stdout.take().expect("output")).lines().map_while(Result::ok);
        let listening = lines.next().expect("a line");
        assert!(listening.starts_with("listening on http://"), "{listening}");
        (serving, lines)
    };
    let (mut serving, mut lines) = printed(&world);
    let first = lines.next().expect("a second line");
    let (_, link) = first.split_once("http://").expect("a link");
    let (_, path) = link.split_once('/').expect("a path");
    serving.kill().expect("ended");
    serving.wait().expect("ended");

    world.start().await;
    let browser = Browser::new(&world);
    let fields = [("name", NAME), ("password", PASSWORD), ("again", PASSWORD)];
    let done = browser.post(&format!("/{path}"), &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    world.stop().await;

    let (mut serving, mut lines) = printed(&world);
    serving.kill().expect("ended");
    serving.wait().expect("ended");
    assert_eq!(lines.next(), None);
}
