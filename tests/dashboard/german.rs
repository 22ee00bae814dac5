//! Every page in German, on every screen and on paper.

use std::path::Path;

use reqwest::StatusCode;

use super::browser::Browser;
use super::office::{NOTEBOOK, PEOPLE, furnished};
use super::screen::Screen;
use super::server_support::sink::{PUBLIC, Sink};
use super::server_support::{PROJECT, World};

/// Texts of the pages: files of `i18n`.
const TEXTS: [&str; 6] = ["account", "dashboard", "identity", "operator", "person", "problem"];
/// Shorter ones may be names, or words of both languages.
const LONG: usize = 12;
const BAD_ROWS: &str = "name;old address;new address;login;language\n\
    Anna;anna@old.example;anna@new.example;anna;fr\n\
    ;nobody;nobody@new.example;nobody;de\n\
    Cem Örnek;cem@old.example;anna@new.example;cem;de\n";

const PASSWORD: &str = "a few words in a row";

/// Walks from page to page.
struct Tour {
    browser: Browser,
    /// Texts in English that are otherwise in German, and ids of texts: none may be on a page.
    foreign: Vec<String>,
    faults: Vec<String>,
}

impl Tour {
    async fn see(&mut self, name: &str) {
        let said = self.browser.script(
            "return document.documentElement.lang + '\\n' + document.title + '\\n' + document.body.innerText + '\\n' \
             + [...document.querySelectorAll('body *')].flatMap(e => ['alt', 'title', 'placeholder', 'aria-label', \
             'data-label', 'label'].map(name => e.getAttribute(name))).filter(Boolean).join('\\n')",
        );
        let said = said.await.as_str().expect("text").to_owned();
        assert!(said.starts_with("de\n"), "{name}: {said}");
        let left = self.foreign.iter().filter(|text| said.contains(*text));
        self.faults.extend(left.map(|text| format!("{name}: not in German: {text}")));
        self.faults.extend(self.browser.pictures_on(&format!("de-{name}"), &Screen::ALL).await);
    }

    async fn visit(&mut self, url: &str, words: &str, name: &str) {
        self.browser.open(url).await;
        self.browser.says(words).await;
        self.see(name).await;
    }
}

impl Tour {
    async fn begin() -> Self {
        let browser = Browser::start().await;
        browser.prefer("de").await;
        Self { browser, foreign: foreign(), faults: Vec::new() }
    }

    /// As the first administrator.
    async fn signed_in(world: &World) -> Self {
        let mut tour = Self::begin().await;
        tour.browser.open(&format!("{}{}", world.url, world.first_link().await)).await;
        tour.signs_in().await;
        tour
    }

    async fn signs_in(&mut self) {
        self.browser.fill("Name", "olga").await;
        self.browser.fill("Neues Passwort", PASSWORD).await;
        self.browser.fill("Noch einmal dasselbe Passwort", PASSWORD).await;
        self.browser.press("Passwort setzen und anmelden").await;
        self.browser.says("Projekte").await;
    }

    /// The address of the project, which is open then.
    async fn project(&mut self, world: &World) -> String {
        self.browser.open(&world.url).await;
        self.browser.press(PROJECT).await;
        self.browser.says("Wo alle stehen").await;
        self.browser.page.current_url().await.expect("an address").to_string()
    }

    fn found_nothing(self) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: make test"]
async fn every_page_of_the_server_is_whole_and_german_on_every_screen_and_on_paper() {
    let sink = Sink::new();
    let (world, mut tour) = (furnished(&sink).await, Tour::begin().await);
    tour.visit(&format!("{}{}", world.url, world.first_link().await), "Passwort wählen", "welcome").await;
    tour.signs_in().await;
    for (page, words, name) in [
        ("/", "Neues Projekt", "projects"),
        ("/codes", "CFG-2", "codes"),
        ("/operators", "olga", "operators"),
        ("/audit", "Das Neueste zuerst", "audit"),
        ("/nowhere", "Diese Seite gibt es nicht", "nowhere"),
    ] {
        tour.visit(&format!("{}{page}", world.url), words, name).await;
    }
    tour.found_nothing();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: make test"]
async fn every_page_of_an_account_is_whole_and_german_on_every_screen_and_on_paper() {
    let sink = Sink::new();
    let world = furnished(&sink).await;
    let mut tour = Tour::signed_in(&world).await;
    account(&mut tour, &world).await;
    tour.found_nothing();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: make test"]
async fn every_page_of_a_project_is_whole_and_german_on_every_screen_and_on_paper() {
    let sink = Sink::new();
    let world = furnished(&sink).await;
    let mut tour = Tour::signed_in(&world).await;
    project(&mut tour, &world).await;
    tour.found_nothing();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: make test"]
async fn every_form_of_a_project_is_whole_and_german_on_every_screen_and_on_paper() {
    let sink = Sink::new();
    let world = furnished(&sink).await;
    let mut tour = Tour::signed_in(&world).await;
    forms(&mut tour, &world).await;
    tour.found_nothing();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: make test"]
async fn every_question_before_an_action_is_whole_and_german_on_every_screen_and_on_paper() {
    let sink = Sink::new();
    let world = furnished(&sink).await;
    let mut tour = Tour::signed_in(&world).await;
    actions(&mut tour, &world).await;
    tour.found_nothing();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: make test"]
async fn every_page_for_everyone_is_whole_and_german_on_every_screen_and_on_paper() {
    let sink = Sink::new();
    let (world, mut tour) = (furnished(&sink).await, Tour::begin().await);
    people(&mut tour, &world, &sink).await;
    tour.found_nothing();
}

async fn project(tour: &mut Tour, world: &World) {
    let url = tour.project(world).await;
    tour.browser.press("Dasselbe als Tabelle").await;
    tour.see("overview").await;
    for (page, words, name) in [
        ("users", "1 bis", "users"),
        ("devices", "1 bis", "devices"),
        ("waves", "Geschäftsstelle", "waves"),
        ("mails", "Einladung", "mails"),
        ("settings", "Neue Mailserver", "settings"),
        ("installing", "Aktivierungscode", "installing"),
        ("import", "CSV-Datei", "import"),
    ] {
        tour.visit(&format!("{url}/{page}"), words, name).await;
    }
}

async fn forms(tour: &mut Tour, world: &World) {
    let url = tour.project(world).await;
    tour.browser.open(&format!("{url}/import")).await;
    tour.browser.fill("Oder fügen Sie die Zeilen hier ein", BAD_ROWS).await;
    tour.browser.press("Ansehen").await;
    tour.browser.says("Stellen sind falsch").await;
    tour.see("import-faults").await;
    tour.browser.fill("Oder fügen Sie die Zeilen hier ein", PEOPLE).await;
    tour.browser.press("Ansehen").await;
    tour.browser.says("werden aktualisiert").await;
    tour.see("import-preview").await;

    tour.browser.open(&format!("{url}/settings")).await;
    tour.browser.fill("Maildomain oder eine Adresse", "anna@e.example").await;
    tour.browser.press("Server finden").await;
    tour.browser.says("Wo Mailshift überall nachgesehen hat").await;
    tour.see("discovery").await;
    tour.browser.fill("Postausgang: Server", "not a host").await;
    tour.browser.press("Einstellungen speichern").await;
    tour.browser.says("Ein Feld kann so nicht gehen").await;
    tour.see("settings-refused").await;
    tour.visit(&format!("{url}/delete"), "Was mitgeht", "deletion").await;
    tour.browser.fill("Um fortzufahren, schreiben Sie den Namen des Projekts", "another").await;
    tour.browser.press("Endgültig löschen").await;
    tour.browser.says("Nichts wurde gelöscht.").await;
    tour.see("deletion-wrong").await;
}

async fn actions(tour: &mut Tour, world: &World) {
    let url = tour.project(world).await;
    tour.browser.open(&format!("{url}/devices")).await;
    tour.browser.press(NOTEBOOK).await;
    tour.browser.says("Auf dem Computer").await;
    tour.see("device").await;
    tour.browser.press("Ansehen").await;
    tour.browser.says("Herunterladen").await;
    tour.see("report").await;
    for (action, name) in [("Aufschieben", "delay"), ("In eine Welle legen", "wave"), ("Aussetzen", "suspend")] {
        tour.browser.open(&format!("{url}/users")).await;
        tour.browser.tick("cem@old.example auswählen").await;
        tour.browser.choose("Was zu tun ist", action).await;
        tour.browser.press("Weiter …").await;
        tour.browser.says("Mit wem").await;
        tour.see(name).await;
    }
    tour.browser.press("Aussetzen").await;
    tour.browser.says("Ergebnis").await;
    tour.see("outcome").await;
}

async fn account(tour: &mut Tour, world: &World) {
    tour.visit(&format!("{}/me", world.url), "Token für Programme", "account").await;
    tour.browser.fill("Wofür es ist", "Bericht am Montag").await;
    tour.browser.prove("Token erstellen", PASSWORD).await;
    tour.browser.press("Token erstellen").await;
    tour.browser.says("Ihr neues Token").await;
    tour.see("token").await;
    tour.visit(&format!("{}/me", world.url), "Bericht am Montag", "account-token").await;
    tour.visit(&format!("{}/me/second-factor", world.url), "Scannen Sie", "second-step").await;
    tour.browser.open(&format!("{}/operators", world.url)).await;
    tour.browser.fill("Name", "otto").await;
    tour.browser.prove("Link erstellen", PASSWORD).await;
    tour.browser.press("Link erstellen").await;
    tour.browser.says("Einmal-Link").await;
    tour.see("operator-link").await;
    tour.browser.open(&format!("{}/operators", world.url)).await;
    tour.browser.press("otto").await;
    tour.browser.says("Diesen Zugang entfernen").await;
    tour.see("operator").await;
    tour.browser.press("Abmelden").await;
    tour.browser.says("Einmalcode").await;
    tour.browser.fill("Name", "olga").await;
    tour.browser.fill("Passwort", "not it").await;
    tour.browser.press("Anmelden").await;
    tour.browser.says("Passwort").await;
    tour.see("sign-in").await;
}

/// What is for everyone: the personal page and the link that confirms a login.
async fn people(tour: &mut Tour, world: &World, sink: &Sink) {
    world.done(&["invite", PROJECT, "--user", "hohenstein@old.example"]);
    tour.visit(&format!("{}{}", world.url, sink.mail().page()), "Ihr Postfach", "person").await;
    tour.browser.press("Meinen Code zeigen").await;
    tour.browser.says("Ihr Code:").await;
    tour.see("person-code").await;
    tour.visit(&format!("{}/p/nothing", world.url), "Dieser Link geht nicht", "person-gone").await;
    tour.visit(&format!("{}/download", world.url), "Welcher Computer?", "download-choice").await;
    tour.visit(&format!("{}/download/x", world.url), "Diesen Download gibt es nicht", "download-nothing").await;
    let login = world.login("empfang-erdgeschoss", "VERWALTUNG\\empfang").await;
    let registered = login.registers("hohenstein@old.example", "link").await;
    assert_eq!(registered.status(), StatusCode::ACCEPTED);
    let registered: serde_json::Value = registered.json().await.expect("JSON");
    let digits = registered["digits"].as_str().expect("digits");
    let mail = sink.mail().text();
    let link = mail.split(PUBLIC).find(|rest| rest.starts_with("/confirm/")).expect("a link");
    let link = format!("{}{}", world.url, link.split_whitespace().next().expect("a path"));
    tour.visit(&link, "empfang-erdgeschoss", "confirm").await;
    for (typed, said) in [("12", "Das sind nicht die Ziffern."), (digits, "Danke.")] {
        let field = tour.browser.page.find(fantoccini::Locator::Css("#digits")).await.expect("a field");
        field.send_keys(typed).await.expect("typed");
        let button = tour.browser.page.find(fantoccini::Locator::Css("button")).await.expect("a button");
        button.click().await.expect("a click");
        tour.browser.says(said).await;
        if typed == "12" {
            tour.see("confirm-wrong").await;
        }
    }
    tour.see("confirmed").await;
}

/// What stands in the English files and nowhere in the German ones, as far as it takes no arguments; and every id.
fn foreign() -> Vec<String> {
    let texts = |language: &str| -> Vec<(String, String)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("i18n").join(language);
        let files = TEXTS.map(|name| std::fs::read_to_string(folder.join(name).with_extension("ftl")).expect("a file"));
        let lines = files.iter().flat_map(|text| text.lines());
        lines.filter_map(|line| line.split_once(" = ")).map(|(id, text)| (id.to_owned(), text.to_owned())).collect()
    };
    let (english, german) = (texts("en"), texts("de"));
    assert!(english.len() > 300, "{}", english.len());
    let said = german.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n");
    let words = english.iter().map(|(_, text)| text.clone());
    let words = words.filter(|text| text.len() >= LONG && !text.contains('{') && !said.contains(text.as_str()));
    words.chain(english.iter().map(|(id, _)| id.clone()).filter(|id| id.contains('-'))).collect()
}
