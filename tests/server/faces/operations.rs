//! The operations on projects, waves, operators and tokens, on each face.

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Face, Said, Stage};
use crate::operators::browser::PASSWORD;
use crate::server_support::PROJECT;

/// When the mail moves.
#[derive(Debug, Clone, Copy)]
pub enum When {
    Now,
    /// In UTC, to the minute: `2035-01-01T12:00`.
    At(&'static str),
    Never,
}

impl When {
    fn body(self) -> Value {
        match self {
            Self::At(at) => json!({"at": format!("{at}:00Z")}),
            Self::Now | Self::Never => json!({"now": true}),
        }
    }

    fn arguments(self) -> Vec<String> {
        match self {
            Self::Now => vec!["now".into()],
            Self::At(at) => vec!["at".into(), format!("{at}[UTC]")],
            Self::Never => vec!["none".into()],
        }
    }

    fn fields(self) -> [(&'static str, &'static str); 3] {
        match self {
            Self::Now => [("when", "now"), ("at", ""), ("confirmed", "yes")],
            Self::At(at) => [("when", "set"), ("at", at), ("confirmed", "yes")],
            Self::Never => [("when", "none"), ("at", ""), ("confirmed", "yes")],
        }
    }
}

impl Stage<'_> {
    pub async fn create_project(&self, name: &str) -> Said {
        match self.face {
            Face::Dashboard => self.form("/", &[("name", name)]).await,
            Face::Api => self.call(Method::POST, "/api/projects", &json!({"name": name})).await,
            Face::CommandLine => self.command(&["project", "create", name]),
        }
    }

    /// The settings of a project that has the usual ones; fields as the form names them, numbers as numbers.
    pub async fn set(&self, project: &str, fields: &[(&str, Value)]) -> Said {
        let id = self.id_of("/api/projects", "name", project).await;
        let mut settings = json!({});
        for (path, value) in fields {
            path.split('.').fold(&mut settings, |place, part| &mut place[part]).clone_from(value);
        }
        match self.face {
            Face::Dashboard => {
                let path = format!("/projects/{id}/settings");
                let shown = self.browser().await.get(&path).await.between("name=\"minimum_versions\"", "</textarea>");
                let versions = shown.as_ref().and_then(|shown| shown.split_once(">\n")).map_or("", |(_, lines)| lines);
                let usual = [
                    ("password.hand_over", json!("1")),
                    ("starts_per_minute", json!(200)),
                    ("minimum_versions", json!(versions)),
                ];
                let all = usual.iter().chain(fields);
                let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let all: Vec<(&str, String)> = all.map(|(path, value)| (*path, text(value))).collect();
                let all: Vec<(&str, &str)> = all.iter().map(|(path, value)| (*path, value.as_str())).collect();
                self.form(&path, &all).await
            }
            Face::Api => self.call(Method::PUT, &format!("/api/projects/{id}/settings"), &settings).await,
            Face::CommandLine => {
                let file = self.world.file("settings.json", &settings.to_string());
                self.command(&["project", "set", project, "--file", &file])
            }
        }
    }

    pub async fn set_cutover(&self, when: When) -> Said {
        let path = format!("{}/cutover", self.project);
        match (self.face, when) {
            (Face::Dashboard, _) => {
                let fields = [&[("wave", "")][..], &when.fields()].concat();
                self.form(&format!("{}/waves/cutover", self.pages()), &fields).await
            }
            (Face::Api, When::Never) => self.call(Method::DELETE, &path, &json!({})).await,
            (Face::Api, _) => self.call(Method::PUT, &path, &when.body()).await,
            (Face::CommandLine, _) => {
                let when = when.arguments();
                self.command(&[vec!["cutover", PROJECT], when.iter().map(String::as_str).collect()].concat())
            }
        }
    }

    pub async fn set_wave_cutover(&self, wave: &str, when: When) -> Said {
        let id = self.wave(wave).await;
        let path = format!("{}/waves/{id}/cutover", self.project);
        match (self.face, when) {
            (Face::Dashboard, _) => {
                let fields = [&[("wave", id.as_str())][..], &when.fields()].concat();
                self.form(&format!("{}/waves/cutover", self.pages()), &fields).await
            }
            (Face::Api, When::Never) => self.call(Method::DELETE, &path, &json!({})).await,
            (Face::Api, _) => self.call(Method::PUT, &path, &when.body()).await,
            (Face::CommandLine, _) => {
                let when = when.arguments();
                let when: Vec<&str> = when.iter().map(String::as_str).collect();
                self.command(&[vec!["wave", "cutover", PROJECT, wave], when].concat())
            }
        }
    }

    /// Confirmed by a name; the command line, which has been given the name already, by a word.
    pub async fn delete_project(&self, name: &str, confirmed: &str) -> Said {
        let id = self.id_of("/api/projects", "name", name).await;
        match self.face {
            Face::Dashboard => self.form(&format!("/projects/{id}/delete"), &[("name", confirmed)]).await,
            Face::Api => {
                let query: String = url::form_urlencoded::byte_serialize(confirmed.as_bytes()).collect();
                self.call(Method::DELETE, &format!("/api/projects/{id}?name={query}"), &json!({})).await
            }
            Face::CommandLine if confirmed.trim() == name => self.command(&["project", "delete", name, "--yes"]),
            Face::CommandLine => self.command(&["project", "delete", name]),
        }
    }

    pub async fn create_wave(&self, name: &str) -> Said {
        match self.face {
            Face::Dashboard => self.form(&format!("{}/waves", self.pages()), &[("name", name)]).await,
            Face::Api => self.call(Method::POST, &format!("{}/waves", self.project), &json!({"name": name})).await,
            Face::CommandLine => self.command(&["wave", "create", PROJECT, name]),
        }
    }

    pub async fn put_into_wave(&self, wave: &str, address: &str) -> Said {
        let (id, user) = (self.wave(wave).await, self.user(address).await);
        match self.face {
            Face::Dashboard => self.act_on_users("wave", &user, &[("to", &id)]).await,
            Face::Api => {
                let path = format!("{}/waves/{id}/users", self.project);
                self.call(Method::PUT, &path, &json!({"users": [user]})).await
            }
            Face::CommandLine => self.command(&["wave", "put", PROJECT, wave, address]),
        }
    }

    pub async fn renew_code(&self) -> Said {
        match self.face {
            Face::Dashboard => self.form(&format!("{}/installing/renew", self.pages()), &[]).await,
            Face::Api => self.call(Method::POST, &format!("{}/activation-code", self.project), &json!({})).await,
            Face::CommandLine => self.command(&["project", "renew-code", PROJECT]),
        }
    }

    pub async fn invite_operator(&self, name: &str, role: &str) -> Said {
        match self.face {
            Face::Dashboard => self.form("/operators", &[("name", name), ("role", role), ("password", PASSWORD)]).await,
            Face::Api => self.call(Method::POST, "/api/operators", &json!({"name": name, "role": role})).await,
            Face::CommandLine => self.command(&["operator", "add", name, "--role", role]),
        }
    }

    pub async fn set_role(&self, name: &str, role: &str) -> Said {
        let id = self.operator(name).await;
        match self.face {
            Face::Dashboard => {
                self.form(&format!("/operators/{id}/role"), &[("role", role), ("password", PASSWORD)]).await
            }
            Face::Api => self.call(Method::PUT, &format!("/api/operators/{id}"), &json!({"role": role})).await,
            Face::CommandLine => self.command(&["operator", "role", name, role]),
        }
    }

    pub async fn reset_operator(&self, name: &str) -> Said {
        let id = self.operator(name).await;
        match self.face {
            Face::Dashboard => self.form(&format!("/operators/{id}/reset"), &[("password", PASSWORD)]).await,
            Face::Api => self.call(Method::POST, &format!("/api/operators/{id}/reset"), &json!({})).await,
            Face::CommandLine => self.command(&["operator", "reset", name]),
        }
    }

    pub async fn remove_operator(&self, name: &str) -> Said {
        let id = self.operator(name).await;
        match self.face {
            Face::Dashboard => self.form(&format!("/operators/{id}/remove"), &[("password", PASSWORD)]).await,
            Face::Api => self.call(Method::DELETE, &format!("/api/operators/{id}"), &json!({})).await,
            Face::CommandLine => self.command(&["operator", "remove", name]),
        }
    }

    async fn operator(&self, name: &str) -> String {
        self.id_of("/api/operators", "name", name).await
    }

    pub async fn create_token(&self, name: &str, role: &str, days: u32) -> Said {
        let text = days.to_string();
        match self.face {
            Face::Dashboard => {
                let fields = [("name", name), ("role", role), ("days", &text), ("password", PASSWORD)];
                self.form("/me/tokens", &fields).await
            }
            Face::Api => {
                self.call(Method::POST, "/api/tokens", &json!({"name": name, "role": role, "days": days})).await
            }
            Face::CommandLine => Said::Absent,
        }
    }

    pub async fn revoke_token(&self, name: &str) -> Said {
        match self.face {
            Face::Dashboard => {
                let page = self.browser().await.get("/me").await.text;
                let row = page.split("<tr>").find(|row| row.contains(&format!(">{name}</th>"))).unwrap_or_default();
                let id = row.split("/me/tokens/").nth(1).and_then(|rest| rest.split('/').next()).expect("an id");
                self.form(&format!("/me/tokens/{id}/revoke"), &[]).await
            }
            Face::Api => {
                let all = self.client().await.get("/api/tokens").await;
                let found = all["items"].as_array().expect("items").iter().find(|token| token["name"] == name);
                let id = found.expect("a token")["id"].as_str().expect("an id");
                self.call(Method::DELETE, &format!("/api/tokens/{id}"), &json!({})).await
            }
            Face::CommandLine => Said::Absent,
        }
    }
}
