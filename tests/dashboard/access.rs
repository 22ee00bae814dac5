//! What people get who use the dashboard by keyboard or by ear.

use serde_json::{Value, json};

use super::browser::Browser;
use super::server_support::{Backend, World};

const TAB: &str = "\u{e004}";

/// The pages of a project, and those over all projects.
const PAGES: [&str; 13] = [
    "/",
    "/codes",
    "/operators",
    "/audit",
    "/me",
    "{project}",
    "{project}/users",
    "{project}/devices",
    "{project}/waves",
    "{project}/settings",
    "{project}/import",
    "{project}/installing",
    "/nowhere",
];

/// Roles that a person can act on.
const CONTROLS: [&str; 8] =
    ["button", "link", "textbox", "searchbox", "combobox", "checkbox", "spinbutton", "DisclosureTriangle"];

async fn signed_in(world: &World) -> Browser {
    let browser = Browser::start().await;
    super::story::administrator(&browser, world).await;
    browser.says("Projects").await;
    browser
}

/// The address of the only project.
async fn project(browser: &Browser, world: &World) -> String {
    browser.open(&world.url).await;
    browser.press("Example").await;
    browser.says("Overview").await;
    browser.page.current_url().await.expect("an address").path().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: make test"]
async fn everything_that_can_be_acted_on_has_a_name_on_every_page() {
    let world = Backend::Sqlite.world().await;
    drop(world.bound("anna@old.example").await);
    let browser = signed_in(&world).await;
    let project = project(&browser, &world).await;
    browser.tools("Accessibility.enable", json!({})).await;
    for page in PAGES {
        browser.open(&format!("{}{}", world.url, page.replace("{project}", &project))).await;
        browser.says("Mailshift").await;
        let tree = browser.tools("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().expect("nodes");
        let text = |node: &Value, field: &str| node[field]["value"].as_str().unwrap_or_default().trim().to_owned();
        let controls: Vec<&Value> = nodes
            .iter()
            .filter(|node| node["ignored"] != true && CONTROLS.contains(&text(node, "role").as_str()))
            .collect();
        assert!(controls.len() >= 5, "{page}: {}", controls.len());
        for control in controls {
            assert!(!text(control, "name").is_empty(), "{page}: a {} without a name", text(control, "role"));
        }
        let headings = "return document.querySelectorAll('h1').length + ' ' + document.documentElement.lang";
        let headings = browser.page.execute(headings, Vec::new()).await.expect("text");
        assert_eq!(headings, "1 en", "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: make test"]
async fn the_keyboard_reaches_everything_and_is_seen_everywhere() {
    let world = Backend::Sqlite.world().await;
    let browser = signed_in(&world).await;
    let users = format!("{}{}/users", world.url, project(&browser, &world).await);
    browser.open(&users).await;
    browser.says("anna@old.example").await;
    let mut passed: Vec<String> = Vec::new();
    while !passed.last().is_some_and(|at| at.contains("Go on…")) {
        assert!(passed.len() < 60, "not reached: {passed:?}");
        browser.page.active_element().await.expect("an element").send_keys(TAB).await.expect("a key");
        passed.push(browser.focused().await);
        let ring = "const s = getComputedStyle(document.activeElement); return s.outlineStyle + ' ' + s.outlineWidth";
        let ring = browser.page.execute(ring, Vec::new()).await.expect("a style");
        let ring = ring.as_str().unwrap_or_default().to_owned();
        assert!(!ring.starts_with("none") && !ring.ends_with(" 0px"), "{}: {ring}", passed[passed.len() - 1]);
    }
    assert!(passed[0].contains("Skip to the content"), "{passed:?}");
    for reached in ["Users", "Sign out", "Select anna@old.example"] {
        assert!(passed.iter().any(|at| at.contains(reached)), "{reached}: {passed:?}");
    }
}
