//! The files as they are downloaded: whole, in parts, and while another takes their place.

use reqwest::{Method, StatusCode};

use super::shelf::{Shelf, bytes, sha256};
use crate::server_support::Backend;

#[tokio::test]
async fn the_file_comes_under_the_name_that_was_asked_for() {
    let shelf = Shelf::new(Backend::Sqlite).await;
    let msi = bytes(1, 300_000);
    shelf.put("Mailshift.msi", &msi);
    shelf.put("mailshift", b"program");
    for (name, kind) in [
        (shelf.name(".msi"), "application/x-msi"),
        (format!("mailshift_{}.msi", shelf.code), "application/x-msi"),
        ("mailshift.msi".to_owned(), "application/x-msi"),
    ] {
        let answer = shelf.get(&format!("/download/{name}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
        assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{name}\""));
        assert_eq!(answer.header("content-type"), kind);
        assert_eq!(answer.header("content-length"), "300000");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert!(answer.header("etag").starts_with('"') && !answer.header("last-modified").is_empty());
        assert_eq!(sha256(&answer.body), sha256(&msi));
    }
    let program = shelf.get(&format!("/download/{}", shelf.name(""))).await;
    assert_eq!((program.status, program.body.as_slice()), (StatusCode::OK, b"program".as_slice()));
}

#[tokio::test]
async fn a_question_for_the_head_gets_the_head() {
    let shelf = Shelf::new(Backend::Sqlite).await;
    shelf.put("mailshift.deb", &bytes(1, 5000));
    let answer = shelf.ask(Method::HEAD, &format!("/download/{}", shelf.name(".deb")), &[]).await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::OK, 0));
    assert_eq!(answer.header("content-length"), "5000");
    assert_eq!(answer.header("accept-ranges"), "bytes");
    assert!(answer.header("content-disposition").ends_with(".deb\""));
    let posted = shelf.ask(Method::POST, &format!("/download/{}", shelf.name(".deb")), &[]).await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_download_that_broke_off_goes_on() {
    let shelf = Shelf::new(Backend::Sqlite).await;
    let file = bytes(1, 100_000);
    shelf.put("mailshift.rpm", &file);
    let path = format!("/download/{}", shelf.name(".rpm"));
    let whole = shelf.get(&path).await;
    let tag = whole.header("etag").to_owned();
    let rest = shelf.ask(Method::GET, &path, &[("Range", "bytes=40000-"), ("If-Range", &tag)]).await;
    assert_eq!(rest.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(rest.header("content-range"), "bytes 40000-99999/100000");
    assert_eq!(rest.body, &file[40_000..]);
    let middle = shelf.ask(Method::GET, &path, &[("Range", "bytes=10-19")]).await;
    assert_eq!((middle.status, middle.body.as_slice()), (StatusCode::PARTIAL_CONTENT, &file[10..20]));
    let beyond = shelf.ask(Method::GET, &path, &[("Range", "bytes=200000-")]).await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.header("content-range"), "bytes */100000");
    let several = shelf.ask(Method::GET, &path, &[("Range", "bytes=0-1,5-6")]).await;
    assert_eq!((several.status, several.body.len()), (StatusCode::OK, 100_000));
    let known = shelf.ask(Method::GET, &path, &[("If-None-Match", &tag)]).await;
    assert_eq!((known.status, known.body.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[tokio::test]
async fn a_file_that_is_replaced_disturbs_no_download() {
    let shelf = Shelf::new(Backend::Sqlite).await;
    // More than the buffers between server and client hold.
    let (old, new) = (bytes(1, 16_000_000), bytes(2, 1_000));
    shelf.put("mailshift.exe", &old);
    let path = format!("/download/{}", shelf.name(".exe"));
    let mut running = shelf.world.request(Method::GET, &path).send().await.expect("an answer");
    let tag = running.headers()["etag"].to_str().expect("text").to_owned();
    let mut got = running.chunk().await.expect("a piece").expect("not the end").to_vec();

    shelf.put("mailshift.exe", &new);
    let now = shelf.get(&path).await;
    assert_eq!((now.status, &now.body), (StatusCode::OK, &new), "the latest");
    assert_ne!(now.header("etag"), tag);
    while let Some(piece) = running.chunk().await.expect("a piece") {
        got.extend(piece);
    }
    assert_eq!(sha256(&got), sha256(&old), "all of what was begun");

    // Whoever wants the rest of the old one gets all of the new one, within its length and beyond.
    for range in ["bytes=500-", "bytes=8000000-"] {
        let again = shelf.ask(Method::GET, &path, &[("Range", range), ("If-Range", &tag)]).await;
        assert_eq!((again.status, &again.body), (StatusCode::OK, &new), "{range}");
    }
    let dated = [("Range", "bytes=500-"), ("If-Range", "Sat, 21 Nov 2026 09:00:00 GMT")];
    let dated = shelf.ask(Method::GET, &path, &dated).await;
    assert_eq!((dated.status, &dated.body), (StatusCode::OK, &new));
}
