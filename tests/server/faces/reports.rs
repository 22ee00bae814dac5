//! Installers, reports to the help desk, and mails that came back.

use std::io::Write;
use std::process::{Command, Stdio};

use mailshift::protocol::{DiagnosticsTaken, path};
use reqwest::{Method, header};
use serde_json::json;

use super::projects::but;
use super::stage::{Face, Said, Stage, tell};
use crate::server_support::sink::Sink;
use crate::server_support::{Backend, PROJECT, settings};

const ANNA: &str = "anna@old.example";

pub async fn installers_are_named_alike(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        let own = match stage.face {
            Face::Dashboard => format!("{}/installing", stage.pages()),
            Face::Api | Face::CommandLine => format!("{}/installers", stage.project),
        };
        let installers = stage.client().await.get(&format!("{}/installers", stage.project)).await;
        let url = installers[0]["url"].as_str().expect("a link").to_owned();
        assert!(url.starts_with("https://m.example/"), "{url}");
        let text = match stage.face {
            Face::Dashboard => stage.browser().await.get(&own).await.text,
            Face::Api => installers.to_string(),
            Face::CommandLine => {
                let folder = stage.world.settings.installers.as_ref().expect("a folder").to_string_lossy();
                stage.world.done(&["--installers", &folder, "project", "show", PROJECT])
            }
        };
        stage.shows("where the agent is downloaded", &url, &text);
        stage.shows("which file it is", installers[0]["sha256"].as_str().expect("a digest"), &text);
        stage.is_forbidden("viewer", "see the links", stage.look(&own)).await;
    })
    .await;
}

pub async fn reports_are_read_on_record(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        let agent = stage.world.bound(ANNA).await;
        let sent = agent.request(Method::POST, path::DIAGNOSTICS).json(&json!({"text": "a report"})).send().await;
        let report: DiagnosticsTaken = sent.expect("an answer").json().await.expect("a report");
        let place = format!("devices/{}/diagnostics/{}", stage.agent(ANNA).await, report.id);
        let path = match stage.face {
            Face::Dashboard => format!("{}/{place}", stage.pages()),
            Face::Api | Face::CommandLine => format!("{}/{place}", stage.project),
        };
        stage.is_forbidden("viewer", "read a report", stage.look(&path)).await;
        stage.is_done("read a report", stage.look(&path), &["diagnostics.read"]).await;
    })
    .await;
}

fn report(mailing: &str) -> String {
    format!(
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
         Final-Recipient: rfc822; anna@old.example\nAction: failed\nStatus: 5.2.2\n\n\
         --b\nContent-Type: text/rfc822-headers\n\nX-Mailshift-Mailing: {mailing}\n\n--b--\n"
    )
}

async fn bounce(stage: &Stage<'_>, report: &str) -> Said {
    match stage.face {
        Face::Dashboard => Said::Absent,
        Face::Api => {
            let request = stage.client().await.request(Method::POST, "/api/bounces");
            stage.sent(request.header(header::CONTENT_TYPE, "message/rfc822").body(report.to_owned())).await
        }
        Face::CommandLine => {
            let mut program = Command::new(env!("CARGO_BIN_EXE_mailshift-server"));
            program.arg("--database").arg(stage.world.database()).arg("bounce");
            program.stdin(Stdio::piped()).stdout(Stdio::null());
            let mut running = program.spawn().expect("the program starts");
            running.stdin.take().expect("its input").write_all(report.as_bytes()).expect("the report");
            assert!(running.wait().expect("it ends").success());
            Said::Done
        }
    }
}

pub async fn a_mail_that_came_back_is_marked(on: Backend) {
    tell(on, async |stage: &Stage<'_>| {
        let sink = Sink::new();
        let file = stage.world.file("sink.json", &settings(sink.settings(json!({}))));
        stage.world.done(&["project", "set", PROJECT, "--file", &file]);
        stage.world.done(&["invite", PROJECT, "--user", ANNA]);
        let report = report(&sink.mail().field("X-Mailshift-Mailing"));
        stage.has_settings(&but(json!({}))).await;
        stage.is_forbidden("viewer", "a mail came back", bounce(stage, &report)).await;
        stage.is_done("a mail came back", bounce(stage, &report), &["mail.bounce"]).await;
        stage.leaves_alone("it came back again", bounce(stage, &report), "").await;
        stage.leaves_alone("no report at all came", bounce(stage, "Subject: hello\n\nhello\n"), "").await;
    })
    .await;
}
