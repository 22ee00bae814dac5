//! What plays an agent that keeps to the contract of epochs and instances: it follows an order when its number is above the
//! last one that it has acted on; in a new epoch it says first where it stands.

use std::time::Duration;

use mailshift::protocol::{Action, Activation, Directive, path};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::server_support::{Agent, World, completed, event};

#[derive(Clone)]
pub struct Follower {
    pub token: String,
    /// Of the database that it was activated at.
    pub instance: Option<uuid::Uuid>,
    pub epoch: u64,
    pub acted_on: u64,
    pub stage: &'static str,
    /// How often it has set a mail program up.
    pub moves: u32,
    pub undone: u32,
}

impl Follower {
    /// A computer that was activated with this code.
    pub async fn activated(world: &World, code: &str) -> Self {
        let response = world.activate(code).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        let activation: Activation = response.json().await.expect("an activation");
        let token = activation.token.reveal().to_owned();
        let instance = activation.instance;
        Self { token, instance, epoch: 0, acted_on: 0, stage: "waiting", moves: 0, undone: 0 }
    }

    pub async fn asks(&self, world: &World) -> Response {
        let Self { epoch, acted_on, stage, .. } = self;
        let question = format!("{}?wait=0&epoch={epoch}&acted_on={acted_on}&stage={stage}", path::DIRECTIVE);
        let request = world.request(Method::GET, &question).bearer_auth(&self.token).timeout(Duration::from_mins(1));
        request.send().await.expect("an answer")
    }

    pub async fn directive(&self, world: &World) -> Directive {
        let response = self.asks(world).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.expect("a directive")
    }

    /// Asks once, and does what an agent does with the answer.
    pub async fn turn(&mut self, world: &World) -> Directive {
        let mut directive = self.directive(world).await;
        if directive.epoch != self.epoch {
            if self.epoch != 0 {
                assert_eq!((directive.action, directive.order), (Action::Wait, 0), "nothing before it has said");
                let standing = match self.stage {
                    "completed" => completed(self.acted_on),
                    stage => event(self.acted_on, stage, json!({})),
                };
                self.reports(world, &json!([standing])).await;
            }
            self.epoch = directive.epoch;
            directive = self.directive(world).await;
        }
        if directive.order > self.acted_on {
            match directive.action {
                Action::Configure => {
                    self.acted_on = directive.order;
                    let order = self.acted_on;
                    let events = [event(order, "wizard_opened", json!({})), event(order, "started", json!({}))];
                    self.reports(world, &json!([events[0], events[1], completed(order)])).await;
                    self.stage = "completed";
                    self.moves += 1;
                }
                Action::Undo => {
                    self.acted_on = directive.order;
                    self.reports(world, &json!([event(self.acted_on, "undone", json!({}))])).await;
                    self.stage = "undone";
                    self.undone += 1;
                }
                _ => {}
            }
        }
        directive
    }

    async fn reports(&self, world: &World, events: &Value) {
        Agent { world, token: self.token.clone() }.reports(events).await;
    }
}
