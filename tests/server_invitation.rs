//! Invitations as a mail server gets them.
#![cfg(feature = "server")]

mod server_support;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use base64::Engine;
use mailshift::code::Code;
use reqwest::StatusCode;
use serde_json::json;
use server_support::{Backend, LIMIT, PROJECT, problem, settings, stories};

stories! {
    everyone_gets_a_code_that_works_in_their_language,
    one_failure_does_not_stop_the_others_and_leaves_the_old_code_alive,
    who_is_ready_is_invited_again_only_by_name,
    nothing_is_sent_unencrypted_to_another_computer_or_without_the_password,
}

/// Takes mail and hands it to the test; refuses recipients that start with "joerg" when asked to.
fn sink(refuse_joerg: bool) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let (send, received) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            if let Some(mail) = conversation(stream, refuse_joerg)
                && send.send(mail).is_err()
            {
                return;
            }
        }
    });
    (port, received)
}

/// One SMTP conversation (RFC 5321), as far as a client that behaves goes.
fn conversation(mut stream: TcpStream, refuse_joerg: bool) -> Option<String> {
    stream.set_read_timeout(Some(LIMIT)).ok()?;
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    stream.write_all(b"220 sink.example\r\n").ok()?;
    let mut mail = None;
    while let Some(Ok(line)) = lines.next() {
        let reply = match line.split([' ', ':']).next().unwrap_or_default().to_uppercase().as_str() {
            "EHLO" => "250-sink.example\r\n250 8BITMIME\r\n",
            "RCPT" if refuse_joerg && line.contains("joerg") => "550 no such mailbox\r\n",
            "DATA" => {
                stream.write_all(b"354 go on\r\n").ok()?;
                let data = lines.by_ref().map_while(Result::ok).take_while(|line| line != ".");
                mail = Some(data.collect::<Vec<_>>().join("\n"));
                "250 taken\r\n"
            }
            "QUIT" => break,
            _ => "250 fine\r\n",
        };
        stream.write_all(reply.as_bytes()).ok()?;
    }
    // The client is gone or will not read the farewell: the mail is in any case.
    let _ = stream.write_all(b"221 bye\r\n");
    mail
}

/// The texts of both alternatives, decoded.
fn alternatives(mail: &str) -> (String, String) {
    let boundary = mail.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a boundary");
    let parts: Vec<&str> = mail.split(&format!("--{boundary}")).collect();
    let part = |kind: &str| parts.iter().find(|part| part.contains(kind)).map(|part| decoded(part)).expect(kind);
    (part("text/plain"), part("text/html"))
}

fn decoded(part: &str) -> String {
    let (head, body) = part.trim_start().split_once("\n\n").expect("a head");
    let encoding = head.to_lowercase();
    if encoding.contains("base64") {
        let joined: String = body.split_whitespace().collect();
        let bytes = base64::engine::general_purpose::STANDARD.decode(joined).expect("base64");
        return String::from_utf8(bytes).expect("UTF-8");
    }
    if !encoding.contains("quoted-printable") {
        return body.to_owned();
    }
    let (body, mut bytes) = (body.replace("=\n", ""), Vec::new());
    let mut rest = body.as_bytes();
    while let [first, more @ ..] = rest {
        if *first == b'=' && more.len() >= 2 {
            let hex = std::str::from_utf8(&more[..2]).expect("ASCII");
            bytes.push(u8::from_str_radix(hex, 16).expect("hexadecimal"));
            rest = &more[2..];
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn smtp(port: u16) -> serde_json::Value {
    json!({"smtp": {"host": "127.0.0.1", "port": port, "security": "none", "from": "IT desk <it@old.example>"},
           "download_url": "https://get.example/mailshift"})
}

async fn everyone_gets_a_code_that_works_in_their_language(on: Backend) {
    let (port, mails) = sink(false);
    let world = on.world_with(smtp(port)).await;
    let said = world.done(&["invite", PROJECT]);
    assert_eq!(said, "anna@old.example: invited\njoerg@old.example: invited\n");
    for (to, words) in [
        ("anna@old.example", ["Hello Anna Example", "Is this message genuine?"]),
        ("joerg@old.example", ["Guten Tag Jörg Beispiel", "Ist diese Nachricht echt?"]),
    ] {
        let mail = mails.recv_timeout(LIMIT).expect("a mail");
        assert!(mail.contains(to) && mail.contains("it@old.example"), "{mail}");
        let (text, html) = alternatives(&mail);
        for form in [&text, &html] {
            assert!(words.iter().all(|words| form.contains(words)), "{form}");
            assert!(form.contains("+49 30 1234") && form.contains("https://get.example/mailshift"), "{form}");
        }
        assert!(html.contains("#AA3366"), "the brand's colour");
        let code = Code::parse(&text).expect("a code to paste");
        assert_eq!(Code::parse(&html).as_ref(), Ok(&code));
        assert!(!said.contains(&code.grouped()), "codes are for the person only");
        assert_eq!(world.activate(code.reveal()).await.status(), StatusCode::CREATED);
    }
    assert_eq!(world.status("anna@old.example")["stage"], "invited");
}

async fn one_failure_does_not_stop_the_others_and_leaves_the_old_code_alive(on: Backend) {
    let (port, mails) = sink(true);
    let world = on.world_with(smtp(port)).await;
    let (annas, joergs) = (world.new_code("anna@old.example"), world.new_code("joerg@old.example"));
    let output = world.cli(&["invite", PROJECT]);
    assert_eq!(output.status.code(), Some(1));
    let (said, why) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("anna@old.example: invited") && said.contains("joerg@old.example: failed"), "{said}");
    assert!(why.contains("1 of 2"), "{why}");
    mails.recv_timeout(LIMIT).expect("Anna's mail");
    assert_eq!(world.activate(&joergs).await.status(), StatusCode::CREATED);
    assert_eq!(problem(world.activate(&annas).await).await["code"], "ACT-5", "a newer one was sent");
}

async fn who_is_ready_is_invited_again_only_by_name(on: Backend) {
    let (port, mails) = sink(false);
    let world = on.world_with(smtp(port)).await;
    world.bound("anna@old.example").await;
    let said = world.done(&["invite", PROJECT]);
    assert!(said.contains("anna@old.example: not invited again"), "{said}");
    assert!(mails.recv_timeout(LIMIT).expect("a mail").contains("joerg@old.example"));
    world.done(&["invite", PROJECT, "--user", "ANNA@new.example"]);
    assert!(mails.recv_timeout(LIMIT).expect("a mail").contains("anna@old.example"));
}

async fn nothing_is_sent_unencrypted_to_another_computer_or_without_the_password(on: Backend) {
    let world = on.empty_world();
    let with = |smtp: serde_json::Value| world.file("project.json", &settings(json!({"smtp": smtp})));
    let open = with(json!({"host": "mail.example", "security": "none", "from": "it@old.example"}));
    assert!(world.fails(&["project", "create", PROJECT, "--file", &open]).contains("smtp.security"));
    let keyless = with(json!({"host": "127.0.0.1", "security": "tls", "from": "it@old.example", "username": "it",
                              "password": {"file": "/nowhere/password"}}));
    world.done(&["project", "create", PROJECT, "--file", &keyless]);
    assert!(world.fails(&["invite", PROJECT]).contains("/nowhere/password"));
}
