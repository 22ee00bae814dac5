//! Every command of the command line that writes.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command as Program, Stdio};

use clap::CommandFactory;
use mailshift::server::cli::Arguments;
use serde_json::json;

use super::faults::Record;
use crate::server_support::sink::Sink;
use crate::server_support::{Backend, PROJECT, World, event, settings, stories};

stories!(every_command_that_writes_is_on_record_or_does_not_happen);

/// Commands that change nothing that operators decide; `restore` enters itself into what it puts back. `simulate` works on a project of its own making.
const READING: [&str; 16] = [
    "init",
    "migrate",
    "restore",
    "serve",
    "discover",
    "project show",
    "operator list",
    "letter",
    "mails",
    "backup",
    "simulate",
    "wave list",
    "devices",
    "status",
    "help",
    "bounce",
];

const ANNA: &str = "anna@old.example";

/// The names of all commands, with those of the groups before them.
fn all() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for command in Arguments::command().get_subcommands() {
        let name = command.get_name();
        if command.has_subcommands() && name != "cutover" {
            names.extend(command.get_subcommands().map(|inner| format!("{name} {}", inner.get_name())));
        } else {
            names.insert(name.to_owned());
        }
    }
    names
}

struct Story<'a> {
    world: &'a World,
    record: Record,
    left: BTreeSet<String>,
}

impl Story<'_> {
    async fn tell(&mut self, arguments: &[&str]) {
        self.record.is_kept(&arguments.join(" "), async || self.world.cli(arguments).status.success()).await;
        self.left.retain(|name| !arguments.join(" ").starts_with(name));
    }
}

fn bounce(world: &World, mailing: &str) -> bool {
    let report = format!(
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
         Final-Recipient: rfc822; anna@old.example\nAction: failed\nStatus: 5.2.2\n\n\
         --b\nContent-Type: text/rfc822-headers\n\n{mailing}\n\n--b--\n"
    );
    let mut program = Program::new(env!("CARGO_BIN_EXE_mailshift-server"));
    program.arg("--database").arg(world.database()).arg("bounce").stdin(Stdio::piped()).stdout(Stdio::null());
    let mut running = program.stderr(Stdio::null()).spawn().expect("the program starts");
    running.stdin.take().expect("its input").write_all(report.as_bytes()).expect("the report");
    running.wait().expect("it ends").success()
}

async fn every_command_that_writes_is_on_record_or_does_not_happen(on: Backend) {
    let sink = Sink::new();
    let mut world = on.world_with(sink.settings(json!({}))).await;
    let agent = world.bound(ANNA).await;
    agent.reports(&json!([event(0, "waiting", json!({})), event(1, "failed", json!({"code": "CFG-2"}))])).await;
    // Nobody else writes meanwhile.
    world.stop().await;
    let devices = world.done(&["devices", PROJECT, "--json"]);
    let devices: serde_json::Value = serde_json::from_str(&devices).expect("JSON");
    let login = devices[0]["id"].as_str().expect("an id");
    let file = world.file("new.json", &settings(json!({"cutover": "2035-11-21T18:00[Europe/Berlin]"})));
    let people =
        world.file("more.csv", "name,old address,new address,login\nEva,eva@old.example,eva@new.example,eva\n");
    let record = Record::of(&world, on).await;
    let mut left = all();
    assert!(left.len() > 30, "{left:?}");
    left.retain(|name| !READING.contains(&name.as_str()));
    let mut story = Story { world: &world, record, left };

    story.tell(&["project", "create", "Second", "--file", &file]).await;
    story.tell(&["project", "set", "Second", "--file", &file]).await;
    story.tell(&["project", "renew-code", "Second"]).await;
    story.tell(&["project", "delete", "Second", "--yes"]).await;
    story.tell(&["users", "import", PROJECT, &people]).await;
    story.tell(&["invite", PROJECT, "--user", "eva@old.example"]).await;
    let mailing = format!("X-Mailshift-Mailing: {}", sink.mail().field("X-Mailshift-Mailing"));
    let entries = story.record.entries().await;
    assert!(bounce(&world, &mailing));
    assert_eq!(story.record.entries().await, entries + 1, "a mail that came back is on record");
    story.tell(&["invite", PROJECT, "--queue"]).await;
    story.tell(&["remind", PROJECT]).await;
    story.tell(&["users", "delete", PROJECT, "eva@old.example", "--yes"]).await;
    story.tell(&["code", PROJECT, ANNA]).await;
    story.tell(&["cutover", PROJECT, "now"]).await;
    for order in ["configure", "retry", "rehearse", "undo"] {
        story.tell(&[order, PROJECT, ANNA]).await;
    }
    story.tell(&["delay", PROJECT, ANNA, "2030-01-01T00:00[UTC]"]).await;
    story.tell(&["wave", "create", PROJECT, "Berlin"]).await;
    story.tell(&["wave", "put", PROJECT, "Berlin", ANNA]).await;
    story.tell(&["wave", "cutover", PROJECT, "Berlin", "now"]).await;
    story.tell(&["assign", PROJECT, ANNA, login]).await;
    story.tell(&["assign", PROJECT, ANNA, login, "--any-login"]).await;
    story.tell(&["lock", PROJECT, ANNA, login]).await;
    story.tell(&["unlock", PROJECT, login]).await;
    story.tell(&["lock", PROJECT, ANNA]).await;
    story.tell(&["unlock", PROJECT]).await;
    story.tell(&["remove", PROJECT, ANNA]).await;
    story.tell(&["suspend", PROJECT, ANNA]).await;
    story.tell(&["resume", PROJECT, ANNA]).await;
    story.tell(&["operator", "add", "Bob", "--role", "viewer"]).await;
    story.tell(&["operator", "role", "Bob", "operator"]).await;
    story.tell(&["operator", "reset", "Bob"]).await;
    story.tell(&["operator", "remove", "Bob"]).await;
    assert!(story.left.is_empty(), "not tried: {:?}", story.left);
}
