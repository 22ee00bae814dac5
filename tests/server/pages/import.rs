//! Users from a CSV file: each wrong place is shown, and nothing is written before it was looked at.

use reqwest::{Method, StatusCode};

use super::tables::project;
use crate::operators::browser::{Browser, Page};
use crate::server_support::{Backend, stories};

async fn sent(browser: &Browser<'_>, path: &str, csrf: &str, text: &str) -> Page {
    let boundary = "a-boundary";
    let part = |name: &str, value: &str| {
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = format!("{}{}--{boundary}--\r\n", part("csrf", csrf), part("text", text));
    let kind = format!("multipart/form-data; boundary={boundary}");
    browser.answer(browser.request(Method::POST, path).header("content-type", kind).body(body)).await
}

async fn a_file_is_looked_at_before_it_is_written(backend: Backend) {
    let world = backend.world().await;
    let browser = Browser::administrator(&world).await;
    let project = project(&browser).await;
    let import = format!("{project}/import");
    let csrf = browser.get(&import).await.field("csrf");

    let wrong =
        "name,old address,new address,login\n,not an address,z@new.example,\nEva,eva@old.example,ANNA@new.example,\n";
    let faults = sent(&browser, &import, &csrf, wrong).await;
    assert_eq!(faults.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["2 places are wrong", "not an address” is not a mail address", "Empty. Fill it in."] {
        assert!(faults.text.contains(said), "{said}: {}", faults.text);
    }
    let taken = "name,old address,new address,login\nEva,eva@old.example,ANNA@new.example,\n";
    let faults = sent(&browser, &import, &csrf, taken).await;
    assert!(faults.text.contains("belongs to anna@old.example already"), "{}", faults.text);

    let right = "name,old address,new address,login\nEva,eva@old.example,eva@new.example,\nAnna E,anna@old.example,anna@new.example,anna\n";
    let preview = sent(&browser, &import, &csrf, right).await;
    assert!(
        preview.text.contains("One user is new.") && preview.text.contains("One user is brought up to date."),
        "{}",
        preview.text
    );
    let users = format!("{project}/users");
    assert!(!browser.get(&users).await.text.contains("eva@"));

    let confirmed = format!("{import}/confirmed");
    assert_eq!(sent(&browser, &confirmed, "foreign", right).await.status, StatusCode::FORBIDDEN);
    assert!(!browser.get(&users).await.text.contains("eva@"));
    assert_eq!(sent(&browser, &confirmed, &csrf, right).await.status, StatusCode::SEE_OTHER);
    let page = browser.get(&users).await;
    assert!(page.text.contains("eva@old.example") && page.text.contains("Anna E<"), "{}", page.text);
}

stories! {
    a_file_is_looked_at_before_it_is_written,
}
