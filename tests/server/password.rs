//! New passwords on their way to the directory.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use crate::server_support::{Backend, LIMIT, World, problem, stories};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};

const ANNA: &str = "anna@old.example";

stories! {
    a_program_gets_the_password_on_standard_input,
    rules_refusals_and_missing_directories_have_their_codes,
    one_computer_cannot_flood_the_directory,
    a_webhook_gets_a_signed_body,
    a_webhook_that_refuses_or_redirects_is_a_failure,
}

/// Answers one HTTP request after the other with a status and hands head and body to the test.
fn endpoint(status: &'static str) -> (u16, Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let (send, received) = channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut bytes = Vec::new();
            let mut buffer = [0; 4096];
            let request = loop {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                if let Some((head, body)) = text.split_once("\r\n\r\n") {
                    let length = head.lines().find_map(|line| {
                        line.to_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse::<usize>())
                    });
                    if body.len() >= length.and_then(Result::ok).unwrap_or(0) {
                        break (head.to_owned(), body.to_owned());
                    }
                }
                match stream.read(&mut buffer) {
                    Ok(n) if n > 0 => bytes.extend_from_slice(&buffer[..n]),
                    _ => return,
                }
            };
            let answer =
                format!("HTTP/1.1 {status}\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            if stream.write_all(answer.as_bytes()).is_err() || send.send(request).is_err() {
                return;
            }
        }
    });
    (port, received)
}

/// A world whose directory is this endpoint, and the folder of the key.
async fn with_webhook(on: Backend, port: u16) -> (World, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("key");
    std::fs::write(&key, "a signing key\n").expect("written");
    let webhook = json!({"url": format!("http://127.0.0.1:{port}/hook"), "key": {"file": key}});
    let world = on.world_with(json!({"password": {"may_create": true}, "directory": {"webhook": webhook}})).await;
    (world, folder)
}

async fn a_program_gets_the_password_on_standard_input(on: Backend) {
    let folder = tempfile::tempdir().expect("a folder");
    let seen = folder.path().join("seen");
    let script = "cat > \"$1\"; echo \"$2 $3\" >> \"$1\"";
    let command = json!(["sh", "-c", script, "sh", seen, "%EMAILADDRESS%", "%LOGIN%"]);
    let world = on.world_with(json!({"password": {"may_create": true}, "directory": {"command": command}})).await;
    let agent = world.bound(ANNA).await;
    agent.begins(ANNA).await;
    assert!(agent.directive().await.project.password.may_create);
    assert_eq!(agent.sets_password("a new password").await.status(), 204);
    let seen = std::fs::read_to_string(seen).expect("the program ran");
    assert_eq!(seen, "a new password\nanna@new.example anna\n");
}

async fn rules_refusals_and_missing_directories_have_their_codes(on: Backend) {
    let rules = json!({"min_length": 10, "digit": true});
    let policy = json!({"may_create": true, "rules": rules});
    let world = on.world_with(json!({"password": policy, "directory": {"command": ["false"]}})).await;
    let agent = world.bound(ANNA).await;
    agent.begins(ANNA).await;
    for bad in ["short 1", "long without digit", "with\nline break 1"] {
        let body = problem(agent.sets_password(bad).await).await;
        assert_eq!((&body["code"], &body["status"]), (&json!("PWD-1"), &json!(422)), "{bad:?}");
    }
    let body = problem(agent.sets_password("long with digit 1").await).await;
    assert_eq!((&body["code"], &body["status"]), (&json!("PWD-2"), &json!(502)));
    let bare = world.file("bare.json", &crate::server_support::settings(json!({})));
    world.done(&["project", "set", "Example", "--file", &bare]);
    let body = problem(agent.sets_password("long with digit 1").await).await;
    assert_eq!((&body["code"], &body["status"]), (&json!("PWD-4"), &json!(403)));
}

async fn one_computer_cannot_flood_the_directory(on: Backend) {
    let world = on.world_with(json!({"password": {"may_create": true}, "directory": {"command": ["false"]}})).await;
    let agent = world.bound(ANNA).await;
    agent.begins(ANNA).await;
    for _ in 0..5 {
        assert_eq!(agent.sets_password("a new password").await.status(), 502);
    }
    assert_eq!(problem(agent.sets_password("a new password").await).await["code"], "NET-3");
}

async fn a_webhook_gets_a_signed_body(on: Backend) {
    let (port, requests) = endpoint("204 No Content");
    let (world, _key) = with_webhook(on, port).await;
    let agent = world.bound(ANNA).await;
    agent.begins(ANNA).await;
    assert_eq!(agent.sets_password("a new password").await.status(), 204);
    let (head, body) = requests.recv_timeout(LIMIT).expect("a request");
    let sent: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(
        sent,
        json!({"address": "anna@new.example", "old_address": "anna@old.example", "login": "anna",
               "new_password": "a new password"})
    );
    let signature =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("mailshift-signature: ").map(str::to_owned));
    let signature = signature.expect("a signature");
    let (time, hex) = signature.strip_prefix("t=").and_then(|rest| rest.split_once(",v1=")).expect("its form");
    let age = jiff::Timestamp::now().as_second() - time.parse::<i64>().expect("seconds");
    assert!((0..60).contains(&age), "{age}");
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"a signing key").expect("every length");
    mac.update(format!("{time}.{body}").as_bytes());
    let sent: Vec<u8> =
        (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hexadecimal")).collect();
    assert_eq!(sent, mac.finalize().into_bytes().to_vec());
}

async fn a_webhook_that_refuses_or_redirects_is_a_failure(on: Backend) {
    for status in ["500 Internal Server Error", "307 Temporary Redirect"] {
        let (port, requests) = endpoint(status);
        let (world, _key) = with_webhook(on, port).await;
        let agent = world.bound(ANNA).await;
        agent.begins(ANNA).await;
        assert_eq!(problem(agent.sets_password("a new password").await).await["code"], "PWD-2", "{status}");
        let (head, _) = requests.recv_timeout(LIMIT).expect("a request");
        assert!(head.starts_with("POST /hook "), "{head}");
        assert!(requests.try_recv().is_err(), "the password goes nowhere else");
    }
}
