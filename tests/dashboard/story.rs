//! From the first start of the server to a project in which everyone has moved.

use mailshift::code::AuthenticationCode;
use mailshift::protocol::{Action, path};
use reqwest::{Method, StatusCode};
use serde_json::json;

use super::browser::Browser;
use super::server_support::sink::Sink;
use super::server_support::{Agent, PROJECT, World, completed, event, eventually};

const PASSWORD: &str = "a few words in a row";
const BAD_ROWS: &str = "name;old address;new address;login\n\
    Anna Example;anna@old.example;anna@new.example;anna\n\
    ;nobody;nobody@new.example;nobody\n\
    Cem Örnek;cem@old.example;anna@new.example;cem\n";
const ROWS: &str = "name;old address;new address;login\n\
    Anna Example;anna@old.example;anna@new.example;anna\n\
    Ben Sample;ben@old.example;ben@new.example;ben\n\
    Cem Örnek;cem@old.example;cem@new.example;cem\n";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: make test"]
async fn from_the_first_start_to_a_finished_project() {
    let sink = Sink::new();
    let mut world = World::empty();
    world.start().await;
    let browser = Browser::start().await;
    let mut faults = Vec::new();

    browser.open(&format!("{}{}", world.url, world.first_link().await)).await;
    browser.says("You are the first one here").await;
    faults.extend(browser.pictures("welcome").await);
    administrator(&browser, &world).await;
    browser.says("There is no project yet.").await;
    faults.extend(browser.pictures("projects").await);
    browser.fill("Name", PROJECT).await;
    browser.press("Create project").await;
    browser.says("Next steps").await;
    faults.extend(browser.pictures("overview-new").await);

    browser.press("Enter the new mail servers").await;
    settings(&browser, &sink).await;
    faults.extend(browser.pictures("settings").await);
    faults.extend(people(&browser).await);
    faults.extend(invitations(&browser).await);
    let codes: Vec<AuthenticationCode> = (0..3).map(|_| sink.mail().code()).collect();

    // What the computers do shows by itself.
    browser.press("Devices").await;
    let mut agents = Vec::new();
    for code in &codes {
        agents.push(ready(&world, code).await);
        browser.says(&format!("1 to {0} of {0}", agents.len())).await;
    }
    browser.says("Ready, waiting").await;
    faults.extend(browser.pictures("devices").await);

    cutover(&browser).await;
    faults.extend(browser.pictures("cutover").await);
    let orders = orders(&agents).await;
    agents[0].reports(&json!([completed(orders[0])])).await;
    for (agent, order) in agents.iter().zip(&orders).skip(1) {
        agent.reports(&json!([event(*order, "failed", json!({"code": "CFG-2"}))])).await;
    }
    browser.press("Overview").await;
    browser.says("1 of 3 have moved. 2 people have a failure.").await;
    faults.extend(browser.pictures("overview-failures").await);

    retry(&browser).await;
    faults.extend(browser.pictures("outcome").await);
    for (agent, order) in agents.iter().zip(&orders).skip(1) {
        let again = agent.directive().await;
        assert_eq!(again.action, Action::Configure);
        assert!(again.order > *order, "a new order: {again:?}");
        agent.reports(&json!([completed(again.order)])).await;
    }
    browser.press("Overview").await;
    browser.says("All 3 people have moved.").await;
    faults.extend(browser.pictures("overview-finished").await);

    faults.extend(assignment(&browser, &world).await);
    undo(&browser, &agents[0]).await;
    faults.extend(browser.pictures("device").await);

    browser.press("Mails").await;
    browser.says("anna@old.example").await;
    faults.extend(browser.pictures("mails").await);
    browser.press("Codes").await;
    browser.says("CFG-2").await;
    faults.extend(browser.pictures("codes").await);
    browser.press("Operators").await;
    browser.says("olga").await;
    faults.extend(browser.pictures("operators").await);
    browser.press("Audit log").await;
    browser.says("olga").await;
    faults.extend(browser.pictures("audit").await);
    browser.press("olga").await;
    browser.says("Second step").await;
    faults.extend(browser.pictures("account").await);
    browser.press("Set up a second step").await;
    browser.says("Scan this picture with the app.").await;
    faults.extend(browser.pictures("second-step").await);
    browser.press("Sign out").await;
    browser.says("Password").await;
    faults.extend(browser.pictures("sign-in").await);
    assert_eq!(faults, Vec::<String>::new());
}

/// Follows the link that a first start prints.
pub async fn administrator(browser: &Browser, world: &World) {
    browser.open(&format!("{}{}", world.url, world.first_link().await)).await;
    browser.says("You are the first one here").await;
    browser.fill("Name", "olga").await;
    browser.fill("New password", PASSWORD).await;
    browser.fill("The same password again", PASSWORD).await;
    browser.press("Set password and sign in").await;
}

async fn settings(browser: &Browser, sink: &Sink) {
    browser.fill("Incoming: server", "imap.%EMAILDOMAIN%").await;
    browser.fill("Outgoing: server", "not a host").await;
    browser.press("Save settings").await;
    browser.says("One field cannot work. Nothing was saved.").await;
    browser.fill("Outgoing: server", "smtp.%EMAILDOMAIN%").await;
    browser.fill("Colour, as #RRGGBB", "#F2C14E").await;
    browser.fill("Help desk: name", "IT desk").await;
    browser.letter_says("IT desk").await;
    browser.fill("Server", "127.0.0.1").await;
    browser.fill("Port (empty: the usual one)", &sink.port.to_string()).await;
    browser.choose("Security", "–").await;
    browser.fill("Sender", "IT desk <it@old.example>").await;
    browser.press("Save settings").await;
    browser.says("Settings").await;
}

/// A file with wrong rows first, then the right one.
async fn people(browser: &Browser) -> Vec<String> {
    browser.press("Overview").await;
    browser.press("Bring in the people").await;
    browser.fill("Or paste the rows here", BAD_ROWS).await;
    browser.press("Look at it").await;
    browser.says("places are wrong. Nothing was imported.").await;
    browser.says("is not a mail address").await;
    let mut faults = browser.pictures("import-faults").await;
    browser.fill("Or paste the rows here", ROWS).await;
    browser.press("Look at it").await;
    browser.says("3 users are new.").await;
    faults.extend(browser.pictures("import-preview").await);
    browser.press("Import").await;
    browser.says("3").await;
    faults
}

async fn invitations(browser: &Browser) -> Vec<String> {
    browser.press("Users").await;
    browser.says("1 to 3 of 3").await;
    let mut faults = browser.pictures("users").await;
    for address in ["anna", "ben", "cem"] {
        browser.tick(&format!("Select {address}@old.example")).await;
    }
    faults.extend(act(browser, "Send invitation", "3 people get an invitation", Some("action")).await);
    browser.says("3 of 3 done.").await;
    faults
}

/// Chooses what to do to the selected, reads what will happen, and confirms it.
async fn act(browser: &Browser, action: &str, what: &str, picture: Option<&str>) -> Vec<String> {
    browser.choose("What to do", action).await;
    browser.press("Go on…").await;
    browser.says(what).await;
    let faults = match picture {
        Some(name) => browser.pictures(name).await,
        None => Vec::new(),
    };
    browser.press(action).await;
    faults
}

/// An agent whose person has entered the code.
async fn ready<'a>(world: &'a World, code: &AuthenticationCode) -> Agent<'a> {
    let answer = world.activate(code.reveal()).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let activation: mailshift::protocol::Activation = answer.json().await.expect("an activation");
    let agent = Agent { world, token: activation.token.reveal().to_owned() };
    let client = json!({"kind": "thunderbird", "version": "140.0", "findings": []});
    let inventory = agent.request(Method::PUT, path::INVENTORY).json(&json!({"clients": [client]}));
    assert_eq!(inventory.send().await.expect("an answer").status(), StatusCode::NO_CONTENT);
    agent.reports(&json!([event(0, "waiting", json!({}))])).await;
    agent
}

async fn cutover(browser: &Browser) {
    browser.press("Cutover").await;
    browser.press("Start at once").await;
    browser.press("Start now").await;
    browser.says("This cannot be called back").await;
    browser.press("Yes, do it").await;
    browser.says("all at once").await;
}

/// The orders with which the agents were told to begin.
async fn orders(agents: &[Agent<'_>]) -> Vec<u64> {
    let mut orders = Vec::new();
    for agent in agents {
        let directive = agent.directive().await;
        assert_eq!(directive.action, Action::Configure);
        orders.push(directive.order);
    }
    orders
}

/// All who failed, at once.
async fn retry(browser: &Browser) {
    browser.press("Devices").await;
    browser.choose("Stage", "Failed").await;
    browser.press("Show").await;
    browser.says("1 to 2 of 2").await;
    browser.says("CFG-2").await;
    browser.tick("All 2 that fit the filter, also on other pages").await;
    act(browser, "Try again", "Mailshift tries again for 2 entries", None).await;
    browser.says("2 of 2 done.").await;
}

/// A login of a shared computer becomes the user that was put in line for it, once.
async fn assignment(browser: &Browser, world: &World) -> Vec<String> {
    let login = world.login("reception", "desk").await;
    assert_eq!(login.user().await, "");
    browser.press("Devices").await;
    browser.fill("Search for a name, address, computer or report number", "reception").await;
    browser.press("Show").await;
    browser.says("1 to 1 of 1").await;
    browser.tick("All 1 that fit the filter, also on other pages").await;
    browser.choose("What to do", "Assign to a user").await;
    browser.press("Go on…").await;
    browser.fill("User’s address", "ben@old.example").await;
    let faults = browser.pictures("assign").await;
    browser.press("Assign to a user").await;
    browser.says("1 of 1 done.").await;
    assert_eq!(login.user().await, "ben@old.example");
    login.signs_out().await;
    assert_eq!(login.user().await, "", "the assignment was consumed");
    faults
}

async fn undo(browser: &Browser, agent: &Agent<'_>) {
    browser.press("Devices").await;
    browser.fill("Search for a name, address, computer or report number", "anna@").await;
    browser.press("Show").await;
    browser.says("1 to 1 of 1").await;
    browser.press("desk").await;
    browser.says("Proof that the new profile works").await;
    act(browser, "Go back to the old profile", "One person is asked to go back", None).await;
    browser.says("1 of 1 done.").await;
    let directive = agent.directive().await;
    assert_eq!(directive.action, Action::Undo);
    browser.press("Back to the table").await;
    browser.press("desk").await;
    agent.reports(&json!([event(directive.order, "undone", json!({}))])).await;
    eventually("the page tells of it by itself", async || {
        browser.words().await.contains("The old profile is the default again.")
    })
    .await;
}
