//! The demo's mail server, and the sign-in against a real Dovecot.

use mailshift::account::{Account, Identity, Security};
use mailshift::demo::mail_server::{
    MailServer, NAME, NEW_ADDRESS, NEW_PASSWORD, OLD_ADDRESS, OTHER_ADDRESS, OTHER_PASSWORD,
};
use mailshift::mail::sign_in;
use mailshift::problem::ResponseCode;
use mailshift::secret::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn server() -> (MailServer, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    (MailServer::start(folder.path()).await.expect("dovecot"), folder)
}

fn account(server: &MailServer, address: &str) -> Account {
    server.account().filled_in(Identity { name: NAME, address })
}

#[tokio::test]
#[ignore = "needs dovecot: make test"]
async fn both_servers_let_the_right_password_in_and_no_other() {
    let (server, _folder) = server().await;
    for (address, password) in [(NEW_ADDRESS, NEW_PASSWORD), (OTHER_ADDRESS, OTHER_PASSWORD)] {
        let account = account(&server, address);
        let ca = account.certificate_authority.as_deref();
        let right = Secret::new(password);
        sign_in::incoming(&account.incoming, &right, ca).await.expect(address);
        sign_in::outgoing(&account.outgoing, &right, ca).await.expect(address);
        for wrong in ["not it", "nicht — dös", ""] {
            let wrong = Secret::new(wrong);
            let imap = sign_in::incoming(&account.incoming, &wrong, ca).await.expect_err("wrong");
            let smtp = sign_in::outgoing(&account.outgoing, &wrong, ca).await.expect_err("wrong");
            assert_eq!(
                [imap.code(), smtp.code()],
                [ResponseCode::PasswordRefused, ResponseCode::OutgoingRefused],
                "{imap} {smtp}"
            );
        }
    }
    let log = server.log();
    assert!(log.contains("Login: user=<anna@new.example>") && !log.contains(NEW_PASSWORD), "{log}");
}

#[tokio::test]
#[ignore = "needs dovecot: make test"]
async fn certificates_are_checked_on_both_servers() {
    let (server, _folder) = server().await;
    let account = account(&server, NEW_ADDRESS);
    let password = Secret::new(NEW_PASSWORD);
    let imap = sign_in::incoming(&account.incoming, &password, None).await.expect_err("unknown issuer");
    let smtp = sign_in::outgoing(&account.outgoing, &password, None).await.expect_err("unknown issuer");
    assert_eq!([imap.code(), smtp.code()], [ResponseCode::CertificateNotTrusted, ResponseCode::CertificateNotTrusted]);
    let garbage = Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let broken = sign_in::incoming(&account.incoming, &password, garbage).await.expect_err("no authority");
    assert_eq!(broken.code(), ResponseCode::CertificateNotTrusted);
    let mut plain = account.outgoing.clone();
    plain.security = Security::Tls;
    let mixed = sign_in::outgoing(&plain, &password, Some(server.ca_pem())).await.expect_err("STARTTLS only");
    assert_eq!(mixed.code(), ResponseCode::NotAMailServer);
}

#[tokio::test]
#[ignore = "needs dovecot: make test"]
async fn what_is_sent_to_the_sink_arrives_in_the_old_mailbox() {
    let (server, _folder) = server().await;
    assert_eq!(server.read_inbox(OLD_ADDRESS).expect("mail").len(), 9);
    let mut stream = TcpStream::connect(("127.0.0.1", server.sink_port())).await.expect("the sink");
    let talk = format!(
        "EHLO x\r\nMAIL FROM:<s@x>\r\nRCPT TO:<{OLD_ADDRESS}>\r\nDATA\r\nSubject: Invitation\r\n\r\n..dot\r\n.\r\nQUIT\r\n"
    );
    stream.write_all(talk.as_bytes()).await.expect("sent");
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.expect("answered");
    assert!(answers.ends_with("221 bye\r\n"), "{answers}");
    let inbox = server.read_inbox(OLD_ADDRESS).expect("mail");
    assert_eq!(inbox.len(), 10);
    assert_eq!(inbox[9], "Subject: Invitation\r\n\r\n.dot\r\n");
    assert_eq!(server.read_inbox(NEW_ADDRESS).expect("mail").len(), 9);
}
