//! A world with one face, and what was seen of it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use mailshift::problem::ResponseCode;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::told::{difference, masked};
use crate::client::Client;
use crate::operators::browser::{Browser, NAME, Page};
use crate::server_support::{Backend, PROJECT, World};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    Dashboard,
    Api,
    CommandLine,
}

impl Face {
    const ALL: [Self; 3] = [Self::Dashboard, Self::Api, Self::CommandLine];
}

/// What a face answered.
#[derive(Debug)]
pub enum Said {
    Done,
    /// With the code, where the face tells one, and its words.
    Refused(Option<String>, String),
    /// This face has no such operation.
    Absent,
}

/// What an operation has left: the entries on record, and everything that is told afterwards.
#[derive(Debug)]
struct Left {
    entries: Vec<Value>,
    state: Value,
}

/// What each operation has left, in the order in which they were tried.
type Trail = Vec<(String, Left)>;

pub struct Stage<'a> {
    pub face: Face,
    pub world: &'a World,
    /// The path of the project in the API.
    pub project: String,
    /// Made when they are first needed.
    browsers: BTreeMap<&'static str, OnceCell<Browser<'a>>>,
    clients: BTreeMap<&'static str, OnceCell<Client<'a>>>,
    role: Cell<&'static str>,
    reader: Client<'a>,
    trail: RefCell<Trail>,
    tried: RefCell<Vec<String>>,
    faults: RefCell<Vec<String>>,
}

/// Tells a story on each face, and compares.
pub async fn tell(on: Backend, story: impl AsyncFn(&Stage<'_>)) {
    let mut trails: Vec<(Face, Trail)> = Vec::new();
    let (mut faults, mut tried) = (Vec::new(), Vec::new());
    for face in Face::ALL {
        let mut world = on.empty_world();
        let smtp = json!({"host": "127.0.0.1", "port": 9, "security": "none", "from": "it@old.example"});
        world.furnish(json!({"smtp": smtp, "public_url": "https://m.example"}));
        let installers = world.folder.path().join("installers");
        std::fs::create_dir(&installers).expect("a folder");
        std::fs::write(installers.join("mailshift.deb"), "a package").expect("a file");
        world.settings.installers = Some(installers);
        hold_mail(&world).await;
        world.start().await;
        let stage = Stage::new(&world, face).await;
        story(&stage).await;
        faults.extend(stage.faults.take().into_iter().map(|fault| format!("{face:?}: {fault}")));
        tried.extend(stage.tried.take());
        trails.push((face, stage.trail.take()));
    }
    assert!(!tried.is_empty(), "nothing was tried");
    faults.extend(compared(&trails));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Where what a face has left differs from what the first face that has the operation left.
fn compared(trails: &[(Face, Trail)]) -> Vec<String> {
    let mut faults = Vec::new();
    for (place, (face, trail)) in trails.iter().enumerate() {
        let mut is_alike = true;
        for (what, left) in trail {
            let of = |(face, trail): &'_ (Face, Trail)| {
                trail.iter().position(|(other, _)| other == what).map(|found| (*face, found))
            };
            let Some((other, found)) = trails[..place].iter().find_map(of) else { continue };
            let before = &trails.iter().find(|(face, _)| *face == other).expect("a trail").1[found].1;
            if before.entries != left.entries {
                faults.push(format!("{what}: {other:?} records {:?}, {face:?} {:?}", before.entries, left.entries));
            }
            // What once differs goes on to differ.
            if before.state != left.state && is_alike {
                is_alike = false;
                faults.push(format!("{what}: {other:?} and {face:?} leave {}", difference(&before.state, &left.state)));
            }
        }
    }
    faults
}

/// Lets no mail be sent: what is queued stays so.
async fn hold_mail(world: &World) {
    let db = world.db().await;
    let text: String = sqlx::query_scalar("SELECT settings FROM project ORDER BY id LIMIT 1")
        .fetch_one(db.pool())
        .await
        .expect("settings");
    let mut settings: Value = serde_json::from_str(&text).expect("JSON");
    if settings["smtp"].is_object() {
        settings["smtp"]["per_minute"] = 0.into();
        let mut tx = db.write().await.expect("a turn");
        let held =
            sqlx::query("UPDATE project SET settings = $1 WHERE settings = $2").bind(settings.to_string()).bind(text);
        held.execute(&mut *tx).await.expect("held");
        tx.commit().await.expect("held");
    }
    db.close().await;
}

impl<'a> Stage<'a> {
    async fn new(world: &'a World, face: Face) -> Self {
        // The first of all comes by a link that is there as long as there is nobody.
        let first = if face == Face::Dashboard { Some(Browser::administrator(world).await) } else { None };
        let reader = Client::new(world, "administrator").await;
        let project = reader.project().await;
        let role = Cell::new("administrator");
        let (trail, tried, faults) = Default::default();
        let roles = ["administrator", "operator", "viewer"];
        let mut browsers: BTreeMap<_, _> = roles.map(|role| (role, OnceCell::new())).into();
        browsers.insert("administrator", OnceCell::new_with(first));
        let clients = roles.map(|role| (role, OnceCell::new())).into();
        Self { face, world, project, browsers, clients, role, reader, trail, tried, faults }
    }

    /// Who acts from now on, where a face knows who acts.
    pub fn is_by(&self, role: &'static str) {
        self.role.set(role);
    }

    pub async fn browser(&self) -> &Browser<'a> {
        self.browser_of(self.role.get()).await
    }

    async fn browser_of(&self, role: &'static str) -> &Browser<'a> {
        let administrator = self.browsers["administrator"].get().expect("only on the dashboard");
        self.browsers[role].get_or_init(|| Browser::invited(administrator, role, role)).await
    }

    pub async fn client(&self) -> &Client<'a> {
        let role = self.role.get();
        self.clients[role].get_or_init(|| Client::new(self.world, role)).await
    }

    /// Whoever acts next is there before anything is looked at.
    async fn is_ready(&self) {
        match self.face {
            Face::Dashboard => {
                self.browser().await;
            }
            Face::Api => {
                self.client().await;
            }
            Face::CommandLine => {}
        }
    }

    /// It happens, and these are the actions that are on record for it.
    pub async fn is_done(&self, what: &str, operation: impl Future<Output = Said>, actions: &[&str]) {
        self.is_done_beside(what, operation, actions, "").await;
    }

    /// The same where one face does it together with something else, which is on record, too.
    pub async fn is_done_beside(
        &self,
        what: &str,
        operation: impl Future<Output = Said>,
        actions: &[&str],
        beside: &str,
    ) {
        self.is_ready().await;
        let before = self.entries().await.len();
        match operation.await {
            Said::Absent => return,
            Said::Refused(code, said) => self.fault(format!("{what}: refused with {code:?} {said}")),
            Said::Done => {}
        }
        self.tried.borrow_mut().push(what.to_owned());
        let mut entries = self.entries().await.split_off(before);
        entries.retain(|entry| entry[0] != beside);
        let recorded: Vec<&str> = entries.iter().filter_map(|entry| entry[0].as_str()).collect();
        if recorded != actions {
            self.fault(format!("{what}: on record are {recorded:?}, not {actions:?}"));
        }
        let left = Left { entries, state: self.state().await };
        let mut trail = self.trail.borrow_mut();
        assert!(trail.iter().all(|(other, _)| other != what), "{what} is there twice");
        trail.push((what.to_owned(), left));
    }

    /// It does not happen: nothing has changed, nothing is on record, and the code says why. Several codes are parted by a
    /// bar; none: whichever.
    pub async fn is_refused(&self, what: &str, operation: impl Future<Output = Said>, code: &str) {
        self.is_ready().await;
        let (entries, state) = (self.entries().await, self.state().await);
        match operation.await {
            Said::Absent => return,
            Said::Done => return self.fault(format!("{what}: done, not refused with {code}")),
            Said::Refused(Some(said), words) if !code.is_empty() && code.split('|').all(|code| code != said) => {
                self.fault(format!("{what}: refused with {said}, not {code}: {words}"));
            }
            Said::Refused(None, words) if self.face == Face::Api => self.fault(format!("{what}: no code: {words}")),
            Said::Refused(..) => {}
        }
        self.tried.borrow_mut().push(what.to_owned());
        let recorded = self.entries().await;
        if recorded != entries {
            self.fault(format!("{what}: refused, and on record: {:?}", &recorded[entries.len()..]));
        }
        let now = self.state().await;
        if now != state {
            self.fault(format!("{what}: refused, and changed {}", difference(&state, &now)));
        }
    }

    /// Whatever the face says to it: nothing has changed, and nothing but `beside` is on record.
    pub async fn leaves_alone(&self, what: &str, operation: impl Future<Output = Said>, beside: &str) {
        self.is_ready().await;
        let (entries, state) = (self.entries().await.len(), self.state().await);
        operation.await;
        let mut recorded = self.entries().await.split_off(entries);
        recorded.retain(|entry| entry[0] != beside);
        if !recorded.is_empty() {
            self.fault(format!("{what}: on record: {recorded:?}"));
        }
        let now = self.state().await;
        if now != state {
            self.fault(format!("{what}: changed {}", difference(&state, &now)));
        }
        self.tried.borrow_mut().push(what.to_owned());
    }

    /// It is shown.
    pub fn shows(&self, what: &str, shown: &str, text: &str) {
        if !text.contains(shown) {
            self.fault(format!("{what}: no {shown} in {text}"));
        }
        self.tried.borrow_mut().push(what.to_owned());
    }

    /// The same as [`Self::is_refused`] for whoever has a lower role, where a face has roles.
    pub async fn is_forbidden(&self, role: &'static str, what: &str, operation: impl Future<Output = Said>) {
        if self.face != Face::CommandLine {
            let before = self.role.replace(role);
            self.is_refused(&format!("{what} by a {role}"), operation, "OPR-2").await;
            self.role.set(before);
        }
    }

    fn fault(&self, fault: String) {
        self.faults.borrow_mut().push(fault);
    }

    /// A form of the dashboard.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Said {
        page(&self.browser().await.send("/me", path, fields).await)
    }

    pub async fn call(&self, method: Method, path: &str, body: &Value) -> Said {
        answer(self.client().await.send(method, path, body).await).await
    }

    pub async fn sent(&self, request: RequestBuilder) -> Said {
        answer(request.send().await.expect("an answer")).await
    }

    /// A file in a form of the dashboard.
    pub async fn upload(&self, text: &str) -> Said {
        let part = |name: &str, value: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let csrf = self.browser().await.get("/me").await.field("csrf");
        let body = format!("{}{}--b--\r\n", part("csrf", &csrf), part("text", text));
        let request = self.browser().await.request(Method::POST, &format!("{}/import/confirmed", self.pages()));
        let request = request.header("content-type", "multipart/form-data; boundary=b").body(body);
        page(&self.browser().await.answer(request).await)
    }

    /// A page of the dashboard, or what the API answers, is read.
    pub async fn look(&self, path: &str) -> Said {
        match self.face {
            Face::Dashboard => page(&self.browser().await.get(path).await),
            Face::Api => self.sent(self.client().await.request(Method::GET, path)).await,
            Face::CommandLine => Said::Absent,
        }
    }

    pub fn command(&self, arguments: &[&str]) -> Said {
        let output = self.world.cli(arguments);
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        if output.status.success() {
            return Said::Done;
        }
        let is_there = |code: &&str| said.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| word == *code);
        let code = ResponseCode::ALL.iter().map(|code| code.id()).find(is_there).map(str::to_owned);
        Said::Refused(code, said)
    }

    /// The project's path on the dashboard.
    pub fn pages(&self) -> &str {
        self.project.strip_prefix("/api").expect("a path of the API")
    }

    /// Of everything that is told of under this path: the id of what has this in a field.
    pub async fn id_of(&self, path: &str, field: &str, value: &str) -> String {
        let all = self.reader.get(path).await;
        let found = all["items"].as_array().expect("items").iter().find(|item| item[field] == value);
        found.unwrap_or_else(|| panic!("no {value} in {all}"))["id"].as_str().expect("an id").to_owned()
    }

    /// The settings of the project, changed before what is told next.
    pub async fn has_settings(&self, settings: &str) {
        let file = self.world.file("prepared.json", settings);
        self.world.done(&["project", "set", PROJECT, "--file", &file]);
        hold_mail(self.world).await;
    }
    /// All that is on record, the oldest first.
    async fn entries(&self) -> Vec<Value> {
        let all = self.reader.get("/api/audit?limit=500").await;
        let entry = |entry: &Value| masked(json!([entry["action"], entry["subject"], entry["detail"]]));
        all.as_array().expect("entries").iter().rev().map(entry).collect()
    }

    /// Everything that the API tells, without ids and times.
    async fn state(&self) -> Value {
        let projects = self.reader.get("/api/projects?limit=500").await;
        let operators = self.reader.get("/api/operators?limit=500").await;
        // Those who act were made for the face.
        let is_told = |operator: &&Value| !ACTING.iter().any(|acting| starts_with(&operator["name"], acting));
        let operators: Vec<&Value> = operators["items"].as_array().expect("operators").iter().filter(is_told).collect();
        let mut state = json!({"projects": [], "operators": operators});
        for project in projects["items"].as_array().expect("projects") {
            let path = format!("/api/projects/{}", project["id"].as_str().expect("an id"));
            let mut whole = json!({"project": self.reader.get(&path).await});
            for part in ["users", "devices", "waves", "mailings"] {
                whole[part] = self.reader.get(&format!("{path}/{part}?limit=500")).await["items"].clone();
            }
            let devices = whole["devices"].as_array().expect("devices").clone();
            for (place, device) in devices.iter().enumerate() {
                let id = device["id"].as_str().expect("an id");
                whole["devices"][place] = self.reader.get(&format!("{path}/devices/{id}")).await;
            }
            state["projects"].as_array_mut().expect("a list").push(whole);
        }
        masked(state)
    }
}

/// Names of operators of the stories begin so.
const ACTING: [&str; 4] = [NAME, "administrator", "operator", "viewer"];

fn starts_with(name: &Value, start: &str) -> bool {
    name.as_str().is_some_and(|name| name.starts_with(start))
}

fn page(page: &Page) -> Said {
    let text = page.text.clone();
    if page.status.is_client_error() || page.status.is_server_error() {
        return Said::Refused(page.between("<p class=\"hint\"><code>", "</code>"), text);
    }
    // What became of each: "0 of 1 done."
    let Some(summary) = page.between("<p class=\"lead\" role=\"status\">", "</p>") else { return Said::Done };
    let numbers: Vec<&str> = summary.split(' ').filter(|word| word.parse::<u32>().is_ok()).collect();
    if numbers.len() == 2 && numbers[0] != numbers[1] {
        return Said::Refused(page.between("class=\"code\" href=\"/codes#", "\""), text);
    }
    Said::Done
}

async fn answer(response: Response) -> Said {
    let (status, text) = (response.status(), response.text().await.expect("text"));
    let body: Value = serde_json::from_str(&text).unwrap_or_default();
    if !status.is_success() {
        return Said::Refused(body["code"].as_str().map(str::to_owned), text);
    }
    let outcomes = body["outcomes"].as_array().map(Vec::as_slice).unwrap_or_default();
    match outcomes.iter().find_map(|outcome| outcome["refused"].as_str()) {
        Some(code) => Said::Refused(Some(code.to_owned()), text),
        None => Said::Done,
    }
}
