use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::account::{Account, Authentication, Protocol, Security, Server};
use crate::mail::thunderbird::ini::Ini;
use crate::secret::Secret;

const ROOT: &str = "/home/anna/.thunderbird";
const HASH: &str = "FDC34C9F024745EB";

fn order() -> Order {
    let server = |protocol, host: &str, port, security| Server {
        protocol,
        host: host.into(),
        port,
        security,
        authentication: Authentication::Password,
        username: "anna@new.example".into(),
    };
    Order {
        name: "Anna Berger".into(),
        address: "anna@new.example".into(),
        old_address: "anna@old.example".into(),
        account: Account {
            incoming: server(Protocol::Imap, "imap.new.example", 993, Security::Tls),
            outgoing: server(Protocol::Smtp, "smtp.new.example", 587, Security::StartTls),
            certificate_authority: None,
            exchange: None,
        },
        password: Secret::new("geheim"),
        hand_over: true,
        profile: "Mail at New Example".into(),
        minimum_versions: Vec::new(),
        switch_to_classic_outlook: false,
    }
}

fn found(profiles_ini: &str, installs_ini: &str, taken: &[&str]) -> Found {
    let install = Install {
        folder: "/usr/lib/thunderbird".into(),
        command: ("/usr/lib/thunderbird/thunderbird".into(), Vec::new()),
        version: "153.7.0".into(),
        root: ROOT.into(),
        hash: Some(HASH.into()),
    };
    let profiles = Ini::parsed(profiles_ini);
    let list = profiles
        .sections()
        .filter(|section| is_profile(section))
        .map(|section| {
            let path = profiles.value(section, "Path").expect("a path").to_owned();
            let name = profiles.value(section, "Name").expect("a name").to_owned();
            Profile { name, folder: Path::new(ROOT).join(&path), path }
        })
        .collect();
    let taken: BTreeSet<String> = taken.iter().map(|&name| name.to_owned()).collect();
    let profiles = Profiles { root: ROOT.into(), ini: profiles, installs: Ini::parsed(installs_ini), list, taken };
    let old = profiles.default_for(Some(HASH)).cloned();
    let old = old.map(|profile| {
        let contents = Old { folder: profile.folder.clone(), ..Old::default() };
        (profile, contents)
    });
    Found { install, profiles, old }
}

#[test]
fn a_fresh_home_gets_its_first_list() {
    let plan = plan(&order(), &found("", "", &[]));
    assert_eq!(plan.old, None);
    assert_eq!(plan.new.folder, Path::new(ROOT).join("mail-at-new-example.mailshift"));
    assert_eq!(plan.copies, []);
    assert_eq!(
        plan.profiles_ini,
        "[Profile0]\nName=Mail at New Example\nIsRelative=1\nPath=mail-at-new-example.mailshift\nDefault=1\n\n\
         [InstallFDC34C9F024745EB]\nDefault=mail-at-new-example.mailshift\nLocked=1\n\n\
         [General]\nStartWithLastProfile=1\nVersion=2\n"
    );
    assert_eq!(plan.installs_ini, "[FDC34C9F024745EB]\nDefault=mail-at-new-example.mailshift\nLocked=1\n");
    let [(name, prefs)] = &plan.files[..] else { panic!("one file: {:?}", plan.files) };
    assert_eq!(name, Path::new("prefs.js"));
    assert_eq!(prefs, include_str!("prefs.js"));
}

const OLD_LIST: &str = "[Profile0]\nName=default-release\nIsRelative=1\nPath=k3.default-release\nDefault=1\n\n\
                        [InstallFDC34C9F024745EB]\nDefault=k3.default-release\nLocked=1\n\n\
                        [General]\nStartWithLastProfile=1\nVersion=2\n";

#[test]
fn the_old_profile_stays_in_the_list_and_loses_only_the_default() {
    let plan = plan(&order(), &found(OLD_LIST, "[FDC34C9F024745EB]\nDefault=k3.default-release\nLocked=1\n", &[]));
    assert_eq!(plan.old.as_ref().map(|old| old.name.as_str()), Some("default-release"));
    assert_eq!(
        plan.profiles_ini,
        "[Profile0]\nName=default-release\nIsRelative=1\nPath=k3.default-release\n\n\
         [InstallFDC34C9F024745EB]\nDefault=mail-at-new-example.mailshift\nLocked=1\n\n\
         [General]\nStartWithLastProfile=1\nVersion=2\n\n\
         [Profile1]\nName=Mail at New Example\nIsRelative=1\nPath=mail-at-new-example.mailshift\nDefault=1\n"
    );
    let local = Path::new(ROOT).join("k3.default-release/Mail/Local Folders");
    assert_eq!(plan.copies, [Copy { from: local, to: "Mail/Local Folders".into() }]);
}

fn plan_of(list: &str) -> Plan {
    plan(&order(), &found(list, "", &[]))
}

#[test]
fn other_installations_follow_when_they_started_the_same_profile() {
    let list = format!(
        "{OLD_LIST}\n[InstallAA]\nDefault=k3.default-release\n\n[InstallBB]\nDefault=else\n\n[Profile7]\nName=e\nPath=else\n"
    );
    let plan = plan(&order(), &found(&list, "[AA]\nDefault=k3.default-release\n[BB]\nDefault=else\n", &[]));
    let (list, installs) = (Ini::parsed(&plan.profiles_ini), Ini::parsed(&plan.installs_ini));
    for ini_and_section in
        [(&list, "InstallAA"), (&list, "InstallFDC34C9F024745EB"), (&installs, "AA"), (&installs, HASH)]
    {
        let (ini, section) = ini_and_section;
        assert_eq!(ini.value(section, "Default"), Some("mail-at-new-example.mailshift"), "{section}");
    }
    assert_eq!(list.value("InstallBB", "Default"), Some("else"));
    assert_eq!(installs.value("BB", "Default"), Some("else"));
    let number = |list: &str| {
        let list = plan_of(list).profiles_ini;
        Profiles::section_of(&Ini::parsed(&list), "mail-at-new-example.mailshift").expect("listed")
    };
    assert_eq!(number(OLD_LIST), "Profile1", "numbers are not used twice");
    assert_eq!(number(&format!("{OLD_LIST}\n[Profile7]\nName=e\nPath=else\n")), "Profile1", "nothing behind a gap");
    assert_eq!(number(&format!("{OLD_LIST}\n[Profile1]\nName=e\nPath=else\n")), "Profile2");
    assert_eq!(number("[Profile3]\nName=e\nPath=else\n"), "Profile0");
}

#[test]
fn a_taken_name_or_folder_gets_the_next_number() {
    let new = |list: &str, taken: &[&str]| plan(&order(), &found(list, "", taken)).new;
    let listed = "[Profile0]\nName=Mail at New Example\nPath=x\n";
    assert_eq!(new(listed, &[]).name, "Mail at New Example 2");
    let on_disk = ["mail-at-new-example.mailshift", "mail-at-new-example-2.mailshift"];
    assert_eq!(new("", &on_disk).path, "mail-at-new-example-3.mailshift");
}

#[test]
fn a_name_of_any_letters_makes_a_plain_folder() {
    let named = |name: &str| plan(&Order { profile: name.into(), ..order() }, &found("", "", &[])).new;
    assert_eq!(named("../../Müller & Söhne\n[x]").path, "m-ller-s-hne-x.mailshift");
    assert_eq!(named("../../Müller & Söhne\n[x]").name, "../../Müller & Söhne [x]");
    assert_eq!(named("新しい").path, "mail.mailshift");
    assert_eq!(named(" ").name, "Mail");
}

#[test]
fn people_who_are_asked_at_every_start_get_the_new_profile_all_the_same() {
    let list = OLD_LIST.replace("StartWithLastProfile=1", "StartWithLastProfile=0");
    let plan = plan(&order(), &found(&list, "", &[]));
    assert_eq!(Ini::parsed(&plan.profiles_ini).value("General", "StartWithLastProfile"), Some("1"));
}
