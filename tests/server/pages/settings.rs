//! The settings as a form, and what people will see of them.

use reqwest::StatusCode;
use serde_json::Value;

use super::tables::project;
use crate::operators::browser::Browser;
use crate::server_support::{Backend, PROJECT, stories};

async fn settings_that_cannot_work_are_not_saved(backend: Backend) {
    let world = backend.world().await;
    let browser = Browser::administrator(&world).await;
    let settings = format!("{}/settings", project(&browser).await);
    let before: Value = serde_json::from_str(&world.done(&["project", "show", PROJECT, "--json"])).expect("JSON");
    let account = [
        ("account.incoming.protocol", "imap"),
        ("account.incoming.host", "imap.new.example"),
        ("account.incoming.port", "993"),
        ("account.incoming.security", "tls"),
        ("account.incoming.authentication", "password"),
        ("account.incoming.username", "%EMAILADDRESS%"),
        ("account.outgoing.host", "smtp.new.example"),
        ("account.outgoing.port", "587"),
        ("account.outgoing.security", "starttls"),
        ("account.outgoing.authentication", "password"),
        ("account.outgoing.username", "%EMAILADDRESS%"),
        ("code_days", "14"),
        ("lead_minutes", "20"),
        ("spread_minutes", "0"),
        ("retry_hours", "24"),
        ("undo_hours", "72"),
        ("password.rules.min_length", "12"),
    ];
    let wrong = [&account[..], &[("brand.colour", "blue"), ("public_url", "ftp://x.example")]].concat();
    let refused = browser.send(&settings, &settings, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["2 fields cannot work", "Write it as #RRGGBB", "Start it with https://", "value=\"blue\""] {
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    let after: Value = serde_json::from_str(&world.done(&["project", "show", PROJECT, "--json"])).expect("JSON");
    assert_eq!(after, before);

    let right = [&account[..], &[("brand.colour", "#00AA88")]].concat();
    let saved = browser.send(&settings, &settings, &right).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let after: Value = serde_json::from_str(&world.done(&["project", "show", PROJECT, "--json"])).expect("JSON");
    assert_eq!((&after["lead_minutes"], &after["brand"]["colour"]), (&20.into(), &"#00AA88".into()));
    assert_eq!(after["account"]["outgoing"]["host"], "smtp.new.example");
}

async fn a_new_project_needs_the_two_hosts_only(backend: Backend) {
    let mut world = backend.empty_world();
    world.furnish(serde_json::json!({"account": null}));
    world.start().await;
    let browser = Browser::administrator(&world).await;
    let settings = format!("{}/settings", project(&browser).await);
    let page = browser.get(&settings).await;
    // As a browser sends the fields of an account back that nobody touched.
    let mut form: Vec<(String, String)> = Vec::new();
    for input in page.text.split("<input id=\"account.").skip(1) {
        let value = |name: &str| input.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        form.push((value("name").expect("a name").into(), value("value").expect("a value").into()));
    }
    for select in page.text.split("<select id=\"account.").skip(1) {
        let name = select.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a name");
        let option = select.split(" selected>").next().and_then(|rest| rest.rsplit("value=\"").next());
        form.push((name.into(), option.expect("a choice").trim_end_matches('"').into()));
    }
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let saved = browser.send(&settings, &settings, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "no account yet is no error: {}", saved.text);
    let shown =
        || -> Value { serde_json::from_str(&world.done(&["project", "show", PROJECT, "--json"])).expect("JSON") };
    assert_eq!(shown()["account"], Value::Null);
    for (name, value) in &mut form {
        if name.split('.').next_back() == Some("host") {
            *value = "mail.new.example".into();
        }
    }
    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let saved = browser.send(&settings, &settings, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let account = &shown()["account"];
    let server = |port: u16| {
        let protocol = if port == 993 { "imap" } else { "smtp" };
        serde_json::json!({"protocol": protocol, "host": "mail.new.example", "port": port, "security": "tls",
            "authentication": "password", "username": "%EMAILADDRESS%"})
    };
    assert_eq!((&account["incoming"], &account["outgoing"]), (&server(993), &server(465)));
}

async fn previews_show_what_people_will_see(backend: Backend) {
    let world = backend.world().await;
    let browser = Browser::administrator(&world).await;
    let preview = format!("{}/preview", project(&browser).await);
    let letter = browser.get(&format!("{preview}/letter?language=de")).await;
    assert_eq!(letter.status, StatusCode::OK);
    assert!(letter.text.contains("Guten Tag Anna Example") && letter.text.contains("lang=\"de\""), "{}", letter.text);
    let policy = letter.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("sandbox") && policy.contains("frame-ancestors 'self'"), "{policy}");
    // Yellow cannot be read on white: it is darkened.
    let wizard = browser.get(&format!("{preview}/wizard.svg?colour=%23FFEE00")).await;
    assert!(wizard.text.starts_with("<svg") && !wizard.text.to_lowercase().contains("#ffee00"), "{}", wizard.text);
}

async fn letters_show_what_is_typed_before_it_is_saved(backend: Backend) {
    let world = backend.world().await;
    let browser = Browser::administrator(&world).await;
    let letter = format!("{}/preview/letter?language=en", project(&browser).await);
    let typed = browser.get(&format!("{letter}&helpdesk.name=Desk%20%26%20Co&brand.colour=%2300AA88")).await;
    assert_eq!(typed.status, StatusCode::OK);
    assert!(typed.text.contains("Desk &amp; Co") && typed.text.contains("#00AA88"), "{}", typed.text);
    let impossible = browser.get(&format!("{letter}&helpdesk.name=Desk&brand.colour=blue")).await;
    assert!(!impossible.text.contains("blue"), "{}", impossible.text);
    let saved = browser.get(&letter).await;
    assert!(!saved.text.contains("Desk &amp; Co") && saved.text.contains("IT, it@old.example"), "{}", saved.text);
}

stories! {
    letters_show_what_is_typed_before_it_is_saved,
    settings_that_cannot_work_are_not_saved,
    a_new_project_needs_the_two_hosts_only,
    previews_show_what_people_will_see,
}
