//! Pages hear that something changed.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::tables::project;
use crate::operators::browser::Browser;
use crate::server_support::{Backend, LIMIT, event, stories};

async fn a_report_is_told_to_open_pages(backend: Backend) {
    let mut world = backend.world().await;
    {
        let agent = world.bound("anna@old.example").await;
        let browser = Browser::administrator(&world).await;
        let live = format!("{}/live", project(&browser).await);
        let mut stream = browser.request(Method::GET, &live).send().await.expect("a stream");
        assert_eq!(
            (stream.status(), &stream.headers()["content-type"]),
            (StatusCode::OK, &"text/event-stream".parse().expect("a value"))
        );
        agent.reports(&json!([event(1, "waiting", json!({}))])).await;
        let mut said = String::new();
        while !said.contains("event: changed") {
            let chunk =
                tokio::time::timeout(LIMIT, stream.chunk()).await.expect("in time").expect("alive").expect("more");
            said.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
    // An open stream must not hold up the end of the server.
    let before = std::time::Instant::now();
    world.stop().await;
    assert!(before.elapsed() < Duration::from_secs(9), "{:?}", before.elapsed());
}

stories! {
    a_report_is_told_to_open_pages,
}
