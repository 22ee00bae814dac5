//! Discovery against a real name server and a real HTTPS server.

pub mod internet;

use std::time::{Duration, Instant};

use internet::{Internet, Reply, config, source};
use mailshift::account::{Authentication, Protocol, Security};
use mailshift::server::discovery::{self, Found, Kind, Network, Outcome, Part, Trouble};
use mailshift::server::projects::Settings;

const AUTOCONFIG: &str = "autoconfig.e.example/mail/config-v1.1.xml";
const WELL_KNOWN: &str = "e.example/.well-known/autoconfig/mail/config-v1.1.xml";
const COLLECTION: &str = "live.thunderbird.net/autoconfig/v1.1/e.example";
const SERVICE: &str = "_imaps._tcp.e.example";

fn incoming(found: &Found) -> &str {
    found.account.as_ref().map_or("", |account| &account.incoming.host)
}

fn outcome<'a>(found: &'a Found, place: &str) -> &'a Outcome {
    &source(found, &format!("https://{place}")).outcome
}

/// The one thing that is at the domain's autoconfig address, and what became of it.
async fn of_autoconfig(reply: Reply) -> Outcome {
    let found = Internet::default().page(AUTOCONFIG, reply).find("e.example").await;
    assert_eq!(found.account, None);
    outcome(&found, AUTOCONFIG).clone()
}

#[tokio::test]
async fn the_best_source_wins_and_each_one_is_listed() {
    let everything = |best: usize| {
        let mut internet = Internet::default()
            .mx("e.example", 20, "backup.other.example")
            .mx("e.example", 10, "mx1.in.hoster.co.uk")
            .srv(SERVICE, (0, 0, 993), "imap.services.example")
            .srv("_submissions._tcp.e.example", (0, 0, 465), "smtp.services.example");
        let places = [
            (AUTOCONFIG, "own.example"),
            (WELL_KNOWN, "well-known.example"),
            (COLLECTION, "collection.example"),
            ("autoconfig.in.hoster.co.uk/mail/config-v1.1.xml", "in-hoster.example"),
            ("live.thunderbird.net/autoconfig/v1.1/in.hoster.co.uk", "in-collection.example"),
            ("autoconfig.hoster.co.uk/mail/config-v1.1.xml", "hoster.example"),
            ("live.thunderbird.net/autoconfig/v1.1/hoster.co.uk", "hoster-collection.example"),
        ];
        for (place, host) in places.into_iter().skip(best) {
            internet = internet.config(place, host);
        }
        internet
    };
    for (best, host, kind) in [
        (0, "imap.own.example", Kind::Autoconfig),
        (1, "imap.well-known.example", Kind::Autoconfig),
        (2, "imap.collection.example", Kind::Collection),
        (3, "imap.in-hoster.example", Kind::ProviderAutoconfig),
        (4, "imap.in-collection.example", Kind::ProviderCollection),
        (5, "imap.hoster.example", Kind::ProviderAutoconfig),
        (6, "imap.hoster-collection.example", Kind::ProviderCollection),
        (7, "imap.services.example", Kind::Service),
    ] {
        let found = everything(best).find("E.example").await;
        assert_eq!(incoming(&found), host, "{found:?}");
        let origin = found.origin(Part::Incoming).expect("an origin");
        assert_eq!((origin.kind, &origin.outcome), (kind, &Outcome::Found));
        assert_eq!(found.sources.len(), 16, "{:?}", found.sources);
        let led = Outcome::Led(vec!["mx1.in.hoster.co.uk".into(), "backup.other.example".into()]);
        assert_eq!(source(&found, "e.example").outcome, led);
    }
}

#[tokio::test]
async fn a_domain_without_anything_is_no_error() {
    let found = Internet::default().find("e.example").await;
    assert_eq!((found.account.as_ref(), found.exchange), (None, false));
    for source in &found.sources {
        let expected = match source.kind {
            Kind::Autodiscover => Outcome::Failed(Trouble::NeedsAddress),
            _ => Outcome::Nothing,
        };
        assert_eq!(source.outcome, expected, "{source:?}");
    }
    assert!(discovery::find(&Internet::default().network().await, "localhost").await.is_err());
}

#[tokio::test]
async fn services_are_taken_by_priority_then_weight_and_a_full_stop_means_not_offered() {
    let found = Internet::default()
        .srv("_imaps._tcp.e.example", (0, 0, 0), ".")
        .srv("_imap._tcp.e.example", (20, 100, 143), "last.mail.example")
        .srv("_imap._tcp.e.example", (10, 1, 143), "light.mail.example")
        .srv("_imap._tcp.e.example", (10, 9, 1143), "heavy.mail.example")
        .srv("_pop3s._tcp.e.example", (0, 0, 995), "pop.mail.example")
        .srv("_submission._tcp.e.example", (0, 0, 587), "smtp.mail.example")
        .find("e.example")
        .await;
    let account = found.account.as_ref().expect("an account");
    let server = &account.incoming;
    assert_eq!((server.protocol, server.host.as_str(), server.port), (Protocol::Imap, "heavy.mail.example", 1143));
    assert_eq!((server.security, server.username.as_str()), (Security::StartTls, "%EMAILADDRESS%"));
    assert_eq!(account.outgoing.host, "smtp.mail.example");
    assert_eq!(source(&found, SERVICE).outcome, Outcome::Nothing);
}

#[tokio::test]
async fn microsoft_365_is_known_by_its_mail_exchangers() {
    let found = Internet::default().mx("e.example", 0, "e-example.mail.protection.outlook.com").find("e.example").await;
    let account = found.account.as_ref().expect("an account");
    assert_eq!(account.incoming.host, "outlook.office365.com");
    assert_eq!(account.incoming.authentication, Authentication::OAuth2);
    assert!(account.signs_in_there() && found.exchange);
    assert_eq!(found.origin(Part::Exchange).expect("an origin").kind, Kind::MailExchangers);
    let settings = found.proposal(&Settings::default()).expect("settings");
    assert_eq!(settings.account.as_ref(), Some(account));
    assert_eq!(settings.faults(), []);
}

#[tokio::test]
async fn autodiscover_is_asked_with_an_address_only_and_its_redirects_are_not_followed() {
    let json = r#"{"Protocol":"AutodiscoverV1","Url":"https://mail.e.example/autodiscover/autodiscover.xml"}"#;
    let place = "autodiscover.e.example/autodiscover/autodiscover.json";
    let internet = || {
        Internet::default()
            .config(AUTOCONFIG, "own.example")
            .page(place, Reply::File("application/json", json.into()))
            .page(
                "outlook.office365.com/autodiscover/autodiscover.json/v1.0/anna+x@e.example",
                Reply::Redirect("https://elsewhere.example/".into()),
            )
            .page("elsewhere.example/", Reply::File("application/json", json.into()))
    };
    let (with, asked) = (internet(), internet());
    let heard = with.asked();
    let found = with.find("anna+x@E.example").await;
    assert_eq!(found.origin(Part::Exchange).expect("an origin").place, format!("https://{place}"));
    assert_eq!(
        found.account.as_ref().and_then(|account| account.exchange.clone()).expect("Exchange").address,
        "%EMAILADDRESS%"
    );
    let microsoft = source(&found, "https://outlook.office365.com/autodiscover/autodiscover.json/v1.0");
    assert_eq!(microsoft.outcome, Outcome::Failed(Trouble::Status(302)));
    let mut heard = heard.lock().expect("no panic").clone();
    heard.retain(|url| url.contains("anna"));
    heard.sort();
    assert_eq!(
        heard,
        [
            "autoconfig.e.example/mail/config-v1.1.xml?emailaddress=anna%2Bx%40e.example",
            "autodiscover.e.example/autodiscover/autodiscover.json?Email=anna%2Bx%40e.example&Protocol=AutodiscoverV1",
            "outlook.office365.com/autodiscover/autodiscover.json/v1.0/anna+x@e.example?Protocol=AutodiscoverV1",
        ],
        "nobody else learns the address"
    );
    assert!(!serde_json::to_string(&found).expect("JSON").contains("anna"));
    let heard = asked.asked();
    assert!(!asked.find("e.example").await.exchange);
    assert!(!heard.lock().expect("no panic").iter().any(|url| url.contains("autodiscover")));
}

#[tokio::test]
async fn private_addresses_are_not_asked_not_even_after_a_redirect_or_beside_a_public_one() {
    for address in ["10.0.0.1", "127.0.0.2", "169.254.169.254", "100.64.0.1", "::1", "fd00::1", "::ffff:10.0.0.1"] {
        let found = Internet::default().address("autoconfig.e.example", address).find("e.example").await;
        let refused = outcome(&found, AUTOCONFIG);
        assert!(matches!(refused, Outcome::Failed(Trouble::NotPublic { .. })), "{address}: {refused:?}");
    }
    let mixed = Internet::default().config(AUTOCONFIG, "x.example").address("autoconfig.e.example", "192.168.0.1");
    assert!(matches!(outcome(&mixed.find("e.example").await, AUTOCONFIG), Outcome::Failed(Trouble::NotPublic { .. })));
    let away = Internet::default()
        .page(AUTOCONFIG, Reply::Redirect("https://inside.example/config".into()))
        .address("inside.example", "192.168.0.1");
    let refused = outcome(&away.find("e.example").await, AUTOCONFIG).clone();
    assert!(
        matches!(&refused, Outcome::Failed(Trouble::NotPublic { host, .. }) if host == "inside.example"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn redirects_lead_to_https_names_only_and_not_for_ever() {
    let good = Internet::default()
        .page(AUTOCONFIG, Reply::Redirect("https://hoster.example/one".into()))
        .page("hoster.example/one", Reply::Redirect("/two".into()))
        .page("hoster.example/two", Reply::Redirect("//hoster.example/three".into()))
        .config("hoster.example/three", "own.example");
    assert_eq!(incoming(&good.find("e.example").await), "imap.own.example");
    let endless = of_autoconfig(Reply::Redirect(format!("https://{AUTOCONFIG}"))).await;
    assert_eq!(endless, Outcome::Failed(Trouble::Redirects));
    for to in ["http://autoconfig.e.example/", "ftp://e.example/", "file:///etc/passwd"] {
        let refused = of_autoconfig(Reply::Redirect(to.into())).await;
        assert!(matches!(refused, Outcome::Failed(Trouble::NotHttps(_))), "{to}: {refused:?}");
    }
    for to in [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://2130706433/",
        "https://autoconfig.e.example:8443/",
        "https://u:p@autoconfig.e.example/",
        "https://",
    ] {
        let refused = of_autoconfig(Reply::Redirect(to.into())).await;
        assert!(matches!(refused, Outcome::Failed(Trouble::Address(_))), "{to}: {refused:?}");
    }
}

#[tokio::test]
async fn what_is_too_large_too_slow_or_of_another_kind_is_refused() {
    assert_eq!(of_autoconfig(Reply::Endless).await, Outcome::Failed(Trouble::TooLarge));
    assert_eq!(of_autoconfig(Reply::Status(500)).await, Outcome::Failed(Trouble::Status(500)));
    assert_eq!(of_autoconfig(Reply::Status(404)).await, Outcome::Nothing);
    for kind in ["text/html", "application/xhtml+xml", "text/plain", ""] {
        let refused = of_autoconfig(Reply::File(kind, config("own.example"))).await;
        assert_eq!(refused, Outcome::Failed(Trouble::MediaType(kind.into())));
    }
    let bomb = "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><clientConfig>&b;</clientConfig>";
    for text in [bomb.to_owned(), "<a>".repeat(50_000), config("own.example").replace("SSL", "plain"), String::new()] {
        let refused = of_autoconfig(Reply::File("text/xml", text)).await;
        assert!(matches!(refused, Outcome::Failed(Trouble::Content(_))), "{refused:?}");
    }
    let start = Instant::now();
    assert_eq!(of_autoconfig(Reply::Silent).await, Outcome::Failed(Trouble::TimeLimit));
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_certificate_of_somebody_else_is_not_trusted() {
    let internet = Internet::default().config(WELL_KNOWN, "own.example").address("autoconfig.e.example", "127.0.0.1");
    let found = internet.find("e.example").await;
    assert_eq!(incoming(&found), "imap.own.example");
    let refused = outcome(&found, AUTOCONFIG);
    assert!(matches!(refused, Outcome::Failed(Trouble::Unreachable(_))), "{refused:?}");
}

#[tokio::test]
async fn a_name_server_that_is_silent_ends_the_search_in_time() {
    // Bound, so that nobody answers.
    let silent = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let network = Network::with(silent.local_addr().expect("an address"), &[], &[]).expect("a network");
    let start = Instant::now();
    let found = discovery::find(&network, "anna@e.example").await.expect("a domain");
    assert!(start.elapsed() < Duration::from_secs(16), "{:?}", start.elapsed());
    for source in &found.sources {
        assert_eq!(source.outcome, Outcome::Failed(Trouble::TimeLimit), "{source:?}");
    }
}
