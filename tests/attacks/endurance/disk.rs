//! A disk that is full, and has room again.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mailshift::protocol::{Activation, path};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::json;

use crate::server_support::{PROJECT, event, eventually, settings};

/// A server whose database is on a small file system of its own, which nobody else sees; it goes with the server.
struct Small {
    server: Child,
    url: String,
    /// The folder as the server has it.
    folder: PathBuf,
    http: Client,
    mount: tempfile::TempDir,
    /// What is not on the small file system.
    outside: tempfile::TempDir,
}

impl Small {
    fn start() -> Self {
        // Once per process; the second test finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mount = tempfile::tempdir().expect("a folder");
        let mut server = Command::new("unshare")
            .args(["--map-root-user", "--mount", "sh", "-c"])
            .arg("mount -t tmpfs -o size=6m,mode=700 small \"$0\" && exec \"$@\"")
            .arg(mount.path())
            .arg(env!("CARGO_BIN_EXE_mailshift-server"))
            .args(["serve", "--create", "--listen", "127.0.0.1:0"])
            .env("MAILSHIFT_DATABASE", mount.path().join("mailshift.db"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("unshare is installed");
        let mut line = String::new();
        BufReader::new(server.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let url = line.trim().strip_prefix("listening on ").expect("a small file system can be mounted").to_owned();
        let folder = mount.path().strip_prefix("/").expect("absolute");
        let folder = PathBuf::from(format!("/proc/{}/root", server.id())).join(folder);
        let http = Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().expect("a client");
        let outside = tempfile::tempdir().expect("a folder");
        Self { server, url, folder, http, mount, outside }
    }

    fn done(&self, arguments: &[&str]) -> String {
        // Where the server is: SQLite wants the path as the system has it.
        let output = Command::new("nsenter")
            .args(["--preserve-credentials", "--user", "--mount", "--target", &self.server.id().to_string()])
            .arg(env!("CARGO_BIN_EXE_mailshift-server"))
            .arg("--database")
            .arg(self.mount.path().join("mailshift.db"))
            .args(arguments)
            .output()
            .expect("nsenter is installed");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    async fn is_ready(&self) -> StatusCode {
        self.request(Method::GET, "/readyz").send().await.expect("an answer").status()
    }

    fn fill(&self) {
        let mut ballast = File::create(self.folder.join("ballast")).expect("a file");
        for piece in [64 * 1024, 512, 1] {
            while ballast.write_all(&vec![b'x'; piece]).is_ok() {}
        }
    }

    fn make_room(&self) {
        std::fs::remove_file(self.folder.join("ballast")).expect("removed");
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = self.server.kill(); // it may have ended
        let _ = self.server.wait();
    }
}

/// F1: after the disk had been full, nothing was ever written again, and the server said that it was ready.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "mounts a file system of its own: make test"]
async fn after_a_full_disk_writing_goes_on_by_itself_and_nothing_acknowledged_is_lost() {
    let small = Small::start();
    let file = |name: &str, text: &str| {
        std::fs::write(small.outside.path().join(name), text).expect("a file");
        small.outside.path().join(name).to_string_lossy().into_owned()
    };
    let users = "name,old address,new address,login\nAnna,anna@old.example,anna@new.example,anna\n";
    small.done(&["project", "create", PROJECT, "--file", &file("project.json", &settings(json!({})))]);
    small.done(&["users", "import", PROJECT, &file("users.csv", users)]);
    let code = small.done(&["code", PROJECT, "anna@old.example"]);
    let device = json!({"name": "desk", "system": "linux", "login": "anna", "agent": "0.1.0", "language": "en"});
    let body = json!({"code": code.trim(), "device": device});
    let activated = small.request(Method::POST, path::ACTIVATIONS).json(&body).send().await.expect("an answer");
    let activation: Activation = activated.json().await.expect("an activation");
    let token = activation.token.reveal().to_owned();
    let asks = || small.request(Method::GET, path::DIRECTIVE).bearer_auth(&token);
    assert_eq!(asks().send().await.expect("an answer").status(), StatusCode::OK);

    let mut acknowledged = 0;
    let report = async || {
        let events = [event(0, "waiting", json!({"more": "x".repeat(2000)})), event(0, "waiting", json!({}))];
        small.request(Method::POST, path::EVENTS).bearer_auth(&token).json(&events).send().await.expect("an answer")
    };
    assert_eq!(report().await.status(), StatusCode::ACCEPTED);
    acknowledged += 2;
    assert_eq!(small.is_ready().await, StatusCode::OK);
    let (mut refused, mut codes) = (0, Vec::new());
    // Twice: what is mended once must be mended again.
    for _ in 0..2 {
        small.fill();
        let before = refused;
        // What was allotted already is used up first; more tries than there are connections.
        while refused < before + 20 {
            let answer = report().await;
            if answer.status() == StatusCode::ACCEPTED {
                acknowledged += 2;
                continue;
            }
            assert!(answer.headers().contains_key("retry-after"), "{answer:?}");
            let body: serde_json::Value = answer.json().await.expect("JSON");
            codes.push((body["status"].to_string(), body["code"].to_string(), body["title"].to_string()));
            refused += 1;
        }
        assert_eq!(small.is_ready().await, StatusCode::SERVICE_UNAVAILABLE, "it tells the truth");
        let alive = small.request(Method::GET, path::HEALTH).send().await.expect("an answer");
        assert_eq!(alive.status(), StatusCode::OK);
        small.make_room();
        let start = Instant::now();
        eventually("it is ready again", async || small.is_ready().await == StatusCode::OK).await;
        assert_eq!(report().await.status(), StatusCode::ACCEPTED);
        acknowledged += 2;
        println!("{refused} reports were put off; ready again {:?} after there was room", start.elapsed());
    }
    codes.sort();
    codes.dedup();
    assert!(codes.iter().all(|(status, code, _)| status == "503" && code == "\"NET-3\""), "{codes:?}");
    assert!(codes.iter().any(|(_, _, title)| title.contains("disk of the server is full")), "{codes:?}");
    for _ in 0..20 {
        assert_eq!(report().await.status(), StatusCode::ACCEPTED, "on every connection");
        acknowledged += 2;
    }
    small.done(&["configure", PROJECT, "anna@old.example"]);
    let directive: serde_json::Value = asks().send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(directive["action"], "configure", "orders are written, too");
    let copy = small.outside.path().join("copy.db").to_string_lossy().into_owned();
    small.done(&["backup", &copy]);
    let db = mailshift::server::Db::open(&copy).await.expect("opened");
    let kept: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM event").fetch_one(db.pool()).await.expect("a number");
    assert_eq!(kept, acknowledged, "acknowledged and kept");
    let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(db.pool()).await.expect("an answer");
    assert_eq!(whole, "ok");
    db.close().await;
}
