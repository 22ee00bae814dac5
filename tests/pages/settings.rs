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

stories! {
    settings_that_cannot_work_are_not_saved,
    previews_show_what_people_will_see,
}
