//! Names that lead nowhere, and ways that must not lead out of the folder.

use reqwest::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::shelf::Shelf;
use crate::server_support::Backend;

#[tokio::test]
async fn other_names_get_a_page_that_says_so() {
    let shelf = Shelf::new(Backend::Sqlite).await;
    shelf.put("mailshift.msi", b"msi");
    let code = &shelf.code;
    for name in [
        "mailshift_ABC.msi".to_owned(),
        "setup.msi".to_owned(),
        "mailshift.txt".to_owned(),
        format!("mailshift_{code}.deb"), // not in the folder
        format!("mailshift_{code}%20(1).msi"),
        format!("mailshift_{code}_evil.example.msi"),
        format!("mailshift_{code}_m.example_8443.msi"),
        format!("mailshift_{code}_m.example.evil.example.msi"),
        format!("mailshift_{code}%22%0d%0ax.msi"),
        "%ff.msi".to_owned(),
        "a".repeat(5000),
    ] {
        let answer = shelf.ask(Method::GET, &format!("/download/{name}"), &[("Accept-Language", "de")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert!(answer.text().contains("Diesen Download gibt es nicht") && answer.text().contains("it@old.example"));
    }
    // A code that nobody has looks like one that somebody has.
    let guessed = shelf.get("/download/mailshift_AAAAABBBBB_m.example.msi").await;
    assert_eq!((guessed.status, guessed.body.as_slice()), (StatusCode::OK, b"msi".as_slice()));
}

#[tokio::test]
async fn no_way_leads_out_of_the_folder() {
    let shelf = Shelf::new(Backend::Sqlite).await;
    shelf.put("mailshift.msi", b"msi");
    shelf.put("other.msi", b"secret");
    std::fs::write(shelf.world.folder.path().join("mailshift.deb"), "secret").expect("written");
    let code = &shelf.code;
    let address = shelf.world.url.trim_start_matches("http://").to_owned();
    for path in [
        "/download/../mailshift.deb".to_owned(),
        "/download/..%2fmailshift.deb".to_owned(),
        "/download/%2e%2e%2fmailshift.deb".to_owned(),
        "/download/..%5cmailshift.deb".to_owned(),
        "/download/..%252fmailshift.deb".to_owned(),
        format!("/download/mailshift_{code}_..%2f..%2fmailshift.deb"),
        format!("/download/mailshift_{code}_m.example%2f..%2f..%2fmailshift.deb"),
        "/download//etc/passwd".to_owned(),
        "/download/%2fetc%2fpasswd".to_owned(),
        "/download/other.msi".to_owned(),
        format!("/download/mailshift_{code}.deb%00.msi"),
        "/download/".to_owned(),
        "/download/.".to_owned(),
    ] {
        // By hand: a client would tidy the path up.
        let mut stream = TcpStream::connect(&address).await.expect("connected");
        let request = format!("GET {path} HTTP/1.1\r\nHost: m.example\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("an answer");
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
        assert!(!answer.contains("secret") && !answer.contains("root:"), "{path}: {answer}");
    }
}

#[tokio::test]
async fn without_a_folder_there_are_no_downloads() {
    let shelf = Shelf::with(Backend::Sqlite, serde_json::json!({}), |world| world.settings.installers = None).await;
    for path in ["/download/mailshift.msi", "/download?system=windows", "/download"] {
        let answer = shelf.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().contains("There is no such download"));
    }
}
