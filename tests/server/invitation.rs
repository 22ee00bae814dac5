//! Invitations as a mail server gets them.

use crate::server_support::sink::Sink;
use crate::server_support::{Backend, PROJECT, problem, settings, stories};
use mailshift::code::AuthenticationCode;
use reqwest::StatusCode;
use serde_json::json;

stories! {
    everyone_gets_a_code_that_works_in_their_language,
    one_failure_does_not_stop_the_others_and_leaves_the_old_code_alive,
    who_is_ready_is_invited_again_only_by_name,
    nothing_is_sent_unencrypted_to_another_computer_or_without_the_password,
}

/// Refuses recipients that start with "joerg".
fn without_joerg() -> Sink {
    Sink::answering(|line| (line.starts_with("RCPT") && line.contains("joerg")).then(|| "550 no such mailbox".into()))
}

fn smtp(sink: &Sink) -> serde_json::Value {
    json!({"smtp": {"host": "127.0.0.1", "port": sink.port, "security": "none", "from": "IT desk <it@old.example>"},
           "download_url": "https://get.example/mailshift"})
}

async fn everyone_gets_a_code_that_works_in_their_language(on: Backend) {
    let sink = Sink::new();
    let world = on.world_with(smtp(&sink)).await;
    let said = world.done(&["invite", PROJECT]);
    assert_eq!(said, "anna@old.example: invited\njoerg@old.example: invited\n");
    for (to, words) in [
        ("anna@old.example", ["Hello Anna Example", "Is this message genuine?"]),
        ("joerg@old.example", ["Guten Tag Jörg Beispiel", "Ist diese Nachricht echt?"]),
    ] {
        let mail = sink.mail();
        assert!(mail.field("To").contains(to) && mail.field("From").contains("it@old.example"));
        let (text, html) = (mail.text(), mail.html());
        for form in [&text, &html] {
            assert!(words.iter().all(|words| form.contains(words)), "{form}");
            assert!(form.contains("+49 30 1234") && form.contains("https://get.example/mailshift"), "{form}");
        }
        assert!(html.contains("#AA3366"), "the brand's colour");
        let code = AuthenticationCode::parse(&text).expect("a code to paste");
        assert_eq!(AuthenticationCode::parse(&html).as_ref(), Ok(&code));
        assert!(!said.contains(&code.grouped()), "codes are for the person only");
        assert_eq!(world.activate(code.reveal()).await.status(), StatusCode::CREATED);
    }
    assert_eq!(world.status("anna@old.example")["stage"], "invited");
}

async fn one_failure_does_not_stop_the_others_and_leaves_the_old_code_alive(on: Backend) {
    let sink = without_joerg();
    let world = on.world_with(smtp(&sink)).await;
    let (annas, joergs) = (world.new_code("anna@old.example"), world.new_code("joerg@old.example"));
    let output = world.cli(&["invite", PROJECT]);
    assert_eq!(output.status.code(), Some(1));
    let (said, why) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("anna@old.example: invited") && said.contains("joerg@old.example: failed"), "{said}");
    assert!(why.contains("1 of 2"), "{why}");
    assert!(sink.mail().field("To").contains("anna@old.example"));
    assert_eq!(world.activate(&joergs).await.status(), StatusCode::CREATED);
    assert_eq!(problem(world.activate(&annas).await).await["code"], "ACT-5", "a newer one was sent");
}

async fn who_is_ready_is_invited_again_only_by_name(on: Backend) {
    let sink = Sink::new();
    let world = on.world_with(smtp(&sink)).await;
    world.bound("anna@old.example").await;
    let said = world.done(&["invite", PROJECT]);
    assert!(said.contains("anna@old.example: not invited again"), "{said}");
    assert!(sink.mail().field("To").contains("joerg@old.example"));
    world.done(&["invite", PROJECT, "--user", "ANNA@new.example"]);
    assert!(sink.mail().field("To").contains("anna@old.example"));
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
