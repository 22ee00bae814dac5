//! What agents of version 1 say: each call with each kind of answer, every directive, every event.

use std::collections::BTreeSet;

use jiff::Timestamp;
use mailshift::code::AuthenticationCode;
use mailshift::problem::ResponseCode;
use mailshift::protocol::{
    ActivationRequest, Device, Diagnostics, Event, EventKind, Evidence, Finding, InstalledClient, Inventory,
    KnownAccount, NewPassword, Proof, RegistrationRequest, Rehearsal, SignInRequest, path,
};
use mailshift::secret::Secret;
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Mode, Story, request, variable};
use crate::recording::{Answer, Request};
use crate::server_support::sink::Sink;
use crate::server_support::{Backend, PROJECT, World, wrong};

const ANNA: &str = "anna@old.example";
const JOERG: &str = "joerg@old.example";
const NOTHING: Value = Value::Null;

/// Tells everything, and says which requests it told.
pub async fn version_1(on: Backend, mode: Mode) -> BTreeSet<String> {
    let sink = Sink::new();
    let world = on.world_with(sink.settings(settings())).await;
    world.done(&["cutover", PROJECT, "at", "2035-11-21T18:00[Europe/Berlin]"]);
    let mut story = Story::new(&world, mode);
    codes(&mut story).await;
    waiting(&mut story).await;
    a_set_up(&mut story, &world).await;
    an_end(&mut story, &world).await;
    a_computer(&mut story, &world).await;
    refused(&mut story, &world).await;
    story.told
}

/// Every part of a directive has something in it.
fn settings() -> Value {
    let server = |protocol: &str, host: &str, port: u16| {
        json!({"protocol": protocol, "host": host, "port": port, "security": "tls", "authentication": "password",
               "username": "%EMAILADDRESS%"})
    };
    let account = json!({
        "incoming": server("imap", "imap.%EMAILDOMAIN%", 993),
        "outgoing": server("smtp", "smtp.%EMAILDOMAIN%", 465),
        "exchange": {"address": "%EMAILADDRESS%", "directory_has_moved": true},
    });
    json!({
        "account": account,
        "password": {"may_create": true, "rules": {"min_length": 10, "digit": true}},
        "directory": {"command": ["sh", "-c", "cat > /dev/null"]},
        "articles": [{"title": "By hand", "url": "https://help.example/by-hand"}],
        "minimum_versions": [{"client": "outlook", "version": "16.0"}],
    })
}

fn device(machine: &str) -> Device {
    let (name, login) = ("desk".into(), "anna".into());
    let (system, agent, language) = ("windows".into(), "0.1.0".into(), "en".into());
    Device { name, system, login, agent, language, machine: machine.into() }
}

fn moment() -> Timestamp {
    Timestamp::from_second(1_795_000_000).expect("a time")
}

fn event(number: u128, order: u64, kind: EventKind) -> Event {
    Event { id: Uuid::from_u128(number), at: moment(), order, kind }
}

fn question(acted_on: &str, stage: &str) -> Request {
    let question = format!("{}?wait=0&epoch=${{epoch}}&acted_on={acted_on}&stage={stage}", path::DIRECTIVE);
    request(&Method::GET, &question, Some("token"), &NOTHING)
}

impl Story<'_> {
    async fn activates(&mut self, name: &str, code: Secret, machine: &str) -> Answer {
        let body = ActivationRequest { code, device: device(machine) };
        self.tell(name, request(&Method::POST, path::ACTIVATIONS, None, &body)).await
    }

    /// Asks as the agent does that has acted on this order.
    async fn asks(&mut self, name: &str, acted_on: &str, stage: &str) -> Value {
        self.tell(name, question(acted_on, stage)).await.body
    }

    /// The same, and what was ordered.
    async fn is_ordered(&mut self, name: &str, acted_on: &str, stage: &str) -> u64 {
        let directive = self.asks(name, acted_on, stage).await;
        self.order = directive["order"].as_u64().expect("a number");
        self.set("order", self.order);
        self.order
    }

    async fn puts(&mut self, name: &str, path: &str, body: &impl Serialize) {
        self.tell(name, request(&Method::PUT, path, Some("token"), body)).await;
    }

    async fn posts(&mut self, name: &str, path: &str, body: &impl Serialize) {
        self.tell(name, request(&Method::POST, path, Some("token"), body)).await;
    }

    async fn deletes(&mut self, name: &str, path: &str) {
        self.tell(name, request(&Method::DELETE, path, Some("token"), &NOTHING)).await;
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

async fn codes(story: &mut Story<'_>) {
    let code = story.world.new_code(ANNA);
    story.set("wrong", wrong(&code));
    story.set("code", code);
    let unknown = Secret::new(AuthenticationCode::from_random([1; 12]).grouped());
    story.activates("activation-with-an-unknown-code", unknown, "m-1").await;
    story.activates("activation-with-a-wrong-code", variable("wrong"), "m-1").await;
    let malformed = request(&Method::POST, path::ACTIVATIONS, None, &json!({"code": 5}));
    story.tell("malformed-activation", malformed).await;
    story.set("token", "nobody");
    story.set("epoch", 0);
    story.asks("directive-for-nobody", "0", "waiting").await;
    let activation = story.activates("activation", variable("code"), "m-1").await.body;
    story.set("token", text(&activation["token"]));
}

async fn waiting(story: &mut Story<'_>) {
    let waiting = story.asks("directive-wait", "0", "waiting").await;
    story.set("epoch", &waiting["epoch"]);
    story.asks("directive-wait-again", "0", "waiting").await;
    let mut unchanged = question("0", "waiting");
    unchanged.headers.insert("if-none-match".into(), "${etag}".into());
    story.tell("directive-unchanged", unchanged).await;
    let account = KnownAccount { profile: "old".into(), kind: "imap".into(), address: ANNA.into() };
    let finding = Finding { code: ResponseCode::ClientTooOld, detail: "15.0".into() };
    let client = InstalledClient {
        kind: mailshift::protocol::ClientKind::Outlook,
        version: "15.0".into(),
        profiles: vec!["old".into()],
        accounts: vec![account],
        findings: vec![finding.clone()],
        ..InstalledClient::default()
    };
    let rehearsal = Rehearsal { at: moment(), stopped_by: Some(finding) };
    let inventory = Inventory { clients: vec![client], free_disk: Some(1 << 30), rehearsal: Some(rehearsal) };
    story.puts("inventory", path::INVENTORY, &inventory).await;
    story.puts("malformed-inventory", path::INVENTORY, &json!({"clients": 5})).await;
    story.posts("events-before", path::EVENTS, &[event(1, 0, EventKind::Waiting)]).await;
    let report = Diagnostics { text: "what the person looked at\n".into() };
    story.posts("diagnostics", path::DIAGNOSTICS, &report).await;
    story.posts("malformed-diagnostics", path::DIAGNOSTICS, &json!({})).await;
}

async fn a_set_up(story: &mut Story<'_>, world: &World) {
    let password = NewPassword { new_password: Secret::new("a new password 1") };
    story.posts("password-too-early", path::PASSWORD, &password).await;
    world.done(&["rehearse", PROJECT, ANNA]);
    story.asks("directive-rehearse", "0", "waiting").await;
    world.done(&["configure", PROJECT, ANNA]);
    let order = story.is_ordered("directive-configure", "0", "waiting").await;
    let begun = [
        event(2, order, EventKind::WizardOpened),
        event(3, order, EventKind::Postponed),
        event(4, order, EventKind::Started),
        event(5, order, EventKind::Step { step: "profile".into() }),
    ];
    story.posts("events-begun", path::EVENTS, &begun).await;
    let weak = NewPassword { new_password: Secret::new("weak") };
    story.posts("password-against-the-rules", path::PASSWORD, &weak).await;
    story.posts("malformed-password", path::PASSWORD, &json!({"new_password": 5})).await;
    story.posts("password", path::PASSWORD, &password).await;
    let failed = EventKind::Failed { code: ResponseCode::ClientStayedOpen };
    story.posts("events-failed", path::EVENTS, &[event(6, order, failed)]).await;
    let evidence =
        Evidence { imap: true, smtp: true, default_profile: true, first_sync_messages: 7, account: true, store: true };
    let completed = EventKind::Completed { client: "Outlook 16".into(), profile: "Example".into(), evidence };
    // One came before.
    let ended = [event(5, order, EventKind::Step { step: "profile".into() }), event(7, order, completed)];
    story.posts("events-completed", path::EVENTS, &ended).await;
}

async fn an_end(story: &mut Story<'_>, world: &World) {
    world.done(&["undo", PROJECT, ANNA]);
    let undo = story.is_ordered("directive-undo", "${order}", "completed").await;
    let undone = [
        event(8, undo, EventKind::UndoFailed { code: ResponseCode::UndoFailed }),
        event(9, undo, EventKind::Undone),
        event(10, undo, EventKind::FinishedByHand),
    ];
    story.posts("events-undone", path::EVENTS, &undone).await;
    let odd = json!([{"id": Uuid::from_u128(11), "at": moment(), "order": 0, "kind": "levitated"},
                     {"id": Uuid::from_u128(12), "kind": 5}]);
    story.posts("malformed-events", path::EVENTS, &odd).await;
    world.done(&["remove", PROJECT, ANNA]);
    let remove = story.is_ordered("directive-remove", "${order}", "undone").await;
    story.posts("events-removed", path::EVENTS, &[event(13, remove, EventKind::Removed)]).await;
    story.asks("directive-stop", "${order}", "undone").await;
    story.activates("activation-with-a-used-code", variable("code"), "m-2").await;
    story.deletes("deactivation", path::ACTIVATION_SELF).await;
    story.deletes("deactivation-again", path::ACTIVATION_SELF).await;
}

/// A computer that came with the project's code: nobody's, until a person says who they are.
async fn a_computer(story: &mut Story<'_>, world: &World) {
    story.set("project", world.activation_code());
    let activation = story.activates("activation-of-a-computer", variable("project"), "m-3").await.body;
    story.set("token", text(&activation["token"]));
    story.asks("directive-identify", "0", "waiting").await;
    let registration =
        |address: &str, by| RegistrationRequest { address: address.into(), name: "Pat Person".into(), by };
    story.posts("registration-by-link", path::REGISTRATIONS, &registration(ANNA, Proof::Link)).await;
    story.posts("registration-by-code", path::REGISTRATIONS, &registration(ANNA, Proof::Code)).await;
    let stranger = registration("pat@elsewhere.example", Proof::Code);
    story.posts("registration-of-a-stranger", path::REGISTRATIONS, &stranger).await;
    story.posts("malformed-registration", path::REGISTRATIONS, &json!({"address": ANNA})).await;
    let code = world.new_code(JOERG);
    story.set("other-wrong", wrong(&code));
    story.set("other", code);
    let sign_in = |address: &str, code: &str| SignInRequest { address: address.into(), code: variable(code) };
    story.posts("sign-in-with-a-wrong-code", path::SIGN_INS, &sign_in(JOERG, "other-wrong")).await;
    story.posts("sign-in-of-nobody", path::SIGN_INS, &sign_in("nobody@old.example", "other")).await;
    story.posts("malformed-sign-in", path::SIGN_INS, &json!({"address": JOERG})).await;
    story.posts("sign-in", path::SIGN_INS, &sign_in(JOERG, "other")).await;
    story.asks("directive-after-a-sign-in", "0", "waiting").await;
    story.deletes("sign-out", path::SIGN_IN_SELF).await;
}

async fn refused(story: &mut Story<'_>, world: &World) {
    story.set("replaced", world.new_code(JOERG));
    let code = world.new_code(JOERG);
    story.activates("activation-with-a-replaced-code", variable("replaced"), "m-4").await;
    for _ in 0..5 {
        world.activate(&wrong(&code)).await;
    }
    story.set("locked", code);
    story.activates("activation-with-a-locked-code", variable("locked"), "m-4").await;
    story.set("late", world.new_code(JOERG));
    world.done(&["project", "set", PROJECT, "--file", &world.file("bare.json", "{}")]);
    story.activates("activation-without-account", variable("late"), "m-4").await;
    story.tell("unknown-call", request(&Method::GET, "/v1/nothing", None, &NOTHING)).await;
    story.tell("unknown-method", request(&Method::GET, path::ACTIVATIONS, None, &NOTHING)).await;
}
