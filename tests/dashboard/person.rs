//! The personal page in a real browser: by keyboard, on every screen, without script.

use serde_json::{Value, json};

use super::browser::Browser;
use super::server_support::sink::Sink;
use super::server_support::{Backend, PROJECT};

/// Keys as the W3C standard for browser drivers writes them (section "Keyboard actions").
const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: make test"]
async fn the_code_is_reached_by_keyboard_and_everything_fits_every_screen() {
    let sink = Sink::new();
    let brand = json!({"brand": {"colour": "#F2C14E"}, "cutover": "2035-11-21T18:00[Europe/Berlin]"});
    let world = Backend::Sqlite.world_with(sink.settings(brand)).await;
    world.done(&["invite", PROJECT, "--user", "anna@old.example"]);
    let mail = sink.mail();
    let browser = Browser::start().await;
    browser.open(&format!("{}{}", world.url, mail.page())).await;
    browser.says("Your mail moves on Wednesday, 21 November 2035 at 18:00 (Europe/Berlin).").await;
    let mut faults = browser.pictures("person").await;
    let scripts = browser.page.execute("return document.scripts.length", Vec::new()).await.expect("a number");
    assert_eq!(scripts, 0);

    let mut passed = Vec::new();
    while !passed.last().is_some_and(|at: &String| at.contains("Show my code")) {
        assert!(passed.len() < 10, "not reached: {passed:?}");
        browser.page.active_element().await.expect("an element").send_keys(TAB).await.expect("a key");
        passed.push(browser.focused().await);
    }
    assert!(passed[0].contains("Download for Linux"), "this computer's own comes first: {passed:?}");
    browser.page.active_element().await.expect("the button").send_keys(ENTER).await.expect("a key");
    browser.says(&mail.code().grouped()).await;
    let at = browser.page.current_url().await.expect("an address");
    assert_eq!(at.fragment(), Some("code"), "the code is in view");
    faults.extend(browser.pictures("person-code").await);

    browser.open(&format!("{}/p/nothing", world.url)).await;
    browser.says("This link does not work").await;
    faults.extend(browser.pictures("person-gone").await);
    assert_eq!(faults, Vec::<String>::new());
}

/// The page behind the link in a registration's mail: three digits are typed, wrong ones are told beside their field.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: make test"]
async fn the_digits_are_typed_by_keyboard_and_a_slip_is_told_beside_them() {
    let sink = Sink::new();
    let world = Backend::Sqlite.world_with(sink.settings(json!({"brand": {"colour": "#F2C14E"}}))).await;
    let login = world.login("ANNA-LAPTOP", "anna").await;
    let registered: Value = login.registers("anna@old.example", "link").await.json().await.expect("JSON");
    let digits = registered["digits"].as_str().expect("digits").to_owned();
    let text = sink.mail().text();
    let at = text.split_once("/confirm/").expect("a link").1.split_whitespace().next().expect("a token");
    let browser = Browser::start().await;
    browser.open(&format!("{}/confirm/{at}", world.url)).await;
    browser.says("Is this your computer?").await;
    browser.says("ANNA-LAPTOP").await;
    let mut faults = browser.pictures("confirm").await;

    browser.page.active_element().await.expect("an element").send_keys(TAB).await.expect("a key");
    let wrong = if digits == "111" { "222" } else { "111" };
    let field = browser.page.active_element().await.expect("the field");
    field.send_keys(&format!("{wrong}{ENTER}")).await.expect("typed");
    browser.says("2 more tries").await;
    assert_eq!(browser.focused().await, "INPUT digits", "where it is mended");
    faults.extend(browser.pictures("confirm-wrong").await);

    let field = browser.page.active_element().await.expect("the field");
    field.send_keys(&format!("{digits}{ENTER}")).await.expect("typed");
    browser.says("Mailshift on ANNA-LAPTOP knows you now.").await;
    faults.extend(browser.pictures("confirm-done").await);
    assert_eq!(login.user().await, "anna@old.example");
    assert_eq!(faults, Vec::<String>::new());
}
