//! A real server on a free port with a database of its own, and the operator's command line beside it.
#![allow(dead_code, unused_imports, unused_macros)] // each test program uses a part of it

#[cfg(unix)]
pub mod postgres;
mod process;
pub mod sink;
#[cfg(unix)]
pub mod text;
#[cfg(unix)]
pub mod way;

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use mailshift::protocol::{Activation, Directive, path};
use mailshift::server::{self, Db, Settings};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use process::Process;

/// How long a test waits for what has to happen.
pub const LIMIT: Duration = Duration::from_secs(20);
pub const PROJECT: &str = "Example";

/// On which database a story is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// Makes two tests of each story, one on each database. A story is an `async fn(Backend)`.
macro_rules! stories {
    ($($story:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                super::$story($crate::server_support::Backend::Sqlite).await;
            })+
        }
        #[cfg(unix)]
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs PostgreSQL: make test"]
            async fn $story() {
                super::$story($crate::server_support::Backend::Postgres).await;
            })+
        }
    };
}
pub(crate) use stories;

impl Backend {
    /// A server with a project and its users Anna (English) and Jörg (German).
    pub async fn world(self) -> World {
        self.world_with(json!({})).await
    }

    /// The same with further settings.
    pub async fn world_with(self, more: Value) -> World {
        let mut world = self.empty_world();
        world.furnish(more);
        world.start().await;
        world
    }

    /// Without project and without a running server.
    pub fn empty_world(self) -> World {
        let world = self.bare_world();
        world.done(&["init"]);
        world
    }

    /// Without a database of ours.
    pub fn bare_world(self) -> World {
        // Once per process; the second test finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a folder");
        let http = reqwest::Client::builder().no_proxy().timeout(LIMIT).build().expect("a client");
        let store = match self {
            Self::Sqlite => Store::File(folder.path().join("mailshift.db")),
            #[cfg(unix)]
            Self::Postgres => Store::Postgres(postgres::Database::new()),
            #[cfg(not(unix))]
            Self::Postgres => panic!("only on Unix"),
        };
        let (url, settings) = (String::new(), Settings::default());
        World { folder, url, http, settings, store, stop: None, running: None }
    }
}

enum Store {
    File(PathBuf),
    #[cfg(unix)]
    Postgres(postgres::Database),
}

pub struct World {
    pub folder: TempDir,
    pub url: String,
    pub settings: Settings,
    store: Store,
    pub http: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<std::io::Result<()>>>,
}

impl World {
    /// On `SQLite`, with a project and its users Anna (English) and Jörg (German).
    pub async fn new() -> Self {
        Backend::Sqlite.world().await
    }

    /// The same with further settings.
    pub async fn with(more: Value) -> Self {
        Backend::Sqlite.world_with(more).await
    }

    /// On `SQLite`, without project and without a running server.
    pub fn empty() -> Self {
        Backend::Sqlite.empty_world()
    }

    /// What the operator gives as `--database`.
    pub fn database(&self) -> String {
        match &self.store {
            Store::File(path) => path.to_string_lossy().into_owned(),
            #[cfg(unix)]
            Store::Postgres(database) => database.url(),
        }
    }

    /// The `PostgreSQL` database of this world.
    #[cfg(unix)]
    pub fn postgres(&self) -> &postgres::Database {
        match &self.store {
            Store::Postgres(database) => database,
            Store::File(path) => panic!("{} is SQLite", path.display()),
        }
    }

    /// Creates the project and its users.
    pub fn furnish(&self, more: Value) {
        let users = "name;old address;new address;login;language\n\
            Anna Example;anna@old.example;anna@new.example;anna;en\n\
            Jörg Beispiel;joerg@old.example;joerg@new.example;joerg;de\n";
        let (settings, users) = (self.file("project.json", &settings(more)), self.file("users.csv", users));
        self.done(&["project", "create", PROJECT, "--file", &settings]);
        self.done(&["users", "import", PROJECT, &users]);
    }

    /// Codes for as many further users.
    pub fn crowd(&self, size: usize) -> Vec<String> {
        let rows = (0..size).map(|i| format!("Person {i},p{i}@old.example,p{i}@new.example,p{i}\n"));
        let users = "name,old address,new address,login\n".to_owned() + &rows.collect::<String>();
        self.done(&["users", "import", PROJECT, &self.file("crowd.csv", &users)]);
        (0..size).map(|i| self.new_code(&format!("p{i}@old.example"))).collect()
    }

    pub async fn db(&self) -> Db {
        Db::open(&self.database()).await.expect("a database")
    }

    pub async fn start(&mut self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        self.url = format!("http://{}", listener.local_addr().expect("an address"));
        let db = self.db().await;
        let (stop, stopped) = oneshot::channel();
        let stopped = async move { drop(stopped.await) };
        self.running = Some(tokio::spawn(server::serve(listener, db, self.settings.clone(), stopped)));
        self.stop = Some(stop);
    }

    /// Asks the server to stop and waits until it has.
    pub async fn stop(&mut self) {
        drop(self.stop.take());
        let running = self.running.take().expect("a running server");
        tokio::time::timeout(LIMIT, running).await.expect("stops in time").expect("no panic").expect("no error");
    }

    pub fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_string_lossy().into_owned()
    }

    /// Runs the operator's command line.
    pub fn cli(&self, arguments: &[&str]) -> Output {
        cli(&self.database(), arguments)
    }

    /// The same, which must succeed; what it printed.
    pub fn done(&self, arguments: &[&str]) -> String {
        let output = self.cli(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// The same, which must fail; its one line.
    pub fn fails(&self, arguments: &[&str]) -> String {
        let output = self.cli(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let line = String::from_utf8(output.stderr).expect("text");
        assert_eq!(line.lines().count(), 1, "{line}");
        line
    }

    /// The path of the link for the first administrator, as a start of the server prints it.
    pub async fn first_link(&self) -> String {
        let db = Db::open(self.database()).await.expect("a database");
        let token = server::first_link(&db).await.expect("a link").expect("nobody is there yet");
        format!("/first/{}", token.reveal())
    }

    pub fn new_code(&self, address: &str) -> String {
        self.done(&["code", PROJECT, address]).trim().to_owned()
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    pub async fn activate(&self, code: &str) -> Response {
        let device = json!({"name": "desk", "system": "linux", "login": "anna", "agent": "0.1.0", "language": "en"});
        let body = json!({"code": code, "device": device});
        self.request(Method::POST, path::ACTIVATIONS).json(&body).send().await.expect("an answer")
    }

    /// A pending device of this user.
    pub async fn pending(&self, address: &str) -> Activation {
        let response = self.activate(&self.new_code(address)).await;
        assert_eq!(response.status(), StatusCode::CREATED);
        response.json().await.expect("an activation")
    }

    /// A bound device of this user.
    pub async fn bound(&self, address: &str) -> Agent<'_> {
        let agent = Agent { world: self, token: self.pending(address).await.token.reveal().to_owned() };
        agent.directive().await;
        agent
    }

    /// The status of the first user whose old address it is.
    pub fn status(&self, address: &str) -> Value {
        let status: Value = serde_json::from_str(&self.done(&["status", PROJECT, "--json"])).expect("JSON");
        let users = status["users"].as_array().expect("users");
        users.iter().find(|user| user["address"] == address).expect("the user").clone()
    }

    /// Every byte of the database: the file, its log and its index; or all that `PostgreSQL` tells of it.
    pub fn database_bytes(&self) -> Vec<u8> {
        #[cfg(unix)]
        if let Store::Postgres(database) = &self.store {
            return database.dump();
        }
        let files = std::fs::read_dir(self.folder.path()).expect("a folder");
        let ours = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().contains(".db"));
        let paths = files.map(|entry| entry.expect("an entry").path()).filter(ours);
        paths.flat_map(|path| std::fs::read(path).expect("readable")).collect()
    }
}

/// What plays an agent.
#[derive(Clone)]
pub struct Agent<'a> {
    pub world: &'a World,
    pub token: String,
}

impl Agent<'_> {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.world.request(method, path).bearer_auth(&self.token)
    }

    pub async fn directive(&self) -> Directive {
        self.tagged().await.0
    }

    /// The directive and its tag.
    pub async fn tagged(&self) -> (Directive, String) {
        let response = self.request(Method::GET, path::DIRECTIVE).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        let tag = response.headers()["etag"].to_str().expect("text").to_owned();
        (response.json().await.expect("a directive"), tag)
    }

    /// The operator orders this user's set-up and the agent begins it; the number of the order.
    pub async fn begins(&self, user: &str) -> u64 {
        self.directive().await; // which uses the token for the first time
        self.world.done(&["configure", PROJECT, user]);
        let order = self.directive().await.order;
        let more = || json!({});
        self.reports(&json!([event(order, "wizard_opened", more()), event(order, "started", more())])).await;
        order
    }

    /// The status of setting a new password, which may be refused.
    pub async fn sets_password(&self, password: &str) -> Response {
        let request = self.request(Method::POST, path::PASSWORD).json(&json!({"new_password": password}));
        request.send().await.expect("an answer")
    }

    pub fn held(&self, tag: &str) -> RequestBuilder {
        self.request(Method::GET, &format!("{}?wait=50", path::DIRECTIVE)).header("If-None-Match", tag)
    }

    pub async fn reports(&self, events: &Value) -> Value {
        let response = self.request(Method::POST, path::EVENTS).json(events).send().await.expect("an answer");
        assert_eq!(response.status(), StatusCode::ACCEPTED);
        response.json().await.expect("JSON")
    }
}

pub fn event(order: u64, kind: &str, more: Value) -> Value {
    let mut event = json!({"id": uuid::Uuid::now_v7(), "at": jiff::Timestamp::now(), "order": order, "kind": kind});
    merge(&mut event, more);
    event
}

pub fn completed(order: u64) -> Value {
    let evidence = json!({"imap": true, "smtp": true, "default_profile": true, "first_sync_messages": 7});
    event(order, "completed", json!({"client": "Thunderbird 140", "profile": "Example", "evidence": evidence}))
}

/// A code whose public part is right and whose secret is not.
pub fn wrong(code: &str) -> String {
    let right = mailshift::code::AuthenticationCode::parse(code).expect("a code");
    let mut bytes = [0; 12];
    for (byte, c) in bytes.iter_mut().zip(right.reveal().bytes()) {
        let place = mailshift::code::ALPHABET.iter().position(|known| *known == c).expect("of the alphabet");
        *byte = u8::try_from(place).expect("small");
    }
    bytes[11] ^= 1;
    mailshift::code::AuthenticationCode::from_random(bytes).grouped()
}

pub fn settings(more: Value) -> String {
    let server = |protocol, host, port| {
        json!({"protocol": protocol, "host": host, "port": port, "security": "tls", "authentication": "password",
               "username": "%EMAILADDRESS%"})
    };
    let account = json!({"incoming": server("imap", "imap.%EMAILDOMAIN%", 993),
                         "outgoing": server("smtp", "smtp.%EMAILDOMAIN%", 465)});
    let helpdesk = json!({"name": "IT", "email": "it@old.example", "phone": "+49 30 1234"});
    let mut settings = json!({"account": account, "brand": {"colour": "#AA3366"}, "helpdesk": helpdesk});
    merge(&mut settings, more);
    settings.to_string()
}

pub fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

pub fn cli(database: &str, arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_mailshift-server");
    Command::new(program).arg("--database").arg(database).args(arguments).output().expect("the program starts")
}

/// The problem document of a refusal, after checking what every one must have.
pub async fn problem(response: Response) -> Value {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let body: Value = response.json().await.expect("JSON");
    assert_eq!(body["status"], status);
    body
}

/// Nothing has changed yet, so nothing is answered.
pub async fn stays_open(held: &mut JoinHandle<reqwest::Result<Response>>) {
    let answered = tokio::time::timeout(Duration::from_millis(300), held).await;
    assert!(answered.is_err(), "{answered:?}");
}

/// Asks until the answer is yes.
pub async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !is_so().await {
        assert!(start.elapsed() < LIMIT, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
