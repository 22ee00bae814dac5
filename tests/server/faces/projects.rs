//! Projects, their settings and their waves.

use serde_json::{Value, json};

use super::operations::When;
use super::stage::{Face, Stage, tell};
use crate::server_support::{Backend, PROJECT, settings};

const ANNA: &str = "anna@old.example";

/// What is no name anywhere.
pub fn no_names() -> [(&'static str, String); 4] {
    [
        ("nothing", String::new()),
        ("blanks", "   ".into()),
        ("two lines", "a\nb".into()),
        ("101 characters", "x".repeat(101)),
    ]
}

pub async fn a_projects_name_is_parsed_once(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        stage.is_done("create a project", stage.create_project("  Second "), &["project.create"]).await;
        stage.is_refused("create it again", stage.create_project("Second"), "API-2").await;
        stage.is_refused("create it again with blanks", stage.create_project(" Second"), "API-2").await;
        for (what, name) in no_names() {
            let what = format!("create a project called {what}");
            stage.is_refused(&what, stage.create_project(&name), "API-1").await;
        }
        let longest = format!(" {} ", "ü".repeat(100));
        stage.is_done("create one with the longest name", stage.create_project(&longest), &["project.create"]).await;
        stage.is_forbidden("viewer", "create a project", stage.create_project("Third")).await;
    })
    .await;
}

pub async fn settings_are_changed(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        stage.world.done(&["project", "create", "Bare"]);
        let fields = [("lead_minutes", json!(3)), ("helpdesk.name", json!("IT")), ("code_days", json!(5))];
        stage.is_done("change settings", stage.set("Bare", &fields), &["project.set"]).await;
        let colour = [("brand.colour", json!("blue"))];
        stage.is_refused("a colour that is none", stage.set("Bare", &colour), "API-1").await;
        let word = [("lead_minutes", json!("ten"))];
        stage.is_refused("a number that is none", stage.set("Bare", &word), "API-1").await;
        stage.is_forbidden("viewer", "change settings", stage.set("Bare", &fields)).await;
        stage.is_by("operator");
        stage.is_done("change settings as an operator", stage.set("Bare", &[]), &["project.set"]).await;
    })
    .await;
}

/// Where passwords and people are sent.
fn destinations() -> [(&'static str, Vec<(&'static str, Value)>); 3] {
    let smtp = [("smtp.host", "mail.example"), ("smtp.security", "tls"), ("smtp.from", "IT <it@old.example>")];
    let account = [
        ("account.incoming.protocol", "imap"),
        ("account.incoming.host", "imap.new.example"),
        ("account.incoming.security", "tls"),
        ("account.incoming.authentication", "password"),
        ("account.incoming.username", "%EMAILADDRESS%"),
        ("account.outgoing.protocol", "smtp"),
        ("account.outgoing.host", "smtp.new.example"),
        ("account.outgoing.security", "tls"),
        ("account.outgoing.authentication", "password"),
        ("account.outgoing.username", "%EMAILADDRESS%"),
    ];
    let words = |fields: &[(&'static str, &str)]| fields.iter().map(|(path, word)| (*path, json!(word))).collect();
    let mut account: Vec<(&str, Value)> = words(&account);
    account.extend([("account.incoming.port", json!(993)), ("account.outgoing.port", json!(465))]);
    [
        ("where mails are sent", words(&smtp)),
        ("the servers", account),
        ("the server's address", words(&[("public_url", "https://m.example")])),
    ]
}

pub async fn destinations_are_for_administrators(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        stage.world.done(&["project", "create", "Bare"]);
        let mut fields = Vec::new();
        for (what, more) in destinations() {
            fields.extend(more);
            if stage.face != Face::CommandLine {
                stage.is_by("operator");
                let what = format!("an operator changes {what}");
                stage.is_refused(&what, stage.set("Bare", &fields), "OPR-2|API-1").await;
                stage.is_by("administrator");
            }
            // Each place is on record by itself, too.
            let set = stage.set("Bare", &fields);
            stage.is_done_beside(&format!("change {what}"), set, &["project.set"], "project.redirect").await;
        }
    })
    .await;
}

pub async fn cutovers_are_set_moved_and_removed(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        stage.world.done(&["wave", "create", PROJECT, "Berlin"]);
        let (soon, later) = (When::At("2030-01-01T12:00"), When::At("2031-01-01T12:00"));
        for (what, when) in [("set", soon), ("moved", later), ("now", When::Now), ("removed", When::Never)] {
            let project = stage.set_cutover(when);
            stage.is_done(&format!("the cutover is {what}"), project, &["project.cutover"]).await;
            let wave = stage.set_wave_cutover("Berlin", when);
            stage.is_done(&format!("the wave's cutover is {what}"), wave, &["wave.cutover"]).await;
        }
        let past = When::At("2020-01-01T12:00");
        stage.is_refused("a cutover that has passed", stage.set_cutover(past), "API-1").await;
        stage.is_refused("a wave's that has passed", stage.set_wave_cutover("Berlin", past), "API-1").await;
        stage.is_forbidden("viewer", "set the cutover", stage.set_cutover(soon)).await;
        stage.is_forbidden("viewer", "set the wave's cutover", stage.set_wave_cutover("Berlin", soon)).await;
        stage.is_forbidden("viewer", "remove the cutover", stage.set_cutover(When::Never)).await;
        stage.has_settings("{}").await;
        stage.is_refused("now, without account settings", stage.set_cutover(When::Now), "ACT-3").await;
        let wave = stage.set_wave_cutover("Berlin", When::Now);
        stage.is_refused("a wave now, without account settings", wave, "ACT-3").await;
    })
    .await;
}

pub async fn deleting_is_confirmed_by_the_name(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        stage.world.done(&["project", "create", "Second"]);
        for wrong in ["", "second", PROJECT] {
            let what = format!("delete it, confirmed by {wrong:?}");
            stage.is_refused(&what, stage.delete_project("Second", wrong), "ACT-1|API-1").await;
        }
        stage.is_forbidden("operator", "delete it", stage.delete_project("Second", "Second")).await;
        let delete = stage.delete_project("Second", " Second ");
        stage.is_done("delete it, confirmed by its name", delete, &["project.delete"]).await;
        let delete = stage.delete_project(PROJECT, PROJECT);
        stage.is_done("delete one with people", delete, &["project.delete"]).await;
    })
    .await;
}

pub async fn a_waves_name_is_parsed_once(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        stage.is_done("create a wave", stage.create_wave("  Berlin "), &["wave.create"]).await;
        stage.is_refused("create it again", stage.create_wave("Berlin"), "API-2").await;
        stage.is_refused("create it again with blanks", stage.create_wave("Berlin "), "API-2").await;
        for (what, name) in no_names() {
            stage.is_refused(&format!("create a wave called {what}"), stage.create_wave(&name), "API-1").await;
        }
        let longest = "ü".repeat(100);
        stage.is_done("create one with the longest name", stage.create_wave(&longest), &["wave.create"]).await;
        stage.is_forbidden("viewer", "create a wave", stage.create_wave("Rome")).await;
    })
    .await;
}

pub async fn people_are_put_into_waves(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        for wave in ["Berlin", "Rome"] {
            stage.world.done(&["wave", "create", PROJECT, wave]);
        }
        stage.is_done("put into a wave", stage.put_into_wave("Berlin", ANNA), &["wave.put"]).await;
        stage.is_done("put into another", stage.put_into_wave("Rome", ANNA), &["wave.put"]).await;
        stage.leaves_alone("put into the same", stage.put_into_wave("Rome", ANNA), "").await;
        stage.is_forbidden("viewer", "put into a wave", stage.put_into_wave("Berlin", ANNA)).await;
    })
    .await;
}

pub async fn the_activation_code_is_renewed(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        let before = stage.world.activation_code();
        stage.is_done("renew the code", stage.renew_code(), &["project.renew-code"]).await;
        assert_ne!(stage.world.activation_code(), before);
        stage.is_forbidden("viewer", "renew the code", stage.renew_code()).await;
    })
    .await;
}

/// Settings of the project with these instead.
pub fn but(more: Value) -> String {
    let smtp = json!({"host": "127.0.0.1", "port": 9, "security": "none", "from": "it@old.example"});
    let mut all = json!({"smtp": smtp});
    crate::server_support::merge(&mut all, more);
    settings(all)
}
