//! Computers that were activated with the project's code: their logins are nobody's at first.
#![allow(dead_code)] // each test program uses a part of it

use mailshift::protocol::{Action, Activation, path};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::server_support::{Agent, PROJECT, World};

impl World {
    pub fn activation_code(&self) -> String {
        let shown = self.done(&["project", "show", PROJECT]);
        let line = shown.lines().find_map(|line| line.strip_prefix("activate")).expect("the code");
        line.trim().to_owned()
    }

    /// A bound login of a computer, activated with the project's code. It is not told whose it is.
    pub async fn login(&self, machine: &str, login: &str) -> Login<'_> {
        let device = json!({"name": machine, "system": "windows", "login": login, "agent": "0.1.0", "language": "en",
                            "machine": machine});
        let body = json!({"code": self.activation_code(), "device": device});
        let response = self.request(Method::POST, path::ACTIVATIONS).json(&body).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::CREATED);
        let activation: Activation = response.json().await.expect("an activation");
        assert_eq!(activation.user, None);
        let agent = Agent { world: self, token: activation.token.reveal().to_owned() };
        let inventory = json!({"clients": [{"kind": "outlook", "version": "16.0"}]});
        let bound = agent.request(Method::PUT, path::INVENTORY).json(&inventory).send().await.expect("an answer");
        assert_eq!(bound.status(), StatusCode::NO_CONTENT);
        Login { agent, id: activation.device_id.to_string() }
    }
}

#[derive(Clone)]
pub struct Login<'a> {
    pub agent: Agent<'a>,
    pub id: String,
}

impl Login<'_> {
    /// The old address of whose it is now; empty for nobody's.
    pub async fn user(&self) -> String {
        let directive = self.agent.directive().await;
        assert_eq!(directive.user.old_address.is_empty(), directive.action == Action::Identify, "{directive:?}");
        directive.user.old_address
    }

    pub async fn registers(&self, address: &str, by: &str) -> Response {
        let body = json!({"address": address, "name": "Pat Person", "by": by});
        self.agent.request(Method::POST, path::REGISTRATIONS).json(&body).send().await.expect("an answer")
    }

    pub async fn signs_in(&self, address: &str, code: &str) -> Response {
        let body = json!({"address": address, "code": code});
        self.agent.request(Method::POST, path::SIGN_INS).json(&body).send().await.expect("an answer")
    }

    pub async fn signs_out(&self) {
        let response = self.agent.request(Method::DELETE, path::SIGN_IN_SELF).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
    }
}

/// What the command `devices` says.
pub fn devices(world: &World) -> Vec<Value> {
    serde_json::from_str(&world.done(&["devices", PROJECT, "--json"])).expect("JSON")
}
