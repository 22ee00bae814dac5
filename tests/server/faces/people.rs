//! People, their mails and their computers.

use serde_json::json;

use super::projects::but;
use super::stage::{Stage, tell};
use crate::server_support::{Backend, PROJECT, event};

const ANNA: &str = "anna@old.example";
const JOERG: &str = "joerg@old.example";
const ORDERS: [&str; 5] = ["configure", "retry", "rehearse", "undo", "remove"];

pub async fn people_are_added_changed_and_deleted(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        let zoe = json!({"name": "Zoë", "old_address": "zoe@old.example", "new_address": "zoe@new.example"});
        stage.is_done("add somebody", stage.add_user(&zoe), &["user.add"]).await;
        stage.is_refused("add them again", stage.add_user(&zoe), "API-2").await;
        let nobody = json!({"name": "", "old_address": "x", "new_address": "y@new.example"});
        stage.is_refused("add nobody", stage.add_user(&nobody), "API-1").await;
        stage.is_forbidden("viewer", "add somebody", stage.add_user(&zoe)).await;
        let change = json!({"name": "Anna Other", "language": "de", "wave": "Rome"});
        let changed = stage.change_user(ANNA, change.clone());
        stage.is_done("change somebody", changed, &["wave.create", "wave.put", "user.change"]).await;
        let taken = stage.change_user(ANNA, json!({"new_address": "joerg@new.example"}));
        stage.is_refused("an address that is somebody else's", taken, "API-1").await;
        stage.is_forbidden("viewer", "change somebody", stage.change_user(ANNA, change)).await;
    })
    .await;
    tell(on, async |stage: &Stage<'_>| {
        let head = "name,old address,new address,login\n";
        let two = format!("{head}Eva,eva@old.example,eva@new.example,eva\nAnna B,{ANNA},anna@new.example,anna\n");
        stage.is_done("import a file", stage.import(&two), &["user.import"]).await;
        let taken = format!("{head}Max,max@old.example,joerg@new.example,max\n");
        for (what, file) in [
            ("no address", format!("{head}Max,max,max@new.example,max\n")),
            ("an address that is somebody else's", taken),
            ("no such column", "name,colour\nMax,red\n".to_owned()),
        ] {
            stage.is_refused(&format!("import a file with {what}"), stage.import(&file), "API-1").await;
        }
        stage.is_forbidden("viewer", "import a file", stage.import(&two)).await;
        stage.is_forbidden("viewer", "delete somebody", stage.delete_user(JOERG)).await;
        stage.world.bound(ANNA).await;
        stage.is_done("delete somebody", stage.delete_user(ANNA), &["user.delete"]).await;
    })
    .await;
}

pub async fn taking_part_is_ended_and_begun_again(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        for (what, state) in [("suspend", "suspended"), ("resume", "active")] {
            // The API has it among the other changes.
            stage.is_done_beside(what, stage.set_state(ANNA, state), &["user.state"], "user.change").await;
            stage.leaves_alone(&format!("{what} again"), stage.set_state(ANNA, state), "user.change").await;
            stage.is_forbidden("viewer", what, stage.set_state(JOERG, state)).await;
        }
    })
    .await;
}

pub async fn invitations_need_settings_a_way_and_an_active_user(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        stage.is_done("invite", stage.invite(ANNA), &["user.invite"]).await;
        stage.is_done("remind", stage.remind(ANNA), &["user.remind"]).await;
        stage.is_forbidden("viewer", "invite", stage.invite(ANNA)).await;
        stage.is_forbidden("viewer", "remind", stage.remind(ANNA)).await;
        stage.world.done(&["suspend", PROJECT, JOERG]);
        stage.is_refused("invite who is suspended", stage.invite(JOERG), "USU-9").await;
        stage.is_refused("remind who is suspended", stage.remind(JOERG), "USU-9").await;
        let gone = "name,old address,new address,login,state\nMax,max@old.example,max@new.example,max,inactive\n";
        stage.world.done(&["users", "import", PROJECT, &stage.world.file("gone.csv", gone)]);
        stage.is_refused("invite who has left", stage.invite("max@old.example"), "USU-9").await;
    })
    .await;
    // What waits to be sent fails by itself when there is no way any more: here nothing waits.
    tell(on, async |stage: &Stage<'_>| {
        stage.has_settings(&but(json!({"smtp": null}))).await;
        stage.is_refused("invite without a way", stage.invite(ANNA), "API-1|USU-8").await;
        stage.is_refused("remind without a way", stage.remind(ANNA), "API-1|USU-8").await;
        stage.has_settings(&but(json!({"account": null}))).await;
        stage.is_refused("invite without account settings", stage.invite(ANNA), "ACT-3").await;
        stage.is_refused("remind without account settings", stage.remind(ANNA), "ACT-3").await;
    })
    .await;
}

pub async fn a_code_is_mailed_or_told(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        let (_anna, _joerg) = (stage.world.bound(ANNA).await, stage.world.bound(JOERG).await);
        stage.is_done("mail a new code", stage.new_code(ANNA), &["user.new-code"]).await;
        stage.is_done("tell a code", stage.tell_code(ANNA), &["user.code"]).await;
        stage.is_forbidden("viewer", "mail a new code", stage.new_code(ANNA)).await;
        stage.world.done(&["suspend", PROJECT, JOERG]);
        stage.is_refused("mail one to who is suspended", stage.new_code(JOERG), "USU-9").await;
    })
    .await;
    tell(on, async |stage: &Stage<'_>| {
        let _anna = stage.world.bound(ANNA).await;
        stage.has_settings(&but(json!({"smtp": null}))).await;
        stage.is_refused("mail one without a way", stage.new_code(ANNA), "USU-8").await;
        stage.has_settings(&but(json!({"account": null}))).await;
        stage.is_refused("mail one without account settings", stage.new_code(ANNA), "ACT-3").await;
        stage.is_refused("tell one without account settings", stage.tell_code(ANNA), "ACT-3").await;
    })
    .await;
}

pub async fn orders_are_given(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        let agent = stage.world.bound(ANNA).await;
        stage.is_refused("try again what has not failed", stage.order("retry", ANNA), "ORD-1").await;
        for order in ["rehearse", "configure", "undo"] {
            stage.is_done(order, stage.order(order, ANNA), &[&format!("login.{order}")]).await;
        }
        let order = agent.begins(ANNA).await;
        agent.reports(&json!([event(order, "failed", json!({"code": "CFG-2"}))])).await;
        stage.is_done("retry", stage.order("retry", ANNA), &["login.retry"]).await;
        stage.is_done("delay", stage.delay(ANNA, "2030-01-01T12:00"), &["login.delay"]).await;
        stage.is_refused("delay until a time that has passed", stage.delay(ANNA, "2020-01-01T12:00"), "API-1").await;
        for order in ORDERS {
            stage.is_forbidden("viewer", order, stage.order(order, ANNA)).await;
        }
        stage.is_forbidden("viewer", "delay", stage.delay(ANNA, "2030-01-01T12:00")).await;
        stage.world.bound(JOERG).await;
        stage.world.done(&["suspend", PROJECT, JOERG]);
        for order in ["configure", "rehearse", "undo"] {
            let what = format!("{order} who is suspended");
            stage.is_refused(&what, stage.order(order, JOERG), "USU-9").await;
        }
        stage.is_done("remove", stage.order("remove", ANNA), &["login.remove"]).await;
    })
    .await;
}

pub async fn start_now_needs_a_computer(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        for order in ORDERS {
            let what = format!("{order} without a computer");
            stage.is_refused(&what, stage.order_without_computer(order, ANNA), "").await;
        }
    })
    .await;
}

pub async fn start_now_needs_account_settings(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        let agent = stage.world.bound(ANNA).await;
        let order = agent.begins(ANNA).await;
        agent.reports(&json!([event(order, "failed", json!({"code": "CFG-2"}))])).await;
        stage.has_settings("{}").await;
        for order in ["configure", "retry"] {
            let what = format!("{order} without account settings");
            stage.is_refused(&what, stage.order(order, ANNA), "ACT-3").await;
        }
    })
    .await;
}

pub async fn computers_are_assigned_and_locked(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        let agent = stage.world.login("pc-1", "someone").await.id;
        for (action, recorded) in
            [("assign", "login.assign"), ("assign-device", "device.assign"), ("lock", "device.lock")]
        {
            stage.is_done(action, stage.give(action, &agent, ANNA), &[recorded]).await;
            stage.is_forbidden("viewer", action, stage.give(action, &agent, ANNA)).await;
        }
        stage.is_done("unlock", stage.unlock(&agent), &["device.unlock"]).await;
        stage.is_forbidden("viewer", "unlock", stage.unlock(&agent)).await;
        stage.is_done("lock the project", stage.lock_project(ANNA), &["project.lock"]).await;
        stage.is_forbidden("viewer", "lock the project", stage.lock_project(ANNA)).await;
        stage.is_done("unlock the project", stage.unlock_project(), &["project.unlock"]).await;
        stage.is_forbidden("viewer", "unlock the project", stage.unlock_project()).await;
        stage.world.done(&["suspend", PROJECT, JOERG]);
        for action in ["assign", "assign-device", "lock"] {
            let what = format!("{action} to who is suspended");
            stage.is_refused(&what, stage.give(action, &agent, JOERG), "ACT-1|API-1").await;
        }
        let lock = stage.lock_project(JOERG);
        stage.is_refused("lock the project to who is suspended", lock, "ACT-1|API-1").await;
    })
    .await;
}
