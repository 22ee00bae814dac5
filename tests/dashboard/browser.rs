//! A real Chromium without a window, driven through `WebDriver` by what a person sees: labels, buttons, words.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::screen::Screen;

/// How long a page, or a word on it, is waited for.
pub const LIMIT: Duration = Duration::from_secs(20);
/// How often a driver is started until one has a port.
const DRIVERS: usize = 5;
/// Between two looks at a page.
const LOOK: Duration = Duration::from_millis(50);
/// As root, Chromium cannot have its sandbox; without the others it asks the world at every start.
const ARGUMENTS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
];

pub struct Browser {
    pub page: Client,
    driver: Child,
    /// Chromium's own process: it outlives a driver that is killed.
    chromium: Option<u64>,
    /// Open as long as the driver may write.
    _output: BufReader<ChildStdout>,
    _profile: TempDir,
}

impl Browser {
    pub async fn start() -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let (driver, output, port) = (0..DRIVERS).find_map(|_| driver()).expect("chromedriver listens somewhere");
        let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        arguments.push("--lang=en".into());
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".into(), json!({"args": arguments}));
        let page = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium starts");
        let chromium = page.capabilities().and_then(|it| it.get("goog:processID")).and_then(Value::as_u64);
        let browser = Self { page, driver, chromium, _output: output, _profile: profile };
        browser.show_as(Screen::Light).await;
        browser
    }

    pub async fn open(&self, url: &str) {
        self.page.goto(url).await.expect("a page");
    }

    /// Fills the field that carries this label.
    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        field.clear().await.expect("a field that can be written");
        field.send_keys(text).await.expect("a field that can be written");
    }

    /// Types the operator's password into the form with this button, which asks for it again.
    pub async fn prove(&self, button: &str, password: &str) {
        let button = quoted(button);
        let field = format!("//form[.//button[normalize-space() = {button}]]//input[@name = 'password']");
        self.seen(&field).await.send_keys(password).await.expect("a field that can be written");
    }

    pub async fn choose(&self, label: &str, option: &str) {
        self.field(label).await.select_by_label(option).await.expect("an option");
    }

    /// Ticks the box, or unticks it.
    pub async fn tick(&self, label: &str) {
        self.field(label).await.click().await.expect("a box");
    }

    pub async fn field(&self, label: &str) -> Element {
        let label = quoted(label);
        self.seen(&format!(
            "//*[@id = //label[normalize-space() = {label}]/@for] | //label[normalize-space() = {label}]//input \
             | //label[contains(normalize-space(), {label})]//*[self::input or self::select or self::textarea] \
             | //*[@aria-label = {label}]"
        ))
        .await
    }

    /// Presses the button, or follows the link, with these words.
    pub async fn press(&self, words: &str) {
        let words = quoted(words);
        let path = format!(
            "//button[normalize-space() = {words}] | //a[normalize-space() = {words}] \
             | //summary[normalize-space() = {words}]"
        );
        let start = Instant::now();
        // A live page may put another in its place in between.
        while let Err(error) = self.seen(&path).await.click().await {
            assert!(
                error.is_stale_element_reference() && start.elapsed() < LIMIT,
                "cannot be pressed: {path}: {error}"
            );
        }
    }

    /// Asks for pages in this language from now on.
    pub async fn prefer(&self, language: &str) {
        self.tools("Network.enable", json!({})).await;
        self.tools("Network.setExtraHTTPHeaders", json!({"headers": {"Accept-Language": language}})).await;
    }

    /// What a script returns.
    pub async fn script(&self, script: &str) -> Value {
        self.page.execute(script, Vec::new()).await.expect("a script that works")
    }

    /// The first element that an `XPath` finds and that is shown, as soon as there is one.
    pub async fn seen(&self, path: &str) -> Element {
        let start = Instant::now();
        loop {
            for element in self.page.find_all(Locator::XPath(path)).await.unwrap_or_default() {
                if element.is_displayed().await.unwrap_or(false) {
                    return element;
                }
            }
            assert!(start.elapsed() < LIMIT, "not on the page: {path}\n{}", self.words().await);
            tokio::time::sleep(LOOK).await;
        }
    }

    /// All words that the page shows.
    pub async fn words(&self) -> String {
        let script = "return document.body ? document.body.innerText : ''";
        let words = self.page.execute(script, Vec::new()).await.unwrap_or_default();
        words.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the page says this.
    pub async fn says(&self, words: &str) {
        let start = Instant::now();
        loop {
            let said = self.words().await;
            if said.contains(words) {
                return;
            }
            assert!(start.elapsed() < LIMIT, "the page does not say {words:?}:\n{said}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until the first letter that the page shows says this.
    pub async fn letter_says(&self, words: &str) {
        let start = Instant::now();
        loop {
            self.page.enter_frame(0).await.expect("a letter");
            let body = self.page.find(Locator::Css("body")).await;
            let said = match body {
                Ok(body) => body.text().await.unwrap_or_default(),
                Err(_) => String::new(),
            };
            self.page.enter_parent_frame().await.expect("the page");
            if said.contains(words) {
                return;
            }
            assert!(start.elapsed() < LIMIT, "the letter does not say {words:?}:\n{said}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The element that the keyboard is at: tag and words or name.
    pub async fn focused(&self) -> String {
        let script = "const e = document.activeElement; \
            return e.tagName + ' ' + (e.getAttribute('aria-label') || e.innerText || e.name || '').trim()";
        let focused = self.page.execute(script, Vec::new()).await.expect("an element");
        focused.as_str().unwrap_or_default().to_owned()
    }

    /// A command of the browser's developer tools, and its answer.
    pub async fn tools(&self, command: &str, parameters: Value) -> Value {
        let command = Tools(json!({"cmd": command, "params": parameters}));
        self.page.issue_cmd(command).await.expect("the developer tools answer")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(chromium) = self.chromium {
            let _ = Command::new("kill").arg(chromium.to_string()).status();
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// `ChromeDriver`'s own way to the developer tools.
#[derive(Debug)]
struct Tools(Value);

impl WebDriverCompatibleCommand for Tools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.0.to_string()))
    }
}

/// A driver on a free port. None when somebody else took the port in between: then the driver ends.
fn driver() -> Option<(Child, BufReader<ChildStdout>, u16)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromedriver is installed: make setup");
    let mut output = BufReader::new(driver.stdout.take().expect("piped"));
    let mut line = String::new();
    while output.read_line(&mut line).expect("the driver's words") > 0 {
        if let Some((_, rest)) = line.split_once("started successfully on port ") {
            return Some((driver, output, rest.trim().trim_end_matches('.').parse().expect("a port")));
        }
        line.clear();
    }
    driver.wait().expect("ended");
    None
}

/// A text as `XPath` 1.0 can say it: it knows no escapes.
fn quoted(text: &str) -> String {
    if text.contains('\'') { format!("\"{text}\"") } else { format!("'{text}'") }
}
