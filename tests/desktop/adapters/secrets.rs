//! The secrets with real keyrings: open, locked, missing, silent, and late.

use std::path::Path;

use mailshift::agent::secrets::{Error, Kept, Key, Secrets};
use mailshift::demo::screen::{Keyring, Options, Session, wait};
use mailshift::os::Places;
use mailshift::secret::Secret;

use super::{LIMIT, again, bare, inside, part, places, run};

fn with_bus(keyring: Keyring) -> Options {
    Options { bus: true, keyring, ..bare() }
}

/// Everything in the state folder as text.
fn everything_below(folder: &Path) -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            all += &everything_below(&entry.path());
        } else {
            all += &String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap_or_default());
        }
    }
    all
}

#[test]
#[ignore = "needs gnome-keyring: make test"]
fn an_open_keyring_keeps_every_secret_and_no_file_does() {
    inside("secrets::an_open_keyring_keeps_every_secret_and_no_file_does", &with_bus(Keyring::Unlocked), || {
        let places = places();
        let secrets = Secrets::open(&places);
        run(async {
            assert!(secrets.read(Key::DeviceToken).await.expect("an answer").is_none());
            for (key, text) in [(Key::DeviceToken, "tok-ünï"), (Key::MailPassword, "hunter2")] {
                assert_eq!(secrets.keep(key, &Secret::new("older")).await.expect("kept"), Kept::InKeyring);
                assert_eq!(secrets.keep(key, &Secret::new(text)).await.expect("kept"), Kept::InKeyring);
                // What another process would see.
                let read = Secrets::open(&places).read(key).await.expect("an answer");
                assert_eq!(read, Some(Secret::new(text)));
            }
            assert_eq!(everything_below(&places.state), "");
            assert_eq!(items("device-token", &places), 1);
            assert_eq!(items("mail-password", &places), 1);
            secrets.forget(Key::MailPassword).await.expect("forgotten");
            secrets.forget(Key::MailPassword).await.expect("forgetting twice is no error");
            assert_eq!(secrets.read(Key::MailPassword).await.expect("an answer"), None);
            assert_eq!((items("device-token", &places), items("mail-password", &places)), (1, 0));
        });
    });
}

/// How many things the Secret Service has under our name: the name must never change between versions.
fn items(name: &str, places: &Places) -> usize {
    use zbus::zvariant::OwnedObjectPath;
    let user = format!("{name} {}", places.state.display());
    let wanted = std::collections::HashMap::from([("service", "mailshift"), ("username", user.as_str())]);
    let answer = zbus::blocking::Connection::session().expect("a bus").call_method(
        Some("org.freedesktop.secrets"),
        "/org/freedesktop/secrets",
        Some("org.freedesktop.Secret.Service"),
        "SearchItems",
        &(wanted,),
    );
    let found: (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
        answer.expect("found").body().deserialize().expect("lists");
    found.0.len() + found.1.len()
}

fn keyring_runs() -> bool {
    let bus = zbus::blocking::Connection::session().expect("a bus");
    let dbus = zbus::blocking::fdo::DBusProxy::new(&bus).expect("a bus");
    dbus.name_has_owner("org.freedesktop.secrets".try_into().expect("a name")).expect("an answer")
}

/// Locks the keyring, as a desktop does after a while.
fn lock() {
    let default = zbus::zvariant::ObjectPath::from_static_str("/org/freedesktop/secrets/aliases/default");
    let answer = zbus::blocking::Connection::session().expect("a bus").call_method(
        Some("org.freedesktop.secrets"),
        "/org/freedesktop/secrets",
        Some("org.freedesktop.Secret.Service"),
        "Lock",
        &(vec![default.expect("a path")],),
    );
    answer.expect("locked");
}

#[test]
#[ignore = "needs gnome-keyring: make test"]
fn a_keyring_that_was_locked_since_says_so_and_loses_nothing() {
    inside("secrets::a_keyring_that_was_locked_since_says_so_and_loses_nothing", &with_bus(Keyring::Unlocked), || {
        let secrets = Secrets::open(&places());
        run(async {
            assert_eq!(secrets.keep(Key::DeviceToken, &Secret::new("old")).await.expect("kept"), Kept::InKeyring);
            lock();
            // Not "there is no token": the agent would ask for a new code.
            assert!(matches!(secrets.read(Key::DeviceToken).await, Err(Error::Locked)));
            assert_eq!(secrets.keep(Key::DeviceToken, &Secret::new("new")).await.expect("kept"), Kept::InFile);
            assert_eq!(secrets.read(Key::DeviceToken).await.expect("the younger one"), Some(Secret::new("new")));
        });
    });
}

/// Without a keyring that opens, the token is in a private file, and the password in no file at all.
fn falls_back() {
    use std::os::unix::fs::PermissionsExt;
    let places = places();
    let secrets = Secrets::open(&places);
    run(async {
        let (token, password) = (Secret::new("tok-1"), Secret::new("hunter2"));
        assert_eq!(secrets.keep(Key::DeviceToken, &token).await.expect("kept"), Kept::InFile);
        assert_eq!(secrets.keep(Key::MailPassword, &password).await.expect("kept"), Kept::InMemory);
        assert_eq!(everything_below(&places.home.join(".local")), "tok-1");
        let mode = std::fs::metadata(places.state.join("token")).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(secrets.clone().read(Key::MailPassword).await.expect("an answer"), Some(password));
        assert_eq!(Secrets::open(&places).read(Key::DeviceToken).await.expect("an answer"), Some(token));
        assert_eq!(secrets.settle().await.expect("tried"), Some(Kept::InFile));
        let _ = secrets.forget(Key::DeviceToken).await;
        let _ = secrets.forget(Key::MailPassword).await;
        assert!(!places.state.join("token").exists());
        assert_eq!(secrets.settle().await.expect("nothing to do"), None);
    });
}

#[test]
fn without_a_bus_the_token_is_in_a_file_and_the_password_in_none() {
    inside("secrets::without_a_bus_the_token_is_in_a_file_and_the_password_in_none", &bare(), falls_back);
}

#[test]
#[ignore = "needs dbus: make test"]
fn without_a_keyring_the_token_is_in_a_file_and_the_password_in_none() {
    let name = "secrets::without_a_keyring_the_token_is_in_a_file_and_the_password_in_none";
    inside(name, &with_bus(Keyring::None), || {
        falls_back();
        assert!(!keyring_runs());
    });
}

#[test]
#[ignore = "needs gnome-keyring: make test"]
fn with_a_locked_keyring_the_token_is_in_a_file_and_the_password_in_none() {
    let name = "secrets::with_a_locked_keyring_the_token_is_in_a_file_and_the_password_in_none";
    inside(name, &with_bus(Keyring::Locked), || {
        assert!(keyring_runs());
        falls_back();
    });
}

#[test]
#[ignore = "needs gnome-keyring: make test"]
fn with_a_keyring_started_on_demand_the_token_is_in_a_file_and_the_password_in_none() {
    let name = "secrets::with_a_keyring_started_on_demand_the_token_is_in_a_file_and_the_password_in_none";
    inside(name, &with_bus(Keyring::OnDemand), || {
        assert!(!keyring_runs());
        falls_back();
        assert!(keyring_runs(), "the first call starts it");
    });
}

#[test]
#[ignore = "needs dbus: make test"]
fn a_keyring_that_never_answers_is_given_up() {
    inside("secrets::a_keyring_that_never_answers_is_given_up", &with_bus(Keyring::None), || {
        // Owns the name of a keyring, and that is all it does.
        let silent = zbus::blocking::Connection::session().expect("a bus");
        silent.request_name("org.freedesktop.secrets").expect("the name is free");
        let secrets = Secrets::open(&places());
        let started = std::time::Instant::now();
        run(async {
            let token = Secret::new("tok-1");
            assert_eq!(secrets.keep(Key::DeviceToken, &token).await.expect("kept"), Kept::InFile);
            assert_eq!(secrets.read(Key::DeviceToken).await.expect("an answer"), Some(token));
        });
        assert!(started.elapsed() < LIMIT);
    });
}

#[test]
#[ignore = "needs gnome-keyring: make test"]
fn a_token_moves_from_its_file_to_a_keyring_that_appears_later() {
    let name = "secrets::a_token_moves_from_its_file_to_a_keyring_that_appears_later";
    if part().is_some() {
        let places = places();
        let secrets = Secrets::open(&places);
        run(async {
            let token = Secret::new("tok-1");
            assert_eq!(secrets.keep(Key::DeviceToken, &token).await.expect("kept"), Kept::InFile);
            wait("the keyring", LIMIT, || places.home.join("keyring-is-up").exists().then_some(())).expect("it comes");
            assert_eq!(secrets.settle().await.expect("moved"), Some(Kept::InKeyring));
            assert!(!places.state.join("token").exists());
            assert_eq!(secrets.read(Key::DeviceToken).await.expect("an answer"), Some(token));
            assert_eq!(items("device-token", &places), 1);
        });
        return;
    }
    let mut session = Session::start(&with_bus(Keyring::None)).expect("a session");
    let mut child = again(&session, name, "inside").spawn().expect("started");
    let token = session.home().join(".local/state/mailshift/token");
    wait("the token in its file", LIMIT, || token.exists().then_some(())).expect("kept");
    session.start_keyring(true).expect("a keyring");
    std::fs::write(session.home().join("keyring-is-up"), "").expect("written");
    assert!(child.wait().expect("ended").success());
}
