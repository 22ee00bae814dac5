//! Waves, and what an operator does to many logins at once.

use crate::computer::devices;
use crate::server_support::{Backend, PROJECT, World, completed, event, stories};
use mailshift::protocol::Action;
use serde_json::json;

stories! {
    a_wave_has_a_cutover_of_its_own,
    a_file_puts_people_into_waves,
    whoever_changes_waves_follows_the_new_one,
    each_login_gets_an_outcome_of_its_own,
    a_delayed_computer_does_not_start_before_its_time,
    nobodys_login_is_forgotten_when_it_is_removed,
}

const ANNA: &str = "anna@old.example";
const JOERG: &str = "joerg@old.example";

async fn a_wave_has_a_cutover_of_its_own(on: Backend) {
    let world = on.world().await;
    let (anna, joerg) = (world.bound(ANNA).await, world.bound(JOERG).await);
    world.done(&["cutover", PROJECT, "at", "2034-01-01T00:00Z"]);
    world.done(&["wave", "create", PROJECT, "Berlin"]);
    world.done(&["wave", "put", PROJECT, "Berlin", ANNA]);
    assert_eq!(anna.directive().await.project.cutover, joerg.directive().await.project.cutover, "none of its own yet");
    world.done(&["wave", "cutover", PROJECT, "Berlin", "now"]);
    assert_eq!(anna.directive().await.action, Action::Configure);
    assert_eq!(joerg.directive().await.action, Action::Wait);
    world.done(&["wave", "cutover", PROJECT, "Berlin", "at", "2035-01-01T00:00Z"]);
    let put_off = anna.directive().await;
    assert_eq!(put_off.action, Action::Wait, "what nobody has begun is taken back");
    assert_eq!(put_off.project.cutover.map(|at| at.to_string()).as_deref(), Some("2035-01-01T00:00:00Z"));
    assert!(world.done(&["wave", "list", PROJECT]).contains("Berlin: 1 users, cutover 2035-01-01"));
    assert!(world.fails(&["wave", "put", PROJECT, "Bonn", ANNA]).contains("Bonn"));
}

async fn a_file_puts_people_into_waves(on: Backend) {
    let world = on.world().await;
    let file = "name,old address,new address,login,wave\nAnna Example,anna@old.example,anna@new.example,anna,Berlin\n\
        Jörg Beispiel,joerg@old.example,joerg@new.example,joerg,\n";
    world.done(&["users", "import", PROJECT, &world.file("waves.csv", file)]);
    assert!(world.done(&["wave", "list", PROJECT]).contains("Berlin: 1 users, cutover the project's"));
    let without = "name,old address,new address,login\nAnna E.,anna@old.example,anna@new.example,anna\n";
    world.done(&["users", "import", PROJECT, &world.file("without.csv", without)]);
    assert!(world.done(&["wave", "list", PROJECT]).contains("Berlin: 1 users"), "a file that does not say leaves it");
    let out = file.replace(",Berlin", ",");
    world.done(&["users", "import", PROJECT, &world.file("out.csv", &out)]);
    assert!(world.done(&["wave", "list", PROJECT]).contains("Berlin: 0 users"));
}

async fn whoever_changes_waves_follows_the_new_one(on: Backend) {
    let world = on.world().await;
    let (anna, joerg) = (world.bound(ANNA).await, world.bound(JOERG).await);
    for wave in ["early", "late"] {
        world.done(&["wave", "create", PROJECT, wave]);
    }
    world.done(&["wave", "cutover", PROJECT, "late", "at", "2035-01-01T00:00Z"]);
    world.done(&["wave", "put", PROJECT, "early", ANNA, JOERG]);
    world.done(&["wave", "cutover", PROJECT, "early", "now"]);
    let order = anna.directive().await.order;
    anna.reports(&json!([event(order, "failed", json!({"code": "CFG-2"}))])).await;
    let done = joerg.directive().await.order;
    joerg.reports(&json!([completed(done)])).await;
    world.done(&["wave", "put", PROJECT, "late", ANNA, JOERG]);
    let waiting = anna.directive().await;
    assert_eq!(waiting.action, Action::Wait);
    assert_eq!(waiting.project.cutover.map(|at| at.to_string()).as_deref(), Some("2035-01-01T00:00:00Z"));
    world.done(&["wave", "cutover", PROJECT, "late", "now"]);
    assert_eq!(anna.directive().await.action, Action::Configure);
    assert_eq!(joerg.directive().await.action, Action::Wait, "nobody is moved twice");
}

async fn each_login_gets_an_outcome_of_its_own(on: Backend) {
    let world: World = on.world().await;
    let (first, second) = (world.bound(ANNA).await, world.bound(ANNA).await);
    world.done(&["configure", PROJECT, ANNA]);
    let order = first.directive().await.order;
    first.reports(&json!([event(order, "failed", json!({"code": "CFG-2"}))])).await;
    let tried = world.cli(&["retry", PROJECT, ANNA]);
    assert_eq!(tried.status.code(), Some(1));
    let said = String::from_utf8(tried.stdout).expect("text");
    assert!(said.contains("login.retry") && said.contains("not done: ORD-1"), "{said}");
    assert!(String::from_utf8_lossy(&tried.stderr).contains("1 of 2"));
    let retried = first.directive().await;
    assert_eq!(retried.action, Action::Configure);
    assert!(retried.order > order);
    assert!(second.directive().await.order < retried.order, "only where it was wanted");
    assert!(world.fails(&["undo", PROJECT, JOERG]).contains("no computer"));
}

async fn a_delayed_computer_does_not_start_before_its_time(on: Backend) {
    let world = on.world().await;
    let agent = world.bound(ANNA).await;
    world.done(&["delay", PROJECT, ANNA, "2034-01-01T00:00Z"]);
    world.done(&["cutover", PROJECT, "now"]);
    assert_eq!(agent.directive().await.action, Action::Wait);
    world.done(&["configure", PROJECT, ANNA]);
    assert_eq!(agent.directive().await.action, Action::Configure, "an operator's own word brings it forward");
}

async fn nobodys_login_is_forgotten_when_it_is_removed(on: Backend) {
    let world = on.world().await;
    let login = world.login("pc-1", "x").await;
    world.done(&["assign", PROJECT, ANNA, &login.id]);
    assert_eq!(login.user().await, ANNA);
    world.done(&["suspend", PROJECT, ANNA]);
    world.done(&["remove", PROJECT, ANNA]);
    let asked = login.agent.request(reqwest::Method::GET, mailshift::protocol::path::DIRECTIVE).send().await;
    assert_eq!(crate::server_support::problem(asked.expect("an answer")).await["code"], "ACT-8");
    assert!(devices(&world).is_empty());
}
