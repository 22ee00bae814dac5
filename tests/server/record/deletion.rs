//! Deleting people and projects: what goes is told first, nothing of it is left, and the record says that it happened.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::faults::Record;
use crate::client::Client;
use crate::operators::browser::Browser;
use crate::server_support::{Agent, Backend, PROJECT, World, completed, event, problem, stories};

stories!(
    of_a_person_who_is_deleted_nothing_is_left_but_the_record,
    a_computer_of_the_organisation_stays_when_its_person_is_deleted,
    a_project_goes_with_everything_and_its_agents_forget_it,
    a_project_is_deleted_only_by_its_name_and_by_an_administrator,
    the_command_line_shows_what_would_go_before_anything_does,
);

const ANNA: &str = "anna@old.example";

async fn forgets(agent: &Agent<'_>) {
    let answer = agent.request(Method::GET, "/v1/directive").send().await.expect("an answer");
    assert_eq!(problem(answer).await["code"], "ACT-8");
}

/// What the database still says of these.
async fn traces(world: &World, on: Backend, of: &[&str]) -> Vec<String> {
    let contents = Record::of(world, on).await.contents().await;
    // Whoever waits for a signal is told by its id, also when the project is gone.
    let contents = contents.iter().filter(|(table, _)| *table != "ring");
    let rows = contents.flat_map(|(table, rows)| rows.iter().map(move |row| format!("{table}: {row}")));
    rows.filter(|row| of.iter().any(|trace| row.contains(trace))).collect()
}

/// Anna with everything that can be known of somebody.
async fn busy(world: &World) -> (Agent<'_>, Client<'_>, String) {
    let agent = world.bound(ANNA).await;
    let inventory = json!({"clients": [{"kind": "thunderbird", "version": "140.1"}]});
    agent.request(Method::PUT, "/v1/inventory").json(&inventory).send().await.expect("an answer");
    agent.reports(&json!([event(0, "waiting", json!({})), completed(1)])).await;
    let client = Client::new(world, "administrator").await;
    let project = client.project().await;
    let anna = client.get(&format!("{project}/users?q=anna")).await["items"][0]["id"].clone();
    let device = client.get(&format!("{project}/devices")).await["items"][0]["id"].clone();
    for action in ["rehearse", "configure", "new_code"] {
        client
            .post(&format!("{project}/actions"), &json!({"action": action, "devices": [device]}), StatusCode::OK)
            .await;
    }
    for action in ["assign", "assign_device", "lock"] {
        let body = json!({"action": action, "devices": [device], "user": anna});
        client.post(&format!("{project}/actions"), &body, StatusCode::OK).await;
    }
    client.send(Method::PUT, &format!("{project}/lock"), &json!({"user": anna})).await;
    let wave = client.post(&format!("{project}/waves"), &json!({"name": "Berlin"}), StatusCode::CREATED).await;
    let wave = wave["id"].as_str().expect("an id");
    client.put(&format!("{project}/waves/{wave}/users"), &json!({"users": [anna]})).await;
    (agent, client, anna.as_str().expect("an id").to_owned())
}

async fn with_mail(on: Backend) -> World {
    on.world_with(json!({"smtp": {"host": "127.0.0.1", "port": 9, "security": "none", "from": "it@old.example"}})).await
}

async fn of_a_person_who_is_deleted_nothing_is_left_but_the_record(on: Backend) {
    let world = with_mail(on).await;
    let (agent, client, anna) = busy(&world).await;
    let joerg = world.bound("joerg@old.example").await;
    let project = client.project().await;
    let path = format!("{project}/users/{anna}");
    let device = client.get(&format!("{project}/devices?q=anna")).await["items"][0]["id"].clone();
    let told: Value =
        client.send(Method::DELETE, &format!("{path}?preview=true"), &json!({})).await.json().await.expect("JSON");
    assert_eq!(
        (&told["users"], &told["devices"], &told["waiting"], &told["mails"]),
        (&json!(1), &json!(1), &json!(0), &json!(1))
    );
    assert!(told["codes"].as_i64() >= Some(1) && told["events"] == 2, "{told}");
    assert_eq!(client.get(&path).await["id"], anna.as_str(), "a preview deletes nothing");

    let viewer = Client::new(&world, "viewer").await;
    viewer.refused(Method::DELETE, &path, &json!({}), StatusCode::FORBIDDEN).await;
    let operator = Client::new(&world, "operator").await;
    let done = operator.send(Method::DELETE, &path, &json!({})).await;
    assert_eq!(done.status(), StatusCode::OK);
    forgets(&agent).await;
    joerg.directive().await;
    client.refused(Method::DELETE, &path, &json!({}), StatusCode::NOT_FOUND).await;
    let traces = traces(&world, on, &[&anna, ANNA, device.as_str().expect("an id")]).await;
    assert!(traces.is_empty(), "{traces:#?}");
    let entries = client.get("/api/audit?limit=1").await;
    assert_eq!((&entries[0]["action"], &entries[0]["subject"]), (&json!("user.delete"), &json!(ANNA)));
    assert!(entries[0]["detail"].as_str().expect("text").starts_with("1 users, 1 devices"), "{entries}");
}

async fn a_computer_of_the_organisation_stays_when_its_person_is_deleted(on: Backend) {
    let world = on.world_with(json!({"directory_match": true})).await;
    let shown = world.done(&["project", "show", PROJECT]);
    let code = shown.lines().find_map(|line| line.strip_prefix("activate")).expect("a code").trim().to_owned();
    let response = world.activate(&code).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let token = response.json::<Value>().await.expect("JSON")["token"].as_str().expect("a token").to_owned();
    let agent = Agent { world: &world, token };
    agent.directive().await;
    let devices = || serde_json::from_str::<Value>(&world.done(&["devices", PROJECT, "--json"])).expect("JSON");
    assert_eq!(devices()[0]["user"], ANNA, "by the directory match");
    world.done(&["users", "delete", PROJECT, ANNA, "--yes"]);
    agent.directive().await;
    assert_eq!(devices()[0]["user"], Value::Null);
    // Whoever gets the login next is found as ever.
    let again = "name,old address,new address,login\nAnna B,annab@old.example,annab@new.example,anna\n";
    world.done(&["users", "import", PROJECT, &world.file("again.csv", again)]);
    agent.directive().await;
    assert_eq!(devices()[0]["user"], "annab@old.example");
}

async fn a_project_goes_with_everything_and_its_agents_forget_it(on: Backend) {
    let world = with_mail(on).await;
    let (agent, client, anna) = busy(&world).await;
    let project = client.project().await;
    let id = project.rsplit('/').next().expect("an id");
    let (_, tag) = agent.tagged().await;
    let held = tokio::spawn(agent.held(&tag).send());
    client.post("/api/projects", &json!({"name": "Second"}), StatusCode::CREATED).await;
    let done = client.send(Method::DELETE, &format!("{project}?name={PROJECT}"), &json!({})).await;
    let told: Value = done.json().await.expect("JSON");
    assert_eq!((&told["users"], &told["devices"]), (&json!(2), &json!(1)), "{told}");
    let answer = held.await.expect("no panic").expect("an answer");
    assert_eq!(problem(answer).await["code"], "ACT-8", "who waits learns it at once");
    forgets(&agent).await;
    let traces = traces(&world, on, &[id, &anna, ANNA]).await;
    assert!(traces.is_empty(), "{traces:#?}");
    let left = client.get("/api/projects").await;
    assert_eq!((left["items"].as_array().map(Vec::len), &left["items"][0]["name"]), (Some(1), &json!("Second")));
    let entries = client.get(&format!("/api/audit?project={id}")).await;
    let entries = entries.as_array().expect("entries");
    assert_eq!(entries[0]["action"], "project.delete");
    assert!(entries.len() > 5 && entries.iter().all(|entry| entry["project"] == PROJECT), "{entries:?}");
}

async fn a_project_is_deleted_only_by_its_name_and_by_an_administrator(on: Backend) {
    let world = on.world().await;
    world.bound(ANNA).await;
    let administrator = Browser::administrator(&world).await;
    let client = Client::new(&world, "administrator").await;
    let path = client.project().await;
    for query in ["", "?name=example", "?preview=true"] {
        let status = client.send(Method::DELETE, &format!("{path}{query}"), &json!({})).await.status();
        assert_eq!(status, if query.contains("preview") { StatusCode::OK } else { StatusCode::BAD_REQUEST }, "{query}");
    }
    let operator = Client::new(&world, "operator").await;
    let named = format!("{path}?name={PROJECT}");
    operator.refused(Method::DELETE, &named, &json!({}), StatusCode::FORBIDDEN).await;

    let project = path.strip_prefix("/api").expect("a path of the API");
    let page = format!("{project}/delete");
    assert!(administrator.get(&format!("{project}/settings")).await.text.contains(&page));
    let shown = administrator.get(&page).await.text;
    for said in ["<li>2 people</li>", "<li>One computer that forgets", "has not moved yet", "/export.csv"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let wrong = administrator.send(&page, &page, &[("name", "example")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Nothing was deleted."), "{}", wrong.text);
    let other = Browser::invited(&administrator, "Bob", "operator").await;
    assert!(!other.get(&format!("{project}/settings")).await.text.contains(&page));
    assert_eq!(other.get(&page).await.status, StatusCode::FORBIDDEN);
    assert_eq!(other.send("/me", &page, &[("name", PROJECT)]).await.status, StatusCode::FORBIDDEN);
    let done = administrator.send(&page, &page, &[("name", PROJECT)]).await;
    assert_eq!((done.status, done.to()), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(administrator.get(project).await.status, StatusCode::NOT_FOUND);
    assert!(administrator.get("/audit").await.text.contains("project.delete"));
}

async fn the_command_line_shows_what_would_go_before_anything_does(on: Backend) {
    let world = on.world().await;
    world.bound(ANNA).await;
    for arguments in [&["users", "delete", PROJECT, ANNA][..], &["project", "delete", PROJECT]] {
        let output = world.cli(arguments);
        let said = String::from_utf8(output.stdout).expect("text");
        assert!(said.contains("1 devices") && said.contains("1 codes"), "{said}");
        assert!(String::from_utf8(output.stderr).expect("text").contains("--yes"));
        assert_eq!(output.status.code(), Some(1));
        world.status(ANNA);
    }
    let said = world.done(&["project", "delete", PROJECT, "--yes"]);
    assert!(said.contains("1 devices have not moved yet") && said.contains("deleted"), "{said}");
    assert!(world.fails(&["status", PROJECT]).contains("there is no project"));
}
