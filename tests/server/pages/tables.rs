//! The overview, the tables, a computer's history, and the export.

use reqwest::StatusCode;
use serde_json::json;

use crate::operators::browser::Browser;
use crate::server_support::{Backend, World, completed, event, stories};

/// The path of the only project.
pub async fn project(browser: &Browser<'_>) -> String {
    let page = browser.get("/").await;
    let id = page.between("href=\"/projects/", "\"").unwrap_or_else(|| panic!("no project: {}", page.text));
    format!("/projects/{id}")
}

async fn shown(browser: &Browser<'_>, path: &str) -> String {
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    page.text
}

async fn the_overview_says_how_far_everyone_is(backend: Backend) {
    let world = backend.world().await;
    let agent = world.bound("anna@old.example").await;
    agent.reports(&json!([event(0, "waiting", json!({})), completed(1)])).await;
    let browser = Browser::administrator(&world).await;
    let project = project(&browser).await;
    let page = shown(&browser, &project).await;
    assert!(page.contains("1 of 2 have moved. Nobody has a failure."), "{page}");
    assert!(page.contains("<svg") && page.contains("1 installed, 1 ready, 1 configured, 0 failed."), "{page}");
    assert!(page.contains("Send the invitations") && page.contains("Set the cutover"), "{page}");
}

async fn people_are_found_by_name_stage_and_mail_client(backend: Backend) {
    let world = backend.world().await;
    let agent = world.bound("anna@old.example").await;
    let inventory = json!({"clients": [{"kind": "thunderbird", "version": "140.1"}]});
    let put = agent.request(reqwest::Method::PUT, "/v1/inventory").json(&inventory).send().await.expect("an answer");
    assert_eq!(put.status(), StatusCode::NO_CONTENT);
    agent.reports(&json!([event(1, "failed", json!({"code": "CFG-2"}))])).await;
    let browser = Browser::administrator(&world).await;
    let project = project(&browser).await;
    for (query, anna, joerg) in [
        ("users", true, true),
        ("users?q=EXAMPLE", true, true),
        ("users?q=anna", true, false),
        ("users?q=%25", false, false),
        ("users?stage=failed", true, false),
        ("users?stage=imported", false, true),
        ("users?client=thunderbird", true, false),
        ("users?client=outlook", false, false),
        ("users?alert=absent", false, true),
        ("users?wave=none&sort=name&per=100&page=7", true, true),
        ("devices", true, false),
        ("devices?stage=failed&q=desk", true, false),
    ] {
        let page = shown(&browser, &format!("{project}/{query}")).await;
        let has = |address: &str| page.contains(&format!("<span class=\"address\">{address}"));
        assert_eq!((has("anna@old.example"), has("joerg@old.example")), (anna, joerg), "{query}");
    }
    let failed = shown(&browser, &format!("{project}/users?stage=failed")).await;
    assert!(failed.contains("href=\"/codes#CFG-2\""), "{failed}");
}

async fn a_long_table_comes_in_pages(backend: Backend) {
    let world = backend.world().await;
    let rows = (0..60).map(|i| format!("Person {i},p{i:02}@old.example,p{i:02}@new.example,\n")).collect::<String>();
    let file = world.file("crowd.csv", &format!("name,old address,new address,login\n{rows}"));
    world.done(&["users", "import", crate::server_support::PROJECT, &file]);
    let browser = Browser::administrator(&world).await;
    let project = project(&browser).await;
    let first = shown(&browser, &format!("{project}/users")).await;
    assert!(first.contains("1 to 50 of 62") && first.contains("p47@") && !first.contains("p59@"), "{first}");
    assert!(first.contains("rel=\"next\"") && !first.contains("rel=\"prev\""));
    let second = shown(&browser, &format!("{project}/users?page=2")).await;
    assert!(second.contains("51 to 62 of 62") && second.contains("p59@"), "{second}");
}

async fn a_computer_tells_its_history_and_its_proof(backend: Backend) {
    let world = backend.world().await;
    let agent = world.bound("anna@old.example").await;
    agent.reports(&json!([event(0, "waiting", json!({})), completed(1)])).await;
    let browser = Browser::administrator(&world).await;
    let project = project(&browser).await;
    let devices = browser.get(&format!("{project}/devices")).await;
    let login = devices.between("/devices/", "\"").expect("a computer");
    let login = if login == "actions" {
        devices.between("<th scope=\"row\"><a href=\"", "\"").expect("a link")
    } else {
        format!("{project}/devices/{login}")
    };
    let page = shown(&browser, &login).await;
    for said in [
        "Moved: Thunderbird 140, profile Example.",
        "signed in to the incoming server",
        "7 messages fetched",
        "The agent was activated here.",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert_eq!(browser.get(&format!("{project}/devices/{}", uuid::Uuid::nil())).await.status, StatusCode::NOT_FOUND);
}

async fn the_export_is_read_again_by_an_import(backend: Backend) {
    let world = backend.world().await;
    let browser = Browser::administrator(&world).await;
    let project = project(&browser).await;
    let file = shown(&browser, &format!("{project}/export.csv")).await;
    assert!(file.contains("Jörg Beispiel,joerg@old.example,joerg@new.example,joerg,de,active,,imported"), "{file}");
    let path = world.file("again.csv", &file);
    let said = world.done(&["users", "import", crate::server_support::PROJECT, &path]);
    assert!(said.contains("0 users added, 2 updated"), "{said}");
}

stories! {
    the_overview_says_how_far_everyone_is,
    people_are_found_by_name_stage_and_mail_client,
    a_long_table_comes_in_pages,
    a_computer_tells_its_history_and_its_proof,
    the_export_is_read_again_by_an_import,
}

#[tokio::test]
async fn every_page_of_a_project_needs_somebody_who_is_signed_in() {
    let world = World::new().await;
    let browser = Browser::administrator(&world).await;
    let project = project(&browser).await;
    let stranger = Browser::new(&world);
    let pages = ["", "/users", "/devices", "/waves", "/mails", "/settings", "/import", "/export.csv", "/live"];
    for page in pages.map(|page| format!("{project}{page}")).iter().map(String::as_str).chain(["/", "/codes"]) {
        assert!(
            browser.request(reqwest::Method::GET, page).send().await.expect("an answer").status().is_success(),
            "{page}"
        );
        let answer = stranger.get(page).await;
        assert!(!answer.status.is_success() && !answer.text.contains("anna@"), "{page}: {}", answer.status);
    }
}

#[tokio::test]
async fn every_code_has_its_place_in_the_catalogue() {
    let world = World::new().await;
    let browser = Browser::administrator(&world).await;
    let page = shown(&browser, "/codes").await;
    for code in mailshift::problem::ResponseCode::ALL {
        assert!(page.contains(&format!("id=\"{}\"", code.id())), "{}", code.id());
    }
}
