//! Doing something to many: a look at what will happen, then the outcome for each.

use mailshift::protocol::Action;
use reqwest::StatusCode;

use super::tables::project;
use crate::operators::browser::Browser;
use crate::server_support::{Backend, stories};

async fn nothing_happens_before_it_is_confirmed(backend: Backend) {
    let world = backend.world().await;
    let agent = world.bound("anna@old.example").await;
    let browser = Browser::administrator(&world).await;
    let users = format!("{}/users", project(&browser).await);
    let fields = [("action", "rehearse"), ("all", "1"), ("q", "anna")];
    let asked = browser.send(&users, &format!("{users}/actions"), &fields).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(
        asked.text.contains("One computer goes") && asked.text.contains("<li>anna@old.example</li>"),
        "{}",
        asked.text
    );
    assert_eq!(agent.directive().await.action, Action::Wait);

    let fields = [&fields[..], &[("expected", "1")]].concat();
    let done = browser.send(&users, &format!("{users}/actions/confirmed"), &fields).await;
    assert!(done.text.contains("1 of 1 done."), "{}", done.text);
    assert_eq!(agent.directive().await.action, Action::Rehearse);
}

async fn whoever_was_not_counted_is_left_alone(backend: Backend) {
    let world = backend.world().await;
    let agent = world.bound("anna@old.example").await;
    let browser = Browser::administrator(&world).await;
    let users = format!("{}/users", project(&browser).await);
    let fields = [("action", "configure"), ("all", "1"), ("expected", "1")];
    let asked = browser.send(&users, &format!("{users}/actions/confirmed"), &fields).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.text.contains("has changed"), "{}", asked.text);
    assert_eq!(agent.directive().await.action, Action::Wait);
}

async fn each_target_has_its_own_outcome(backend: Backend) {
    let world = backend.world().await;
    let agent = world.bound("anna@old.example").await;
    let browser = Browser::administrator(&world).await;
    let users = format!("{}/users", project(&browser).await);
    let fields = [("action", "configure"), ("all", "1"), ("expected", "2")];
    let done = browser.send(&users, &format!("{users}/actions/confirmed"), &fields).await;
    assert!(done.text.contains("1 of 2 done."), "{}", done.text);
    assert!(done.text.contains("The person has no computer yet."), "{}", done.text);
    assert_eq!(agent.directive().await.action, Action::Configure);
}

async fn a_wave_moves_when_it_is_told(backend: Backend) {
    let world = backend.world().await;
    let agent = world.bound("anna@old.example").await;
    let browser = Browser::administrator(&world).await;
    let project = project(&browser).await;
    let (users, waves) = (format!("{project}/users"), format!("{project}/waves"));
    assert_eq!(browser.send(&waves, &waves, &[("name", "Berlin")]).await.status, StatusCode::SEE_OTHER);
    let wave = browser
        .get(&users)
        .await
        .between("<select id=\"wave\" name=\"wave\"><option value=\"\">all</option><option value=\"", "\"");
    let wave = wave.expect("the wave");
    let fields = [("action", "wave"), ("all", "1"), ("q", "anna"), ("to", wave.as_str()), ("expected", "1")];
    let done = browser.send(&users, &format!("{users}/actions/confirmed"), &fields).await;
    assert!(done.text.contains("1 of 1 done."), "{}", done.text);
    let wrong =
        browser.send(&waves, &format!("{waves}/cutover"), &[("wave", &wave), ("when", "set"), ("at", "soon")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(agent.directive().await.action, Action::Wait);
    let now = browser.send(&waves, &format!("{waves}/cutover"), &[("wave", &wave), ("when", "now")]).await;
    assert!(now.status == StatusCode::OK && now.text.contains("1 person, 1 with a computer"), "{}", now.text);
    assert_eq!(agent.directive().await.action, Action::Wait, "it is not confirmed yet");
    let confirmed = [("wave", wave.as_str()), ("when", "now"), ("confirmed", "yes")];
    let now = browser.send(&waves, &format!("{waves}/cutover"), &confirmed).await;
    assert_eq!(now.status, StatusCode::SEE_OTHER, "{}", now.text);
    assert_eq!(agent.directive().await.action, Action::Configure);
}

async fn a_suspended_person_does_nothing_until_allowed_again(backend: Backend) {
    let world = backend.world().await;
    let agent = world.bound("anna@old.example").await;
    let browser = Browser::administrator(&world).await;
    let users = format!("{}/users", project(&browser).await);
    let act = async |action: &str| {
        let fields = [("action", action), ("all", "1"), ("q", "anna"), ("expected", "1")];
        browser.send(&users, &format!("{users}/actions/confirmed"), &fields).await.text
    };
    let state = async || {
        let page = browser.get(&users).await.text;
        page.contains("<div>suspended</div>")
    };
    assert!(act("allow").await.contains("Is not suspended: left as it is."));
    assert!(act("suspend").await.contains("1 of 1 done."));
    assert!(state().await);
    assert!(act("suspend").await.contains("Takes no part already: left as it is."));
    assert!(act("configure").await.contains("USU-9"));
    assert!(act("allow").await.contains("1 of 1 done."));
    assert!(!state().await);
    assert!(act("configure").await.contains("1 of 1 done."));
    assert_eq!(agent.directive().await.action, Action::Configure);
}

async fn a_computer_is_assigned_as_a_whole_or_by_login(backend: Backend) {
    let world = backend.world().await;
    let _agent = world.bound("anna@old.example").await;
    let browser = Browser::administrator(&world).await;
    let project = project(&browser).await;
    let devices = format!("{project}/devices");
    assert!(!browser.get(&format!("{project}/users")).await.text.contains("value=\"assign-device\""));
    for (action, told) in [
        ("assign", "Only such a login takes the user, once"),
        ("assign-device", "The first login that asks there takes the user, whoever it is"),
    ] {
        let fields = [("action", action), ("all", "1"), ("user", "joerg@old.example"), ("expected", "1")];
        let asked = browser.send(&devices, &format!("{devices}/actions"), &fields).await;
        assert!(asked.text.contains(told), "{told}: {}", asked.text);
        let done = browser.send(&devices, &format!("{devices}/actions/confirmed"), &fields).await;
        assert!(done.text.contains("1 of 1 done."), "{}", done.text);
    }
    let device = browser.get(&devices).await.between("<th scope=\"row\"><a href=\"", "\"").expect("a computer");
    let history = browser.get(&device).await.text;
    assert_eq!(history.matches("joerg@old.example was put in line for this computer.").count(), 2, "{history}");
}

async fn what_is_done_to_users_is_done_to_computers_too(backend: Backend) {
    let world = backend.world().await;
    let agent = world.bound("anna@old.example").await;
    let browser = Browser::administrator(&world).await;
    let devices = format!("{}/devices", project(&browser).await);
    let fields = [("action", "rehearse"), ("all", "1")];
    let asked = browser.send(&devices, &format!("{devices}/actions"), &fields).await;
    assert!(asked.text.contains("One computer goes"), "{}", asked.text);
    let fields = [&fields[..], &[("expected", "1")]].concat();
    let done = browser.send(&devices, &format!("{devices}/actions/confirmed"), &fields).await;
    assert!(done.text.contains("1 of 1 done."), "{}", done.text);
    assert_eq!(agent.directive().await.action, Action::Rehearse);
}

stories! {
    what_is_done_to_users_is_done_to_computers_too,
    nothing_happens_before_it_is_confirmed,
    whoever_was_not_counted_is_left_alone,
    each_target_has_its_own_outcome,
    a_wave_moves_when_it_is_told,
    a_suspended_person_does_nothing_until_allowed_again,
    a_computer_is_assigned_as_a_whole_or_by_login,
}
