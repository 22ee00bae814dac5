//! A server with a folder of installers.

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::server_support::{Backend, PROJECT, World};

/// Where people reach the server, as far as the project says.
pub const PUBLIC: &str = "https://m.example";

pub struct Shelf {
    pub world: World,
    /// The project's activation code.
    pub code: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }
}

impl Shelf {
    /// The server runs, with an empty folder.
    pub async fn new(backend: Backend) -> Self {
        Self::with(backend, json!({"public_url": PUBLIC}), |_| {}).await
    }

    pub async fn with(backend: Backend, project: Value, settings: impl FnOnce(&mut World)) -> Self {
        let mut world = backend.empty_world();
        world.furnish(project);
        let folder = world.folder.path().join("installers");
        std::fs::create_dir(&folder).expect("a folder");
        world.settings.installers = Some(folder);
        settings(&mut world);
        world.http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(crate::server_support::LIMIT)
            .build()
            .expect("a client");
        world.start().await;
        let shown = world.done(&["project", "show", PROJECT]);
        let code = shown.lines().find_map(|line| line.strip_prefix("activate  ")).expect("a code").to_owned();
        Self { world, code }
    }

    pub fn folder(&self) -> String {
        self.world.folder.path().join("installers").to_string_lossy().into_owned()
    }

    /// Puts a file into the folder as an operator should: finished, by a new name for it.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        let next = self.world.folder.path().join("next");
        std::fs::write(&next, bytes).expect("written");
        std::fs::rename(next, self.world.folder.path().join("installers").join(name)).expect("renamed");
    }

    /// The name of a download that names the server.
    pub fn name(&self, extension: &str) -> String {
        format!("mailshift_{}_m.example{extension}", self.code)
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[]).await
    }

    pub async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = self.world.request(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.bytes().await.expect("all of it").to_vec() }
    }
}

/// Bytes that differ everywhere (Knuth's MMIX generator), so that no part can be taken for another.
pub fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
