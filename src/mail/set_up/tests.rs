//! The part of a set-up that writes, in a home that is made for it. Thunderbird itself takes part in
//! `tests/thunderbird`.

#[cfg(unix)]
mod contents;
#[cfg(unix)]
mod refused;
#[cfg(unix)]
mod sweep;

use std::fs;
use std::path::Path;

use super::*;
use crate::account::{Account, Authentication, Protocol, Security, Server};
use crate::mail::Recovered;
use crate::mail::recovery::recover;
use crate::mail::script::tests::runtime;
use crate::mail::thunderbird::{self, Install};
use crate::protocol::Evidence;
use crate::secret::Secret;

const LIST: &str = "\u{FEFF}; written by hand\r\n[Profile0]\r\nName=old\r\nIsRelative=1\r\nPath=old\r\nDefault=1\r\n\r\n\
                    [Install1234]\r\nDefault=old\r\n";

struct Home {
    folder: tempfile::TempDir,
    places: Places,
    host: Host,
}

impl Home {
    fn new() -> Self {
        // Thousands of files are made and synced: in memory, where the system has a place for that.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let folder = folder.expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let places = Places { home: at("home"), state: at("state"), config: at("config"), runtime: at("runtime") };
        let host = Host { helper_exe: at("none"), path: "".into(), display: None, environment: Vec::new() };
        let old = at("home/.thunderbird/old");
        fs::create_dir_all(old.join("Mail/Local Folders/Archive.sbd")).expect("a folder");
        fs::write(at("home/.thunderbird/profiles.ini"), LIST).expect("written");
        fs::write(old.join("prefs.js"), "user_pref(\"mailnews.tags.x.tag\", \"X\");\n").expect("written");
        for file in ["abook.sqlite", "Mail/Local Folders/Letters", "Mail/Local Folders/Archive.sbd/2019"] {
            fs::write(old.join(file), file).expect("written");
        }
        Self { folder, places, host }
    }

    fn install(&self) -> Install {
        Install {
            folder: self.folder.path().join("program"),
            command: ("/nonexistent/thunderbird".into(), Vec::new()),
            version: "153".into(),
            root: self.places.home.join(".thunderbird"),
            hash: Some("1234".into()),
        }
    }

    fn order() -> Order {
        let server = |protocol, port| Server {
            protocol,
            host: "mail.new.example".into(),
            port,
            security: Security::Tls,
            authentication: Authentication::Password,
            username: "anna@new.example".into(),
        };
        let account = Account {
            incoming: server(Protocol::Imap, 993),
            outgoing: server(Protocol::Smtp, 465),
            certificate_authority: None,
            exchange: None,
        };
        Order {
            name: "Anna".into(),
            address: "anna@new.example".into(),
            old_address: "anna@old.example".into(),
            account,
            password: Secret::new("geheim-und-lang"),
            hand_over: false,
            profile: "New mail".into(),
            minimum_versions: Vec::new(),
            switch_to_classic_outlook: false,
        }
    }

    fn run<'a>(&'a self, order: &'a Order, cancel: &'a Cancel) -> Run<'a> {
        Run { order, places: &self.places, host: &self.host, progress: &|_| {}, cancel }
    }

    fn client(&self) -> Client {
        Client::Thunderbird(Box::new(thunderbird::SetUp::new(self.install())))
    }

    fn begin(&self) -> Result<Journal, Error> {
        self.run(&Self::order(), &Cancel::default()).begin(self.client(), Some(0))
    }

    /// Runs the writing part; the record as it is when it ends.
    fn switch_over(&self) -> (Result<(), Error>, Option<Journal>) {
        match self.begin() {
            Err(error) => (Err(error), None),
            Ok(mut journal) => (self.run(&Self::order(), &Cancel::default()).switch_over(&mut journal), Some(journal)),
        }
    }
}

#[test]
fn the_record_holds_no_password() {
    let home = Home::new();
    home.switch_over().0.expect("it works");
    for entry in fs::read_dir(&home.places.state).expect("a record").flatten() {
        let text = String::from_utf8_lossy(&fs::read(entry.path()).expect("readable")).into_owned();
        assert!(!text.contains("geheim"), "{text}");
    }
    let prefs = home.places.home.join(".thunderbird/new-mail.mailshift/prefs.js");
    assert!(!fs::read_to_string(prefs).expect("there").contains("geheim"));
}

#[test]
fn a_second_set_up_that_fails_leaves_the_first_one_to_be_undone() {
    let home = Home::new();
    let (_, journal) = home.switch_over();
    let mut journal = journal.expect("begun");
    journal.evidence = Some(Evidence { first_sync_messages: 3, ..Evidence::default() });
    journal.enter(Stage::Done, &home.places).expect("recorded");
    let recovered = recover(&home.places, &home.host).expect("readable");
    let Recovered::Done(outcome) = recovered else { panic!("what was done can be told: {recovered:?}") };
    assert_eq!((outcome.profile.as_str(), outcome.evidence.first_sync_messages), ("New mail", 3));
    let (_, second) = home.switch_over();
    let second = second.expect("begun");
    assert_eq!(second.client.profile(), "New mail 2");
    recovery::roll_back(second, &home.places, &home.host, || {}, || false).expect("it goes back");
    assert!(crate::mail::can_undo(&home.places));
    recovery::undo(&home.places, &home.host, &|_| {}).expect("undone");
    let list = fs::read(home.places.home.join(".thunderbird/profiles.ini")).expect("there");
    assert_eq!(String::from_utf8_lossy(&list), LIST);
}
