//! The server as an operator runs it: health, figures, encryption, limits, the end.

pub mod program;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::server_support::{Backend, LIMIT, PROJECT, World, eventually, stories};
use mailshift::protocol::path;
use mailshift::server::Db;
use program::{Program, free_certificate};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

stories! {
    health_and_readiness_are_told_and_every_answer_has_an_id,
    figures_tell_what_happens,
    the_end_does_not_wait_for_held_questions,
}

/// The value of a line of `/metrics`, which may be missing as long as it is zero.
fn figure(text: &str, start: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(start)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().expect("a number"))
}

async fn metrics(world: &World) -> String {
    let answer = world.request(Method::GET, "/metrics").send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    answer.text().await.expect("text")
}

async fn health_and_readiness_are_told_and_every_answer_has_an_id(backend: Backend) {
    let world = backend.world().await;
    let mut ids = Vec::new();
    for (path, status) in [(path::HEALTH, 200), ("/readyz", 200), ("/nowhere", 404)] {
        let asked = world.request(Method::GET, path).header("x-request-id", "of-a-stranger");
        let answer = asked.send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{path}");
        assert!(!answer.headers().contains_key("strict-transport-security"), "plain HTTP");
        ids.push(answer.headers()["x-request-id"].to_str().expect("text").to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert!(!ids.contains(&"of-a-stranger".to_owned()));
}

async fn figures_tell_what_happens(backend: Backend) {
    let world = backend.world().await;
    let agent = world.bound("anna@old.example").await;
    let (_, tag) = agent.tagged().await;
    let held = tokio::spawn(agent.held(&tag).send());
    eventually("the question is held", async || {
        figure(&metrics(&world).await, "mailshift_requests_in_progress{route=\"/v1/directive\"}") > 0.5
    })
    .await;
    assert_eq!(world.request(Method::GET, "/nowhere?emailaddress=x").send().await.expect("an answer").status(), 404);
    let text = metrics(&world).await;
    for (line, least) in [
        ("mailshift_requests_total{method=\"GET\",route=\"other\",status=\"404\"}", 1.0),
        ("mailshift_requests_total{method=\"POST\",route=\"/v1/activations\",status=\"201\"}", 1.0),
        ("mailshift_request_duration_seconds_count{route=\"/v1/directive\"}", 2.0),
        ("mailshift_devices{stage=\"waiting\"}", 1.0),
        ("mailshift_devices{stage=\"imported\"}", 1.0),
        ("mailshift_connections", 1.0),
        ("mailshift_mails{state=\"queued\"}", 0.0),
    ] {
        assert!(text.contains(line) && figure(&text, line) >= least, "{line}\n{text}");
    }
    assert!(!text.contains("emailaddress") && text.ends_with("# EOF\n"), "{text}");
    assert!(figure(&text, "mailshift_database_errors_total") < 0.5);
    let signal = figure(&text, "mailshift_signal");
    world.done(&["cutover", PROJECT, "now"]);
    assert_eq!(held.await.expect("no panic").expect("an answer").status(), StatusCode::OK);
    let text = metrics(&world).await;
    assert!(figure(&text, "mailshift_signal") > signal);
    assert!(figure(&text, "mailshift_requests_in_progress{route=\"/v1/directive\"}") < 0.5);
}

#[tokio::test]
async fn trouble_with_the_database_is_told_and_counted_and_the_server_stays_alive() {
    let world = World::new().await;
    let db = Db::open(&*world.database()).await.expect("a database");
    let rename = async |query: &'static str| {
        sqlx::query(query).execute(db.pool()).await.expect("renamed");
    };
    rename("ALTER TABLE signal RENAME TO elsewhere").await;
    for accept in ["application/json", "text/html"] {
        let asked = world.request(Method::GET, "/readyz").header("Accept", accept);
        assert_eq!(asked.send().await.expect("an answer").status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
    let alive = world.request(Method::GET, path::HEALTH).send().await.expect("an answer");
    assert_eq!(alive.status(), StatusCode::OK);
    // Two, and one for the figure that cannot be looked up.
    assert!((figure(&metrics(&world).await, "mailshift_database_errors_total") - 3.0).abs() < 0.5);
    rename("ALTER TABLE elsewhere RENAME TO signal").await;
    let ready = world.request(Method::GET, "/readyz").send().await.expect("an answer");
    assert_eq!(ready.status(), StatusCode::OK);
    db.close().await;
}

#[tokio::test]
async fn figures_are_for_this_computer_or_with_the_token() {
    let mut program = Program::new();
    let token = program.world.file("token", "t0ken\n");
    program.start(&["--behind-tls-proxy", "--metrics-token-file", &token]);
    let client = Client::builder().no_proxy().build().expect("a client");
    let ask = async |peer: Option<&str>, token: Option<&str>| {
        let mut request = client.get(format!("{}/metrics", program.url));
        if let Some(peer) = peer {
            request = request.header("x-forwarded-for", peer);
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(ask(None, None).await, 200);
    assert_eq!(ask(Some("192.0.2.1"), None).await, 404);
    assert_eq!(ask(Some("127.0.0.1, 192.0.2.1"), None).await, 404);
    assert_eq!(ask(Some("192.0.2.1"), Some("wrong")).await, 404);
    assert_eq!(ask(Some("192.0.2.1"), Some("")).await, 404);
    assert_eq!(ask(Some("192.0.2.1"), Some("t0ken")).await, 200);
    program.world.file("token", "newer\n");
    assert_eq!(ask(Some("192.0.2.1"), Some("t0ken")).await, 404);
    assert_eq!(ask(Some("192.0.2.1"), Some("newer")).await, 200);
    let answer = client.get(format!("{}{}", program.url, path::HEALTH)).header("x-request-id", "of-the-proxy");
    let answer = answer.send().await.expect("an answer");
    assert_eq!(answer.headers()["x-request-id"], "of-the-proxy");
    assert!(answer.headers().contains_key("strict-transport-security"));
    let world = World::with(json!({})).await;
    let unknown = world.request(Method::GET, "/metrics").header("x-forwarded-for", "127.0.0.1");
    assert_eq!(unknown.send().await.expect("an answer").status(), StatusCode::NOT_FOUND, "a proxy nobody told us of");
}

#[tokio::test]
async fn a_new_certificate_is_taken_while_a_question_is_held() {
    let mut program = Program::new();
    program.done(&[
        "project",
        "create",
        PROJECT,
        "--file",
        &program.world.file("p.json", &crate::server_support::settings(json!({}))),
    ]);
    let users = program
        .world
        .file("users.csv", "name;old address;new address;login\nAnna;anna@old.example;anna@new.example;anna\n");
    program.done(&["users", "import", PROJECT, &users]);
    let code = program.done(&["code", PROJECT, "anna@old.example"]);
    let (first, second) = (free_certificate(), free_certificate());
    let (certificate, key) = program.put(&first);
    program.start(&["--tls-certificate", &certificate, "--tls-key", &key, "--log", "json"]);
    assert!(program.url.starts_with("https://"), "{}", program.url);
    let trusting = |pem: &str| {
        let root = reqwest::Certificate::from_pem(pem.as_bytes()).expect("a certificate");
        Client::builder().no_proxy().tls_certs_only([root]).timeout(LIMIT).build().expect("a client")
    };
    let url = |path: &str| format!("{}{path}", program.url.replace("127.0.0.1", "localhost"));
    let old = trusting(&first.certificate);
    let answer = old.get(url(path::HEALTH)).send().await.expect("an answer");
    assert!(answer.headers()["strict-transport-security"].to_str().expect("text").starts_with("max-age="));
    let device = json!({"name": "desk", "system": "linux", "login": "anna", "agent": "0.1.0", "language": "en"});
    let body = json!({"code": code.trim(), "device": device});
    let activation: Value =
        old.post(url(path::ACTIVATIONS)).json(&body).send().await.expect("an answer").json().await.expect("JSON");
    let token = activation["token"].as_str().expect("a token").to_owned();
    let directive = old.get(url(path::DIRECTIVE)).bearer_auth(&token).send().await.expect("an answer");
    let tag = directive.headers()["etag"].clone();
    let held = old.get(format!("{}?wait=50", url(path::DIRECTIVE))).bearer_auth(&token).header("If-None-Match", tag);
    let held = tokio::spawn(held.send());
    eventually("the question is held", async || {
        let text = old.get(url("/metrics")).send().await.expect("an answer").text().await.expect("text");
        figure(&text, "mailshift_requests_in_progress{route=\"/v1/directive\"}") > 0.5
    })
    .await;

    // A certificate without its key changes nothing; the right pair does.
    std::fs::write(&certificate, &second.certificate).expect("written");
    program.hang_up();
    assert!(program.logs("the certificate in use stays"), "a warning");
    assert!(trusting(&second.certificate).get(url(path::HEALTH)).send().await.is_err());
    assert!(trusting(&first.certificate).get(url(path::HEALTH)).send().await.is_ok());
    program.put(&second);
    program.hang_up();
    assert!(program.logs("the certificate was renewed"));
    assert!(trusting(&second.certificate).get(url(path::HEALTH)).send().await.is_ok());
    assert!(trusting(&first.certificate).get(url(path::HEALTH)).send().await.is_err());
    assert!(!held.is_finished());
    program.done(&["cutover", PROJECT, "now"]);
    assert_eq!(held.await.expect("no panic").expect("an answer").status(), StatusCode::OK);
    let lines = program.stop();
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).expect("a JSON object in each line");
        assert!(line["level"].is_string() && line["timestamp"].is_string(), "{line}");
    }
    assert!(!lines.contains(&token) && !lines.contains(code.trim()));
}

async fn the_end_does_not_wait_for_held_questions(backend: Backend) {
    let mut world = backend.world().await;
    let agent = world.bound("anna@old.example").await;
    let (_, tag) = agent.tagged().await;
    let held = tokio::spawn(agent.held(&tag).send());
    eventually("the question is held", async || {
        figure(&metrics(&world).await, "mailshift_requests_in_progress{route=\"/v1/directive\"}") > 0.5
    })
    .await;
    let start = Instant::now();
    world.stop().await;
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert_eq!(held.await.expect("no panic").expect("an answer").status(), StatusCode::NOT_MODIFIED);
}

#[test]
fn what_peers_may_hold_is_limited() {
    let mut program = Program::new();
    program.start(&["--log", "json"]);
    let address = program.url.trim_start_matches("http://").to_owned();
    let connect = || {
        let stream = TcpStream::connect(&address).expect("a connection");
        stream.set_read_timeout(Some(LIMIT)).expect("a limit");
        stream
    };
    let answer = |mut stream: &TcpStream| {
        let mut text = Vec::new();
        if let Err(error) = stream.read_to_end(&mut text) {
            assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        }
        String::from_utf8_lossy(&text).into_owned()
    };
    // Silent, half a head, a whole answer and then silence: all at once, so that the limits pass once.
    let start = Instant::now();
    let (silent, half, done) = (connect(), connect(), connect());
    (&half).write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ").expect("sent");
    (&done).write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").expect("sent");
    assert_eq!(answer(&silent), "");
    assert!(!answer(&half).starts_with("HTTP/1.1 200"));
    assert!(answer(&done).starts_with("HTTP/1.1 200"));
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
    let large = connect();
    let head = format!("GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: {}\r\n\r\n", "a".repeat(100_000));
    // The server may hang up while it is still being sent.
    let _ = (&large).write_all(head.as_bytes());
    assert!(!answer(&large).starts_with("HTTP/1.1 200"));
    let many = connect();
    let head = format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-A: b\r\n".repeat(200));
    (&many).write_all(head.as_bytes()).expect("sent");
    assert!(answer(&many).starts_with("HTTP/1.1 431"));
    program.stop();
}

#[test]
fn too_many_connections_are_closed_at_once() {
    let mut program = Program::new();
    // 260 open files leave four connections.
    program.start_with_files(260, &[]);
    let address = program.url.trim_start_matches("http://").to_owned();
    let ask = |mut stream: &TcpStream| {
        stream.set_read_timeout(Some(LIMIT)).expect("a limit");
        let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); // it may be closed already
        let mut start = [0; 15];
        stream.read_exact(&mut start).is_ok_and(|()| start == *b"HTTP/1.1 200 OK")
    };
    let connected: Vec<TcpStream> = (0..8).map(|_| TcpStream::connect(&address).expect("a connection")).collect();
    let answered = connected.iter().filter(|stream| ask(stream)).count();
    assert_eq!(answered, 4);
    drop(connected);
    let start = Instant::now();
    while !ask(&TcpStream::connect(&address).expect("a connection")) {
        assert!(start.elapsed() < LIMIT, "the places are not given back");
    }
}

#[test]
fn wrong_options_are_told_before_anything_starts() {
    let program = Program::new();
    let fails = |arguments: &[&str]| program.world.fails(&[&["serve"], arguments].concat());
    let missing = fails(&["--tls-certificate", "/nowhere/c.pem", "--tls-key", "/nowhere/k.pem"]);
    assert!(missing.contains("/nowhere/c.pem"), "{missing}");
    let (certificate, _) = program.put(&free_certificate());
    let swapped = fails(&["--tls-certificate", &certificate, "--tls-key", &certificate]);
    assert!(swapped.contains("no certificate with its key"), "{swapped}");
    let open = fails(&["--listen", "0.0.0.0:0"]);
    assert!(open.contains("--tls-certificate"), "{open}");
    assert_eq!(program.world.cli(&["serve", "--tls-key", "k.pem"]).status.code(), Some(2));
}
