//! Operators and their tokens.

use super::projects::no_names;
use super::stage::{Face, Stage, tell};
use crate::operators::browser::NAME;
use crate::server_support::Backend;

pub async fn operators_are_invited_changed_and_removed(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        stage.is_done("invite", stage.invite_operator(" Bob ", "viewer"), &["operator.invite"]).await;
        stage.is_refused("invite again", stage.invite_operator("bob", "viewer"), "OPR-8").await;
        for (what, name) in no_names() {
            let what = format!("invite {what}");
            stage.is_refused(&what, stage.invite_operator(&name, "viewer"), "API-1|ACT-1").await;
        }
        stage.is_done("set the role", stage.set_role("Bob", "operator"), &["operator.role"]).await;
        stage.is_done("reset", stage.reset_operator("Bob"), &["operator.reset"]).await;
        for role in ["operator", "viewer"] {
            stage.is_forbidden(role, "invite", stage.invite_operator("Eve", "viewer")).await;
            stage.is_forbidden(role, "set the role", stage.set_role("Bob", "viewer")).await;
            stage.is_forbidden(role, "reset", stage.reset_operator("Bob")).await;
            stage.is_forbidden(role, "remove", stage.remove_operator("Bob")).await;
        }
        stage.is_done("remove", stage.remove_operator("Bob"), &["operator.remove"]).await;
    })
    .await;
}

/// Each by itself: whoever is let do it cannot try the others. The command line does not know who one is.
pub async fn nobody_locks_themselves_out(on: Backend) {
    for what in ["change one's own role", "reset oneself", "remove oneself"] {
        tell(on, async |stage: &Stage<'_>| {
            let own = match stage.face {
                Face::Dashboard => NAME.to_owned(),
                Face::Api => {
                    let me = stage.client().await.get("/api/me").await;
                    me["name"].as_str().expect("a name").trim_end_matches(" (test)").to_owned()
                }
                Face::CommandLine => return,
            };
            match what {
                "reset oneself" => stage.is_refused(what, stage.reset_operator(&own), "API-3").await,
                "remove oneself" => stage.is_refused(what, stage.remove_operator(&own), "API-3").await,
                _ => stage.is_refused(what, stage.set_role(&own, "viewer"), "API-3").await,
            }
        })
        .await;
    }
}

pub async fn tokens_are_made_and_revoked(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        stage.is_done("make a token", stage.create_token(" script ", "viewer", 7), &["token.create"]).await;
        for (what, name) in no_names() {
            let what = format!("make a token called {what}");
            stage.is_refused(&what, stage.create_token(&name, "viewer", 7), "API-1|ACT-1").await;
        }
        for days in [0, 367] {
            let what = format!("make a token for {days} days");
            stage.is_refused(&what, stage.create_token("other", "viewer", days), "API-1|ACT-1").await;
        }
        for role in ["operator", "viewer"] {
            let more = stage.create_token("more", "administrator", 7);
            stage.is_forbidden(role, "make a token of an administrator", more).await;
        }
        stage.is_done("revoke it", stage.revoke_token("script"), &["token.revoke"]).await;
    })
    .await;
}
