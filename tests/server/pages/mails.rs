//! What became of the mails, where operators look.

use serde_json::json;

use super::tables::project;
use crate::operators::browser::Browser;
use crate::server_support::sink::Sink;
use crate::server_support::{Backend, PROJECT, eventually, stories};

async fn a_refused_mail_is_seen_with_the_mail_servers_words(backend: Backend) {
    let refused = |line: &str| {
        (line.starts_with("RCPT") && line.contains("joerg")).then(|| "550 5.1.1 no <such> mailbox".to_owned())
    };
    let sink = Sink::answering(refused);
    let world = backend.world_with(sink.settings(json!({}))).await;
    let browser = Browser::administrator(&world).await;
    let project = project(&browser).await;
    let page = async |path: &str| browser.get(&format!("{project}{path}")).await.text;
    assert!(!page("").await.contains("did not get their mail"));
    world.done(&["invite", PROJECT, "--queue"]);
    eventually("one sent, one refused", async || {
        let mails = page("/mails").await;
        mails.contains("class=\"stage sent\"") && mails.contains("class=\"stage failed\"")
    })
    .await;

    let lost = page("/mails?state=undelivered").await;
    assert!(lost.contains("1 to 1 of 1") && lost.contains("joerg@") && !lost.contains("anna@"), "{lost}");
    assert!(lost.contains("no &#60;such&#62; mailbox") && !lost.contains("<such>"), "{lost}");
    for (state, anna, joerg) in [("sent", true, false), ("failed", false, true), ("bounced", false, false)] {
        let mails = page(&format!("/mails?state={state}&page=9")).await;
        assert_eq!((mails.contains("anna@"), mails.contains("joerg@")), (anna, joerg), "{state}: {mails}");
    }
    let users = page("/users").await;
    assert!(users.contains("Invitation: not sent. The mail server said:") && users.contains("5.1.1"), "{users}");
    assert!(!users.contains("Invitation: sent"), "{users}");
    let overview = page("").await;
    let link = format!(
        "<a href=\"{project}/mails?state=undelivered\"><span class=\"mark\" aria-hidden=\"true\">!</span> <strong>1</strong> did not get their mail"
    );
    assert!(overview.contains(&link), "{overview}");

    // The history of a computer has the mails to whoever it belongs to.
    let _agent = world.bound("joerg@old.example").await;
    let devices = browser.get(&format!("{project}/devices")).await;
    let device = devices.between("<th scope=\"row\"><a href=\"", "\"").expect("a computer");
    let history = browser.get(&device).await.text;
    assert!(history.contains("To joerg@") && history.contains("Invitation: not sent"), "{history}");
}

stories! {
    a_refused_mail_is_seen_with_the_mail_servers_words,
}
