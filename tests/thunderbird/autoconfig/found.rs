//! What Thunderbird shows to a person who has entered nothing but their address.

use serde_json::{Value, json};

use super::stage::Stage;

const DOMAINS: [&str; 3] = ["new.example", "second.example", "xn--mller-kva.example"];

fn server(protocol: &str, place: (&str, u16), security: &str, authentication: &str, username: &str) -> Value {
    json!({"protocol": protocol, "host": place.0, "port": place.1, "security": security,
           "authentication": authentication, "username": username})
}

#[test]
#[ignore = "needs thunderbird: make test"]
fn the_servers_of_the_project_in_every_domain_of_its_people() {
    let stage = Stage::new(&DOMAINS);
    let account = json!({
        "incoming": server("imap", ("imap.%EMAILDOMAIN%", 993), "tls", "password", "%EMAILADDRESS%"),
        "outgoing": server("smtp", ("smtp.%EMAILDOMAIN%", 587), "starttls", "password", "%EMAILLOCALPART%"),
    });
    stage.project("Example", &account, &["anna@new.example", "ben@second.example", "cem@müller.example"]);
    for (person, domain) in [
        ("anna", "new.example"),
        // The answer says nothing about people: any address of the domain gets it.
        ("nobody.yet", "second.example"),
        // Thunderbird 153 takes such a domain in no other form than that of DNS.
        ("cem", "xn--mller-kva.example"),
    ] {
        let address = format!("{person}@{domain}");
        let [incoming, outgoing] = stage.thunderbird().finds(&address);
        assert_eq!(incoming, format!("imap · imap.{domain} · 993 · SSL/TLS · {address} · Normal Password"));
        assert_eq!(outgoing, format!("smtp · smtp.{domain} · 587 · STARTTLS · {person} · Normal Password"));
    }
}

#[test]
#[ignore = "needs thunderbird: make test"]
fn every_kind_of_server_is_understood() {
    let stage = Stage::new(&DOMAINS);
    let pop3 = json!({
        "incoming": server("pop3", ("pop.hoster.example", 110), "starttls", "password", "box-%EMAILLOCALPART%"),
        "outgoing": server("smtp", ("mail.hoster.example", 2465), "tls", "password", "%EMAILDOMAIN%&%EMAILLOCALPART%"),
    });
    stage.project("Post office", &pop3, &["anna@new.example"]);
    let [incoming, outgoing] = stage.thunderbird().finds("anna@new.example");
    assert_eq!(incoming, "pop3 · pop.hoster.example · 110 · STARTTLS · box-anna · Normal Password");
    assert_eq!(outgoing, "smtp · mail.hoster.example · 2465 · SSL/TLS · new.example&anna · Normal Password");

    let microsoft = json!({
        "incoming": server("imap", ("outlook.office365.com", 993), "tls", "oauth2", "%EMAILADDRESS%"),
        "outgoing": server("smtp", ("smtp.office365.com", 587), "starttls", "oauth2", "%EMAILADDRESS%"),
    });
    stage.project("Microsoft", &microsoft, &["ben@second.example"]);
    let [incoming, outgoing] = stage.thunderbird().finds("ben@second.example");
    assert_eq!(incoming, "imap · outlook.office365.com · 993 · SSL/TLS · ben@second.example · OAuth2");
    assert_eq!(outgoing, "smtp · smtp.office365.com · 587 · STARTTLS · ben@second.example · OAuth2");
}
