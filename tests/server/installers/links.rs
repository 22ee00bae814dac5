//! Where the links to installers are: on the personal page, in letters, for operators, and the one for every system.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::shelf::{Shelf, sha256};
use crate::client::Client;
use crate::operators::browser::Browser;
use crate::server_support::sink::Sink;
use crate::server_support::{Backend, PROJECT, stories};

const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0";
const PHONE: &str = "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/142.0 Mobile";

stories! {
    one_link_leads_to_the_right_installer_for_everyone,
    page_and_letter_hold_links_with_the_code,
    the_projects_own_addresses_come_first,
    operators_see_what_is_handed_out,
}

async fn one_link_leads_to_the_right_installer_for_everyone(on: Backend) {
    let shelf = Shelf::new(on).await;
    shelf.put("mailshift.msi", b"msi");
    shelf.put("mailshift.exe", b"exe");
    shelf.put("mailshift.rpm", b"rpm");
    let code = shelf.code.clone();
    let led = async |query: &str, agent: &str| {
        let answer = shelf.ask(Method::GET, &format!("/download?{query}"), &[("User-Agent", agent)]).await;
        (answer.status, answer.header("location").to_owned())
    };
    let there = |name: &str| (StatusCode::TEMPORARY_REDIRECT, format!("/download/{name}"));
    let nowhere = (StatusCode::NOT_FOUND, String::new());
    let choice = (StatusCode::OK, String::new());
    for (query, agent, expected) in [
        (format!("system=windows&type=msi&code={code}"), "", there(&shelf.name(".msi"))),
        (format!("system=windows&type=EXE&code={}", code.to_lowercase()), "", there(&shelf.name(".exe"))),
        (format!("system=windows&code={code}"), PHONE, there(&shelf.name(".msi"))),
        (format!("type=rpm&code={code}"), "", there(&shelf.name(".rpm"))),
        (format!("code={code}"), WINDOWS, there(&shelf.name(".msi"))),
        ("system=windows".to_owned(), "", there("mailshift.msi")),
        (format!("code={code}"), PHONE, choice.clone()),
        (String::new(), "curl/8", choice),
        (format!("system=windows&type=rpm&code={code}"), "", nowhere.clone()),
        (format!("system=macos&code={code}"), "", nowhere.clone()),
        (format!("system=amiga&code={code}"), "", nowhere.clone()),
        ("system=windows&code=ABC".to_owned(), "", nowhere.clone()),
        ("system=a&system=b".to_owned(), "", nowhere),
    ] {
        assert_eq!(led(&query, agent).await, expected, "{query} {agent}");
    }
    let page = shelf.ask(Method::GET, &format!("/download?code={code}"), &[("User-Agent", PHONE)]).await.text();
    for said in [&shelf.name(".msi"), &shelf.name(".rpm"), &sha256(b"rpm"), "runs on the computer where you read"] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

async fn page_and_letter_hold_links_with_the_code(on: Backend) {
    let sink = Sink::new();
    let shelf = Shelf::with(on, sink.settings(json!({"downloads": {}})), |_| {}).await;
    shelf.put("mailshift.msi", b"first");
    shelf.world.done(&["invite", PROJECT, "--queue", "--user", "anna@old.example"]);
    let mail = sink.mail();
    let link = format!("https://m.example/download?code={}", shelf.code);
    assert!(mail.text().contains(&link) && mail.html().contains(&link), "{}", mail.text());
    let folder = shelf.folder();
    for command in ["letter", "invite"] {
        let arguments: &[&str] = match command {
            "letter" => &["letter", PROJECT, "joerg@old.example", "--installers", &folder],
            _ => &["--installers", &folder, "invite", PROJECT, "--user", "joerg@old.example"],
        };
        let said = shelf.world.done(arguments);
        let letter = if command == "letter" { said } else { sink.mail().text() };
        assert!(letter.contains(&link), "{letter}");
    }
    let without = shelf.world.done(&["letter", PROJECT, "anna@old.example"]);
    assert!(!without.contains("/download"), "{without}");

    let page = shelf.ask(Method::GET, &mail.page(), &[("User-Agent", WINDOWS)]).await.text();
    assert!(page.contains(&format!("href=\"/download/{}\"", shelf.name(".msi"))), "{page}");
    assert!(page.contains(&sha256(b"first")) && page.contains("Download for Windows"), "{page}");
    shelf.put("mailshift.msi", b"second");
    let page = shelf.get(&mail.page()).await.text();
    assert!(page.contains(&sha256(b"second")) && !page.contains(&sha256(b"first")), "the latest: {page}");
}

async fn the_projects_own_addresses_come_first(on: Backend) {
    let sink = Sink::new();
    let own = json!({"windows": {"url": "https://get.example/mailshift.msi"}});
    let shelf = Shelf::with(on, sink.settings(json!({"downloads": own})), |_| {}).await;
    shelf.put("mailshift.msi", b"msi");
    shelf.put("mailshift.dmg", b"dmg");
    shelf.world.done(&["invite", PROJECT, "--queue", "--user", "anna@old.example"]);
    let mail = sink.mail();
    assert!(!mail.text().contains("/download"), "one way for everyone: {}", mail.text());
    let page = shelf.get(&mail.page()).await.text();
    assert!(page.contains("https://get.example/mailshift.msi") && page.contains(&shelf.name(".dmg")), "{page}");
    assert!(!page.contains(&shelf.name(".msi")), "{page}");
}

async fn operators_see_what_is_handed_out(on: Backend) {
    let shelf = Shelf::new(on).await;
    let browser = Browser::administrator(&shelf.world).await;
    let project = browser.get("/").await.between("href=\"/projects/", "\"").expect("a project");
    let page = format!("/projects/{project}/installing");
    let empty = browser.get(&page).await.text;
    assert!(empty.contains(&shelf.code) && empty.contains("folder with the installers is empty"), "{empty}");
    assert!(!empty.contains("msiexec"), "{empty}");

    shelf.put("mailshift.msi", b"msi");
    shelf.put("mailshift.deb", b"deb");
    let url = format!("https://m.example/download/{}", shelf.name(".msi"));
    let full = browser.get(&page).await.text;
    let command = format!("msiexec /i {} /qn ACTIVATION={}", shelf.name(".msi"), shelf.code);
    for said in [&url, &command, &sha256(b"deb"), &shelf.name(".deb")] {
        assert!(full.contains(said), "{said}: {full}");
    }
    let shown = shelf.world.done(&["project", "show", PROJECT, "--installers", &shelf.folder()]);
    assert!(shown.contains(&format!("install   {url}  sha256 {}", sha256(b"msi"))), "{shown}");
    let gone = shelf.world.fails(&["project", "show", PROJECT, "--installers", "/nowhere"]);
    assert!(gone.contains("/nowhere is no folder"), "{gone}");

    let client = Client::new(&shelf.world, "operator").await;
    let listed = client.get(&format!("/api/projects/{project}/installers")).await;
    let deb = format!("https://m.example/download/{}", shelf.name(".deb"));
    let expected = json!([
        {"system": "windows", "type": "msi", "url": url, "size": 3, "sha256": sha256(b"msi")},
        {"system": "linux", "type": "deb", "url": deb, "size": 3, "sha256": sha256(b"deb")},
    ]);
    assert_eq!(listed, expected);
}
