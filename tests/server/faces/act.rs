//! The operations on people and computers, on each face.

use std::future::ready;

use reqwest::{Method, header};
use serde_json::{Value, json};

use super::stage::{Face, Said, Stage};
use crate::server_support::PROJECT;

impl Stage<'_> {
    /// The id of a user of the project.
    pub async fn user(&self, address: &str) -> String {
        self.id_of(&format!("{}/users?limit=500", self.project), "old_address", address).await
    }

    /// The id of the agent at the first computer of a user.
    pub async fn agent(&self, address: &str) -> String {
        self.id_of(&format!("{}/devices?limit=500", self.project), "address", address).await
    }

    pub async fn wave(&self, name: &str) -> String {
        self.id_of(&format!("{}/waves", self.project), "name", name).await
    }

    /// What the dashboard does to one user who was chosen in the table.
    pub async fn act_on_users(&self, action: &str, user: &str, more: &[(&str, &str)]) -> Said {
        let fields = [&[("action", action), ("target", user), ("expected", "1")][..], more].concat();
        self.form(&format!("{}/users/actions/confirmed", self.pages()), &fields).await
    }

    /// The same to a computer.
    async fn act_on_devices(&self, action: &str, device: &str, more: &[(&str, &str)]) -> Said {
        let fields = [&[("action", action), ("target", device), ("expected", "1")][..], more].concat();
        self.form(&format!("{}/devices/actions/confirmed", self.pages()), &fields).await
    }

    async fn act(&self, action: &str, device: &str, more: Value) -> Said {
        let mut body = json!({"action": action, "devices": [device]});
        crate::server_support::merge(&mut body, more);
        self.call(Method::POST, &format!("{}/actions", self.project), &body).await
    }

    /// `configure`, `retry`, `rehearse`, `undo` or `remove`, to the computers of a user.
    pub async fn order(&self, order: &str, address: &str) -> Said {
        match self.face {
            Face::Dashboard => self.act_on_users(order, &self.user(address).await, &[]).await,
            Face::Api => self.act(order, &self.agent(address).await, json!({})).await,
            Face::CommandLine => self.command(&[order, PROJECT, address]),
        }
    }

    /// The same for a user who has no computer; the API knows computers alone.
    pub async fn order_without_computer(&self, order: &str, address: &str) -> Said {
        if self.face == Face::Api { Said::Absent } else { self.order(order, address).await }
    }

    /// Until a time in UTC, to the minute.
    pub async fn delay(&self, address: &str, until: &str) -> Said {
        match self.face {
            Face::Dashboard => self.act_on_users("delay", &self.user(address).await, &[("until", until)]).await,
            Face::Api => self.act("delay", &self.agent(address).await, json!({"until": format!("{until}:00Z")})).await,
            Face::CommandLine => self.command(&["delay", PROJECT, address, &format!("{until}[UTC]")]),
        }
    }

    /// `assign`, `assign-device` or `lock`: a login or its computer becomes a user's.
    pub async fn give(&self, action: &str, agent: &str, address: &str) -> Said {
        match (self.face, action) {
            (Face::Dashboard, _) => self.act_on_devices(action, agent, &[("user", address)]).await,
            (Face::Api, _) => {
                let user = self.user(address).await;
                self.act(&action.replace('-', "_"), agent, json!({"user": user})).await
            }
            (Face::CommandLine, "lock") => self.command(&["lock", PROJECT, address, agent]),
            (Face::CommandLine, "assign") => self.command(&["assign", PROJECT, address, agent]),
            (Face::CommandLine, _) => self.command(&["assign", PROJECT, address, agent, "--any-login"]),
        }
    }

    pub async fn unlock(&self, agent: &str) -> Said {
        match self.face {
            Face::Dashboard => self.act_on_devices("unlock", agent, &[]).await,
            Face::Api => self.act("unlock", agent, json!({})).await,
            Face::CommandLine => self.command(&["unlock", PROJECT, agent]),
        }
    }

    pub async fn lock_project(&self, address: &str) -> Said {
        match self.face {
            Face::Dashboard => Said::Absent,
            Face::Api => {
                let user = self.user(address).await;
                self.call(Method::PUT, &format!("{}/lock", self.project), &json!({"user": user})).await
            }
            Face::CommandLine => self.command(&["lock", PROJECT, address]),
        }
    }

    pub async fn unlock_project(&self) -> Said {
        match self.face {
            Face::Dashboard => Said::Absent,
            Face::Api => self.call(Method::DELETE, &format!("{}/lock", self.project), &json!({})).await,
            Face::CommandLine => self.command(&["unlock", PROJECT]),
        }
    }

    /// The command line leaves the sending to the running server, as the others do.
    pub async fn invite(&self, address: &str) -> Said {
        match self.face {
            Face::Dashboard => self.act_on_users("invite", &self.user(address).await, &[]).await,
            Face::Api => self.mail("invitation", address).await,
            Face::CommandLine => self.command(&["invite", PROJECT, "--user", address, "--queue"]),
        }
    }

    pub async fn remind(&self, address: &str) -> Said {
        match self.face {
            Face::Dashboard => Said::Absent,
            Face::Api => self.mail("reminder", address).await,
            Face::CommandLine => self.command(&["remind", PROJECT, "--user", address]),
        }
    }

    async fn mail(&self, kind: &str, address: &str) -> Said {
        let user = self.user(address).await;
        self.call(Method::POST, &format!("{}/mailings", self.project), &json!({"kind": kind, "users": [user]})).await
    }

    /// A new code by mail, to whoever uses a computer.
    pub async fn new_code(&self, address: &str) -> Said {
        match self.face {
            Face::Dashboard => self.act_on_users("new-code", &self.user(address).await, &[]).await,
            Face::Api => self.act("new_code", &self.agent(address).await, json!({})).await,
            Face::CommandLine => Said::Absent,
        }
    }

    /// A code that is told, not mailed.
    pub async fn tell_code(&self, address: &str) -> Said {
        match self.face {
            Face::Dashboard | Face::Api => Said::Absent,
            Face::CommandLine => ready(self.command(&["code", PROJECT, address])).await,
        }
    }

    /// One person, with the fields of the API.
    pub async fn add_user(&self, user: &Value) -> Said {
        match self.face {
            Face::Api => self.call(Method::POST, &format!("{}/users", self.project), user).await,
            Face::Dashboard | Face::CommandLine => Said::Absent,
        }
    }

    pub async fn change_user(&self, address: &str, change: Value) -> Said {
        match self.face {
            Face::Api => {
                let path = format!("{}/users/{}", self.project, self.user(address).await);
                let known = self.client().await.get(&path).await;
                let mut user = json!({});
                for field in ["name", "new_address", "login", "language", "state", "wave"] {
                    user[field] = if known[field].is_null() { json!("") } else { known[field].clone() };
                }
                crate::server_support::merge(&mut user, change);
                self.call(Method::PUT, &path, &user).await
            }
            Face::Dashboard | Face::CommandLine => Said::Absent,
        }
    }

    pub async fn import(&self, file: &str) -> Said {
        match self.face {
            Face::Dashboard => self.upload(file).await,
            Face::Api => {
                let path = format!("{}/import", self.project);
                let request = self.client().await.request(Method::POST, &path).header(header::CONTENT_TYPE, "text/csv");
                self.sent(request.body(file.to_owned())).await
            }
            Face::CommandLine => self.command(&["users", "import", PROJECT, &self.world.file("import.csv", file)]),
        }
    }

    /// `suspended` or `active`.
    pub async fn set_state(&self, address: &str, state: &str) -> Said {
        match (self.face, state) {
            (Face::Dashboard, "suspended") => self.act_on_users("suspend", &self.user(address).await, &[]).await,
            (Face::Dashboard, _) => self.act_on_users("allow", &self.user(address).await, &[]).await,
            (Face::Api, _) => self.change_user(address, json!({"state": state})).await,
            (Face::CommandLine, "suspended") => self.command(&["suspend", PROJECT, address]),
            (Face::CommandLine, _) => self.command(&["resume", PROJECT, address]),
        }
    }

    pub async fn delete_user(&self, address: &str) -> Said {
        let user = self.user(address).await;
        match self.face {
            Face::Dashboard => self.act_on_users("delete", &user, &[]).await,
            Face::Api => self.call(Method::DELETE, &format!("{}/users/{user}", self.project), &json!({})).await,
            Face::CommandLine => self.command(&["users", "delete", PROJECT, address, "--yes"]),
        }
    }
}
