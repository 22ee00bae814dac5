//! The account that a person ends with who has entered nothing but their address and password.

use mailshift::demo::mail_server::{MailServer, NEW_ADDRESS, NEW_PASSWORD};
use serde_json::json;

use super::stage::Stage;

/// Thunderbird's numbers for TLS, STARTTLS and a plain password (`nsMsgSocketType`, `nsMsgAuthMethod`).
const TLS: u8 = 3;
const START_TLS: u8 = 2;
const PASSWORD: u8 = 3;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs thunderbird and dovecot: make test"]
async fn it_is_the_project_s_and_the_mail_server_lets_it_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = MailServer::start(folder.path()).await.expect("dovecot");
    let stage = Stage::new(&["new.example"]);
    let account = serde_json::to_value(server.account()).expect("JSON");
    stage.project("Example", &account, &[NEW_ADDRESS]);
    let mut thunderbird = stage.thunderbird();
    thunderbird.trust(server.ca_pem());
    let [incoming, outgoing] = thunderbird.finds(NEW_ADDRESS);
    let (imap, smtp) = (server.imap_port(), server.smtp_port());
    assert_eq!(incoming, format!("imap · localhost · {imap} · SSL/TLS · {NEW_ADDRESS} · Normal Password"));
    assert_eq!(outgoing, format!("smtp · localhost · {smtp} · STARTTLS · {NEW_ADDRESS} · Normal Password"));

    let account = thunderbird.signs_in(NEW_PASSWORD);
    let server_of = |port: u16, security: u8| {
        json!({"host": "localhost", "port": port, "security": security, "authentication": PASSWORD,
               "username": NEW_ADDRESS})
    };
    let expected = json!({"kind": "imap", "address": NEW_ADDRESS, "name": "Anna Example",
                          "incoming": server_of(imap, TLS), "outgoing": server_of(smtp, START_TLS)});
    assert_eq!(account, expected);
    let log = server.log();
    assert!(log.contains(&format!("Login: user=<{NEW_ADDRESS}>")), "{log}");
}
