//! Who may do what, who is let in and out, and that somebody always can.

use reqwest::StatusCode;

use super::browser::{Browser, NAME, PASSWORD, world};
use crate::server_support::{Backend, stories};

stories!(
    only_administrators_manage_operators_and_read_the_record,
    an_invited_operator_follows_the_link_once,
    the_last_administrator_stays,
    administrators_cannot_lock_themselves_out,
    a_name_is_trimmed_and_has_a_length,
    a_role_holds_at_once,
    the_command_line_names_what_is_wrong,
);

async fn only_administrators_manage_operators_and_read_the_record(on: Backend) {
    let world = world(on).await;
    let ada = Browser::administrator(&world).await;
    for role in ["viewer", "operator"] {
        let browser = Browser::invited(&ada, role, role).await;
        for path in ["/operators", "/audit", "/audit.csv"] {
            let refused = browser.get(path).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{role} {path}");
            assert!(refused.text.contains("Administrator") && refused.text.contains("OPR-2"), "{}", refused.text);
            assert_eq!(ada.get(path).await.status, StatusCode::OK, "{path}");
        }
        let refused = browser
            .send("/me", "/operators", &[("name", "Eve"), ("role", "administrator"), ("password", PASSWORD)])
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    assert!(!world.done(&["operator", "list"]).contains("Eve"));
}

async fn an_invited_operator_follows_the_link_once(on: Backend) {
    let world = world(on).await;
    let ada = Browser::administrator(&world).await;
    let shown =
        ada.send("/operators", "/operators", &[("name", "Bob"), ("role", "viewer"), ("password", PASSWORD)]).await;
    let link = shown.between("<li><code>", "</code>").expect("a link");
    assert!(!ada.get("/operators").await.text.contains(&link));
    let path = link.strip_prefix(&world.url).expect("a link to this server");
    let (bob, eve) = (Browser::new(&world), Browser::new(&world));
    assert!(bob.get(path).await.text.contains("value=\"Bob\""));
    let fields = [("name", "Administrator"), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(bob.post(path, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(bob.is_signed_in().await);
    assert_eq!(eve.get(path).await.status, StatusCode::GONE);
    assert_eq!(eve.post(path, &fields).await.status, StatusCode::GONE);
    assert!(world.done(&["operator", "list"]).contains("Bob  viewer"), "the form does not change the name");
    let taken =
        ada.send("/operators", "/operators", &[("name", "BOB"), ("role", "viewer"), ("password", PASSWORD)]).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
}

async fn the_last_administrator_stays(on: Backend) {
    let world = world(on).await;
    let ada = Browser::administrator(&world).await;
    ada.send("/operators", "/operators", &[("name", "Bob"), ("role", "administrator"), ("password", PASSWORD)]).await;
    for command in [&["operator", "remove", NAME][..], &["operator", "role", NAME, "viewer"]] {
        assert!(world.fails(command).contains("has to stay"), "{command:?}: Bob has not set a password yet");
    }
    assert!(ada.is_signed_in().await);
}

async fn administrators_cannot_lock_themselves_out(on: Backend) {
    let world = world(on).await;
    let ada = Browser::administrator(&world).await;
    drop(Browser::invited(&ada, "Bob", "administrator").await);
    let list = ada.get("/operators").await.text;
    let own =
        list.split("href=\"/operators/").skip(1).find(|rest| rest.contains(&format!(">{NAME}<"))).expect("a link");
    let own = format!("/operators/{}", own.split('"').next().expect("an id"));
    assert!(!ada.get(&own).await.text.contains(&format!("{own}/remove")), "nothing that would be refused is offered");
    for (action, fields) in [
        ("role", &[("role", "viewer"), ("password", PASSWORD)][..]),
        ("reset", &[("password", PASSWORD)]),
        ("remove", &[("password", PASSWORD)]),
    ] {
        let refused = ada.send("/me", &format!("{own}/{action}"), fields).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{action}");
        assert!(refused.text.contains("API-3"), "{action}: {}", refused.text);
    }
    assert!(ada.is_signed_in().await);
    world.done(&["operator", "role", NAME, "operator"]);
    assert_eq!(ada.get("/operators").await.status, StatusCode::FORBIDDEN, "the command line is nobody's own");
}

async fn a_name_is_trimmed_and_has_a_length(on: Backend) {
    let world = world(on).await;
    let ada = Browser::administrator(&world).await;
    for wrong in ["", "  ", "a\nb", &"x".repeat(101)] {
        let fields = [("name", wrong), ("role", "operator"), ("password", PASSWORD)];
        let refused = ada.send("/operators", "/operators", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert!(refused.text.contains("1 to 100 characters") && refused.text.contains("</form>"), "{wrong:?}");
        assert!(
            world.fails(&["operator", "add", wrong, "--role", "viewer"]).contains("1 to 100 characters"),
            "{wrong:?}"
        );
    }
    let fields = [("name", " Bob "), ("role", "viewer"), ("password", PASSWORD)];
    assert!(ada.send("/operators", "/operators", &fields).await.text.contains("/welcome/"));
    world.done(&["operator", "add", "\tEve ", "--role", "viewer"]);
    let listed = world.done(&["operator", "list"]);
    assert!(listed.contains("Bob  viewer") && listed.lines().any(|line| line.starts_with("Eve  viewer")), "{listed}");
}

async fn a_role_holds_at_once(on: Backend) {
    let world = world(on).await;
    let ada = Browser::administrator(&world).await;
    let bob = Browser::invited(&ada, "Bob", "administrator").await;
    assert_eq!(bob.get("/operators").await.status, StatusCode::OK);
    world.done(&["operator", "role", "bob", "operator"]);
    assert_eq!(bob.get("/operators").await.status, StatusCode::FORBIDDEN);
    assert_eq!(bob.get("/me").await.status, StatusCode::OK);
}

async fn the_command_line_names_what_is_wrong(on: Backend) {
    let world = world(on).await;
    drop(Browser::administrator(&world).await);
    assert!(world.fails(&["operator", "role", "Nobody", "viewer"]).contains(NAME));
    assert!(world.fails(&["operator", "add", "ada", "--role", "viewer"]).contains("taken"));
    let link = world.done(&["operator", "add", "Bob", "--role", "viewer", "--url", "https://move.example/"]);
    assert!(link.starts_with("https://move.example/welcome/"), "{link}");
    assert!(world.done(&["operator", "list"]).contains("Bob  viewer  password only  has a link to follow"));
}
