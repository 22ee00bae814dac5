use super::*;
use crate::account::{Authentication, Protocol, Security, Server};

const OLD: &str = r#"
user_pref("mail.accountmanager.accounts", "account1,account2,account3");
user_pref("mail.accountmanager.defaultaccount", "account1");
user_pref("mail.accountmanager.localfoldersserver", "server1");
user_pref("mail.account.account1.identities", "id1");
user_pref("mail.account.account1.server", "server3");
user_pref("mail.account.account2.server", "server1");
user_pref("mail.account.account3.identities", "id5,id6");
user_pref("mail.account.account3.server", "server2");
user_pref("mail.identity.id1.useremail", "private@home.example");
user_pref("mail.identity.id1.organization", "At home");
user_pref("mail.identity.id6.useremail", "Anna@Old.example");
user_pref("mail.identity.id6.htmlSigText", "Kind regards");
user_pref("mail.identity.id6.sig_file", "/home/anna/.thunderbird/old/sig.html");
user_pref("mail.identity.id6.sig_file-rel", "[ProfD]sig.html");
user_pref("mail.identity.id6.smtpServer", "smtp9");
user_pref("mail.server.server1.directory-rel", "[ProfD]Mail/Local Folders");
user_pref("mail.server.server1.storeContractID", "@mozilla.org/msgstore/maildirstore;1");
user_pref("mail.server.server2.directory-rel", "[ProfD]ImapMail/mail.old.example");
user_pref("mail.server.server2.hostname", "mail.old.example");
user_pref("mail.server.server2.userName", "anna@old.example");
user_pref("mailnews.tags.x.tag", "X");
user_pref("ldap_2.servers.Customers.filename", "abook-1.sqlite");
user_pref("network.proxy.type", 1);
"#;

fn account() -> Account {
    let server = Server {
        protocol: Protocol::Imap,
        host: "imap.new.example".into(),
        port: 993,
        security: Security::Tls,
        authentication: Authentication::Password,
        username: "anna@new.example".into(),
    };
    Account { incoming: server.clone(), outgoing: server, certificate_authority: None, exchange: None }
}

fn old_profile(files: &[&str]) -> tempfile::TempDir {
    let profile = tempfile::tempdir().expect("a folder");
    fs::write(profile.path().join("prefs.js"), OLD).expect("written");
    for file in files {
        let path = profile.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, format!("content of {file}")).expect("written");
    }
    profile
}

fn names(carried: &CarryOver) -> Vec<&str> {
    carried.copies.iter().filter_map(|copy| copy.to.to_str()).collect()
}

#[test]
fn what_belongs_to_the_person_comes_along_and_accounts_do_not() {
    let profile = old_profile(&[
        "abook.sqlite",
        "abook-1.sqlite",
        "abook.sqlite-wal",
        "key4.db",
        "logins.json",
        "user.js",
        "sig.html",
    ]);
    let old = Old::read(profile.path(), "anna@old.example");
    let carried = chosen(&old, "anna@old.example", &account());
    let prefs: Vec<_> = carried.prefs.keys().map(String::as_str).collect();
    assert_eq!(
        prefs,
        [
            "ldap_2.servers.Customers.filename",
            "mail.identity.id1.htmlSigText",
            "mail.identity.id1.sig_file-rel",
            "mail.server.server2.storeContractID",
            "mailnews.tags.x.tag",
        ],
        "the signature is the one of the old address, under the new identity"
    );
    assert_eq!(
        names(&carried),
        ["abook-1.sqlite", "abook.sqlite", "abook.sqlite-wal", "Mail/Local Folders", "sig.html"]
    );
}

#[test]
fn the_key_store_comes_along_only_with_what_it_opens() {
    let profile =
        old_profile(&["key4.db", "cert9.db", "logins.json", "encrypted-openpgp-passphrase.txt", "secring.gpg"]);
    let carried = chosen(&Old::read(profile.path(), "anna@old.example"), "anna@old.example", &account());
    assert_eq!(
        names(&carried),
        ["cert9.db", "encrypted-openpgp-passphrase.txt", "key4.db", "secring.gpg", "Mail/Local Folders"]
            .into_iter()
            .chain(["sig.html"])
            .collect::<Vec<_>>()
    );
}

#[test]
fn filters_point_to_the_new_account() {
    let profile = old_profile(&[]);
    let folder = profile.path().join("ImapMail/mail.old.example");
    fs::create_dir_all(&folder).expect("a folder");
    let rules = "actionValue=\"imap://anna%40old.example@mail.old.example/Projects\"\nactionValue=\"mailbox://nobody@Local%20Folders/Old\"\n";
    fs::write(folder.join("msgFilterRules.dat"), rules).expect("written");
    let carried = chosen(&Old::read(profile.path(), "anna@old.example"), "anna@old.example", &account());
    let expected = rules.replace("anna%40old.example@mail.old.example", "anna%40new.example@imap.new.example");
    assert_eq!(carried.filters.as_deref(), Some(expected.as_str()));
}

#[test]
fn an_unreadable_old_profile_gives_nothing_and_no_error() {
    let old = Old::read(Path::new("/nonexistent/profile"), "anna@old.example");
    let carried = chosen(&old, "anna@old.example", &account());
    assert_eq!(carried.prefs, Prefs::new());
    assert_eq!(
        Tree::of(Path::new("/nonexistent/profile"), &carried.copies, []).expect("nothing is there"),
        Tree::default()
    );
}

/// L11.
#[test]
fn a_signature_outside_the_profile_is_not_copied_onto_itself() {
    for name in ["/home/anna/sig.html", "../sig.html", "a/../../sig.html", ""] {
        let profile = old_profile(&[]);
        let prefs = OLD.replace("[ProfD]sig.html", &format!("[ProfD]{name}"));
        fs::write(profile.path().join("prefs.js"), prefs).expect("written");
        let carried = chosen(&Old::read(profile.path(), "anna@old.example"), "anna@old.example", &account());
        assert_eq!(names(&carried), ["Mail/Local Folders"], "{name}");
    }
}

#[cfg(unix)]
fn copied(from: &Path, old: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir().expect("a folder");
    let all = [Copy { from: from.into(), to: "new".into() }];
    let tree = Tree::of(old, &all, ["new/taken".into()]).expect("readable");
    tree.copy_to(to.path(), || Ok(())).expect("copied");
    to
}

#[cfg(unix)]
#[test]
fn a_copy_is_writable_and_a_circle_of_links_ends() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let from = tempfile::tempdir().expect("a folder");
    let file = from.path().join("sub/mail");
    fs::create_dir(from.path().join("sub")).expect("a folder");
    for file in [&file, &from.path().join("taken")] {
        fs::write(file, "x").expect("written");
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).expect("read-only");
    symlink("missing", from.path().join("dangling")).expect("a link");
    let to = copied(from.path(), from.path());
    let copy = to.path().join("new/sub/mail");
    assert_eq!(fs::metadata(&copy).expect("there").permissions().mode() & 0o777, 0o600);
    assert!(!to.path().join("new/taken").exists(), "what the set-up writes itself is not copied over");
    symlink("..", from.path().join("sub/up")).expect("a link");
    copied(from.path(), from.path());
}

/// L11.
#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_old_profile_and_in_mail_that_lies_elsewhere_and_no_further() {
    use std::os::unix::fs::symlink;
    let disk = tempfile::tempdir().expect("a folder");
    let at = |name: &str| disk.path().join(name);
    for (file, content) in [("old/book", "inside"), ("elsewhere/Letters", "mail"), ("private/key", "secret")] {
        fs::create_dir_all(at(file).parent().expect("a folder")).expect("a folder");
        fs::write(at(file), content).expect("written");
    }
    symlink(at("elsewhere"), at("old/Mail")).expect("mail on another disk");
    symlink(at("old/book"), at("elsewhere/book")).expect("a link");
    symlink(at("private"), at("elsewhere/private")).expect("a link");
    symlink(at("private/key"), at("elsewhere/key")).expect("a link");
    let to = copied(&at("old/Mail"), &at("old"));
    let mut names: Vec<_> =
        fs::read_dir(to.path().join("new")).expect("copied").flatten().map(|it| it.file_name()).collect();
    names.sort();
    assert_eq!(names, ["Letters", "book"]);
}
