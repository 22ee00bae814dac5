//! What is kept: the record of what operators did, and no secret anywhere.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use mailshift::server::Db;
use reqwest::Method;

use super::browser::{Browser, NAME, PASSWORD, world};
use crate::server_support::{Backend, eventually, stories};

stories!(
    what_operators_did_is_on_record_newest_first,
    the_record_is_filtered_and_paged,
    no_secret_reaches_the_log_or_the_database,
);

async fn what_operators_did_is_on_record_newest_first(on: Backend) {
    let world = world(on).await;
    let ada = Browser::administrator(&world).await;
    ada.send("/operators", "/operators", &[("name", "=Bob"), ("role", "viewer"), ("password", PASSWORD)]).await;
    world.done(&["operator", "remove", "=Bob"]);
    let csv = ada.get("/audit.csv").await;
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    let rows: Vec<Vec<&str>> = csv.text.lines().map(|line| line.split(',').collect()).collect();
    let said: Vec<[&str; 3]> = rows.iter().map(|row| [row[1], row[3], row[4]]).collect();
    assert_eq!(
        said,
        [
            ["operator", "action", "subject"],
            ["command line", "operator.remove", "'=Bob"],
            [NAME, "operator.invite", "'=Bob"],
            [NAME, "session.start", NAME],
            [NAME, "operator.password", NAME],
        ]
    );
    let page = ada.get("/audit").await.text;
    let place = |action: &str| page.find(&format!("<code>{action}</code>")).expect("an entry");
    assert!(place("operator.remove") < place("operator.invite"));
    assert!(page.contains(" UTC</time>"));
}

async fn the_record_is_filtered_and_paged(on: Backend) {
    let world = world(on).await;
    let ada = Browser::administrator(&world).await;
    world.done(&["operator", "add", "Bob", "--role", "viewer"]);
    let db = Db::open(world.database()).await.expect("a database");
    for number in 0..250_i64 {
        let query = sqlx::query(
            "INSERT INTO audit (id, at, actor_id, actor_name, project_id, action, subject, detail)
             VALUES ($1, $2, 'old', 'Old hand', NULL, 'test.made', $3, '')",
        );
        let query = query.bind(format!("test-{number:03}")).bind(number * 1000).bind(format!("entry {number}."));
        query.execute(db.pool()).await.expect("an entry");
    }
    let shown = async |query: &str| ada.get(&format!("/audit?{query}")).await.text.matches("<time ").count();
    assert_eq!(shown("operator=command-line").await, 1);
    assert_eq!(shown("operator=old").await, 100);
    assert_eq!(shown("operator=old&page=3").await, 50);
    assert_eq!(shown("operator=old&page=4").await, 0);
    assert_eq!(shown("operator=old&page=-7&from=nonsense").await, 100);
    assert_eq!(shown("to=1969-12-31").await, 0);
    assert_eq!(shown("from=1970-01-02").await, 3);
    let second = ada.get("/audit?operator=old&page=2").await.text;
    assert!(second.contains("entry 149.") && second.contains("entry 50.") && !second.contains("entry 150."));
    assert!(second.contains("operator=old&#38;from=&#38;to=&amp;page=3"), "the filter holds on the next page");
    assert_eq!(ada.get("/audit.csv?operator=old").await.text.lines().count(), 251);
}

async fn no_secret_reaches_the_log_or_the_database(on: Backend) {
    let mut world = on.empty_world();
    let mut serving = Command::new(env!("CARGO_BIN_EXE_mailshift-server"))
        .arg("--database")
        .arg(world.database())
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env("MAILSHIFT_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(world.folder.path().join("log")).expect("a file"))
        .spawn()
        .expect("a server");
    let mut lines = BufReader::new(serving.stdout.take().expect("output")).lines().map_while(Result::ok);
    let first = lines.next().expect("a line");
    world.url = first.strip_prefix("listening on ").expect("an address").to_owned();
    let link =
        lines.next().and_then(|line| line.split_once("/first/").map(|(_, token)| token.to_owned())).expect("a link");

    let browser = Browser::new(&world);
    let fields = [("name", NAME), ("password", PASSWORD), ("again", PASSWORD)];
    browser.post(&format!("/first/{link}"), &fields).await;
    let wrong = "a wrong password of somebody";
    browser.sign_in(NAME, wrong, "").await;
    browser.sign_in(wrong, PASSWORD, "").await;
    let csrf = browser.get("/me").await.field("csrf");
    let made = browser
        .send("/me", "/me/tokens", &[("name", "x"), ("role", "viewer"), ("days", "1"), ("password", PASSWORD)])
        .await;
    let token = made.between("<li><code>", "</code>").expect("a token");
    world.request(Method::GET, "/api/me").bearer_auth(&token).send().await.expect("an answer");
    let invited =
        browser.send("/operators", "/operators", &[("name", "Bob"), ("role", "viewer"), ("password", PASSWORD)]).await;
    let welcome = invited.between("/welcome/", "</code>").expect("a link");
    browser.get(&format!("/welcome/{welcome}")).await;
    let key = browser.get("/me/second-factor").await.field("key");
    let (session, known) = (browser.cookie("mailshift"), browser.cookie("mailshift-browser"));
    let log = || std::fs::read_to_string(world.folder.path().join("log")).expect("a log");
    eventually("the log tells of the wrong password", async || log().contains("wrong credentials")).await;
    serving.kill().expect("ended");
    serving.wait().expect("ended");

    let (log, database) = (log(), world.database_bytes());
    assert!(log.contains("/first/{token}"), "requests are logged by their route");
    let held = |secret: &str| database.windows(secret.len()).any(|window| window == secret.as_bytes());
    assert!(held(NAME), "the search works");
    let secrets = [PASSWORD, wrong, &link, &csrf, &token, &welcome, &key, &session.expect("set"), &known.expect("set")];
    for secret in secrets {
        assert!(secret.len() >= 12);
        assert!(!log.contains(secret), "{secret} is in the log");
        assert!(!held(secret), "{secret} is in the database");
    }
}
