//! Installers in a real browser: what a person downloads, and what an operator copies.

use std::path::Path;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::browser::Browser;
use super::server_support::sink::Sink;
use super::server_support::{Backend, PROJECT, World, eventually};

/// A server that hands out these files.
async fn world(sink: &Sink, files: &[(&str, &[u8])]) -> World {
    let mut world = Backend::Sqlite.empty_world();
    world.furnish(sink.settings(json!({"downloads": {}})));
    let folder = world.folder.path().join("installers");
    std::fs::create_dir(&folder).expect("a folder");
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).expect("written");
    }
    world.settings.installers = Some(folder);
    world.start().await;
    world
}

fn code(world: &World) -> String {
    let shown = world.done(&["project", "show", PROJECT]);
    shown.lines().find_map(|line| line.strip_prefix("activate  ")).expect("a code").to_owned()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Everything in a folder: names and sums.
fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = folder.read_dir().expect("a folder").map(|entry| entry.expect("an entry"));
    let file = |entry: std::fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        // One that is renamed at this moment is looked at the next time.
        (name, std::fs::read(entry.path()).map(|bytes| sha256(&bytes)).unwrap_or_default())
    };
    entries.map(file).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: make test"]
async fn what_a_person_downloads_has_the_code_in_its_name() {
    let sink = Sink::new();
    let package: Vec<u8> = (0..3_000_000_u32).flat_map(u32::to_be_bytes).collect();
    let world =
        world(&sink, &[("mailshift.deb", &package), ("mailshift.msi", b"msi"), ("mailshift.dmg", b"dmg")]).await;
    world.done(&["invite", PROJECT, "--queue", "--user", "anna@old.example"]);
    let browser = Browser::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let behaviour = json!({"behavior": "allow", "downloadPath": folder.path()});
    browser.tools("Browser.setDownloadBehavior", behaviour).await;
    browser.open(&format!("{}{}", world.url, sink.mail().page())).await;
    let mut faults = browser.pictures("person-installers").await;
    browser.press("Download for Linux").await;
    let expected = vec![(format!("mailshift_{}_m.example.deb", code(&world)), sha256(&package))];
    eventually("the file is there", async || files(folder.path()) == expected).await;
    // On the same page, with the sum to compare.
    browser.press("Check the file").await;
    browser.says(&sha256(&package)).await;

    browser.open(&format!("{}/download?type=exe", world.url)).await;
    browser.says("There is no such download").await;
    faults.extend(browser.pictures("download-nothing").await);
    let phone = json!({"userAgent": "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/142.0 Mobile"});
    browser.tools("Emulation.setUserAgentOverride", phone).await;
    browser.open(&format!("{}/download?code={}", world.url, code(&world))).await;
    browser.says("Which computer?").await;
    faults.extend(browser.pictures("download-choice").await);
    assert_eq!(faults, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: make test"]
async fn an_operator_copies_code_address_and_command() {
    let sink = Sink::new();
    let world = world(&sink, &[("mailshift.msi", b"msi"), ("mailshift.deb", b"deb"), ("mailshift", b"program")]).await;
    let browser = Browser::start().await;
    super::story::administrator(&browser, &world).await;
    browser.says("Projects").await;
    browser.press(PROJECT).await;
    browser.press("Install on many computers").await;
    let code = code(&world);
    browser.says(&format!("msiexec /i mailshift_{code}_m.example.msi /qn ACTIVATION={code}")).await;
    let faults = browser.pictures("installing").await;
    let leave = json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]});
    browser.tools("Browser.grantPermissions", leave).await;
    for (what, copied) in [
        ("Activation code".to_owned(), code.clone()),
        (
            format!("https://m.example/download/mailshift_{code}_m.example.deb"),
            format!("https://m.example/download/mailshift_{code}_m.example.deb"),
        ),
        (
            "By command on Windows".to_owned(),
            format!("msiexec /i mailshift_{code}_m.example.msi /qn ACTIVATION={code}"),
        ),
    ] {
        browser.field(&format!("Copy: {what}")).await.click().await.expect("a button");
        eventually("it is copied", async || {
            let clipboard = browser.page.execute("return navigator.clipboard.readText()", Vec::new()).await;
            clipboard.is_ok_and(|text| text == copied.as_str())
        })
        .await;
    }
    assert_eq!(faults, Vec::<String>::new());
}
