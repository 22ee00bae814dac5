//! Passwords of other people's mailboxes.

use serde_json::{Value, json};

use super::{ANNA, creating, refused, set_behind_its_back, taken};
use crate::computer::Login;
use crate::server_support::sink::Sink;
use crate::server_support::{Backend, PROJECT, World, completed, event, settings, stories};

stories! {
    who_only_says_to_be_somebody_sets_no_password,
    who_has_proved_who_they_are_sets_one,
    names_of_logins_and_new_passwords_cannot_be_had_together,
    a_suspended_person_sets_no_password,
    a_token_sets_no_password_before_the_move_and_after_it,
    a_token_sets_five_passwords_for_an_order_and_the_person_is_told,
}

const NEW: &str = "attacker-owns-it";

async fn may_create(login: &Login<'_>) -> bool {
    login.agent.directive().await.project.password.may_create
}

/// H1: the name of a login, the number of a computer and the activation code can be told by anybody.
async fn who_only_says_to_be_somebody_sets_no_password(on: Backend) {
    let directory = tempfile::tempdir().expect("a folder");
    let world = on.world_with(creating(&directory)).await;
    set_behind_its_back(&world, "directory_match", json!(true)).await;
    let by_name = world.login("pc-1", r"OFFICE\anna").await;
    let (locked, joined) = (world.login("pc-2", "x").await, world.login("pc-2", "y").await);
    world.done(&["lock", PROJECT, ANNA, &locked.id]);
    let any = world.login("pc-3", "x").await;
    world.done(&["assign", PROJECT, ANNA, &any.id, "--any-login"]);
    for login in [&by_name, &locked, &joined, &any] {
        assert_eq!(login.user().await, ANNA);
        assert!(!may_create(login).await, "it is not even offered");
        login.agent.begins(ANNA).await;
        assert_eq!(refused(login.agent.sets_password(NEW).await).await, "PWD-5");
    }
    // A project that is one person's gives a login to whoever has its code.
    world.done(&["lock", PROJECT, ANNA]);
    let stranger = world.login("pc-4", "stranger").await;
    assert_eq!(stranger.user().await, ANNA);
    stranger.agent.begins(ANNA).await;
    assert_eq!(refused(stranger.agent.sets_password(NEW).await).await, "PWD-5");
    assert_eq!(taken(&directory), [""; 0]);
}

/// H1, the other side: a personal code and an operator who names one login prove it, also of a login that was found
/// otherwise before, and also below a lock.
async fn who_has_proved_who_they_are_sets_one(on: Backend) {
    let directory = tempfile::tempdir().expect("a folder");
    let world = on.world_with(creating(&directory)).await;
    let (assigned, coded) = (world.login("pc-1", "x").await, world.login("pc-1", "y").await);
    world.done(&["lock", PROJECT, ANNA, &assigned.id]);
    for login in [&assigned, &coded] {
        assert_eq!((login.user().await.as_str(), may_create(login).await), (ANNA, false));
    }
    world.done(&["unlock", PROJECT, &assigned.id]);
    world.done(&["assign", PROJECT, ANNA, &assigned.id]);
    world.done(&["lock", PROJECT, ANNA, &assigned.id]);
    assert_eq!(coded.signs_in(ANNA, &world.new_code(ANNA)).await.status(), 201);
    let bound = world.bound(ANNA).await;
    for login in [&assigned.agent, &coded.agent, &bound] {
        login.begins(ANNA).await;
    }
    // The assignment is collected when the lock has gone.
    world.done(&["unlock", PROJECT, &assigned.id]);
    for (n, login) in [&assigned.agent, &coded.agent, &bound].into_iter().enumerate() {
        assert!(login.directive().await.project.password.may_create, "{n}");
        login.begins(ANNA).await;
        assert_eq!(login.sets_password(&format!("a new password {n}")).await.status(), 204, "{n}");
    }
    assert_eq!(taken(&directory).join(""), "a new password 0a new password 1a new password 2");
}

/// H1: settings that would let anybody be anybody are a fault, with the reason.
async fn names_of_logins_and_new_passwords_cannot_be_had_together(on: Backend) {
    let directory = tempfile::tempdir().expect("a folder");
    let world = on.empty_world();
    let mut both = creating(&directory);
    both["directory_match"] = json!(true);
    let line = world.fails(&["project", "create", PROJECT, "--file", &world.file("both.json", &settings(both))]);
    assert!(line.contains("directory_match") && line.contains("anybody"), "{line}");
}

/// H2: whoever is taken out of the move keeps a token, and no way to a password.
async fn a_suspended_person_sets_no_password(on: Backend) {
    let directory = tempfile::tempdir().expect("a folder");
    let world = on.world_with(creating(&directory)).await;
    let agent = world.bound(ANNA).await;
    agent.begins(ANNA).await;
    world.done(&["suspend", PROJECT, ANNA]);
    assert_eq!(refused(agent.sets_password(NEW).await).await, "PWD-5");
    assert_eq!(taken(&directory), [""; 0]);
    world.done(&["resume", PROJECT, ANNA]);
    assert_eq!(agent.sets_password("a new password").await.status(), 204);
}

/// H2: a token that was copied once is of no use outside the set-up.
async fn a_token_sets_no_password_before_the_move_and_after_it(on: Backend) {
    let directory = tempfile::tempdir().expect("a folder");
    let world = on.world_with(creating(&directory)).await;
    let agent = world.bound(ANNA).await;
    let is_refused = async |when: &str| assert_eq!(refused(agent.sets_password(NEW).await).await, "PWD-6", "{when}");
    is_refused("nothing was ordered").await;
    agent.reports(&json!([event(1, "started", json!({})), event(0, "started", json!({}))])).await;
    is_refused("nothing was ordered, whatever the agent says").await;
    world.done(&["configure", PROJECT, ANNA]);
    let order = agent.directive().await.order;
    is_refused("nobody has begun").await;
    agent.reports(&json!([event(order, "started", json!({}))])).await;
    assert_eq!(agent.sets_password("a new password").await.status(), 204);
    agent.reports(&json!([event(order, "failed", json!({"code": "PWD-3"}))])).await;
    is_refused("it has ended").await;
    agent.reports(&json!([event(order, "started", json!({}))])).await;
    assert_eq!(agent.sets_password("another password").await.status(), 204, "tried again");
    agent.reports(&json!([completed(order)])).await;
    is_refused("it is done").await;
    agent.reports(&json!([event(order, "started", json!({}))])).await;
    is_refused("what is done is not begun again").await;
    world.done(&["undo", PROJECT, ANNA]);
    agent.directive().await;
    is_refused("it is being undone").await;
    assert_eq!(taken(&directory).join(""), "a new passwordanother password");
}

fn password_of(n: u32) -> String {
    format!("password number {n}")
}

/// H2: however often the token asks, and never in secret.
async fn a_token_sets_five_passwords_for_an_order_and_the_person_is_told(on: Backend) {
    let (directory, mails) = (tempfile::tempdir().expect("a folder"), Sink::new());
    let mut world: World = on.empty_world();
    let mut with: Value = mails.settings(creating(&directory));
    with["smtp"]["per_minute"] = json!(3);
    world.furnish(with);
    world.settings.passwords_by_device.burst = 100;
    world.start().await;
    let agent = world.bound("joerg@old.example").await;
    agent.begins("joerg@old.example").await;
    for n in 1..=5 {
        assert_eq!(agent.sets_password(&password_of(n)).await.status(), 204);
    }
    assert_eq!(refused(agent.sets_password(&password_of(6)).await).await, "PWD-6");
    assert_eq!(taken(&directory).join(""), (1..=5).map(password_of).collect::<String>());
    let mail = mails.mail();
    assert!(mail.field("To").contains("<joerg@old.example>"), "{}", mail.field("To"));
    let (text, html) = (mail.text(), mail.html());
    for said in ["Computer: desk", "joerg@new.example", "Europe/Berlin", "IT, it@old.example, +49 30 1234"] {
        assert!(text.contains(said) && html.contains(said), "{said}: {text}");
    }
    assert!(text.contains("Waren Sie es nicht") && !text.contains("password"), "{text}");
    // The others wait their turn, like every letter.
    for _ in 0..2 {
        mails.mail();
    }
    let waiting = world.done(&["mails", PROJECT, "--user", "joerg@old.example"]);
    assert_eq!(waiting.matches("password  queued, tries: 0").count(), 2, "{waiting}");
    // The next order is another beginning.
    agent.begins("joerg@old.example").await;
    assert_eq!(agent.sets_password("a new password").await.status(), 204);
}
