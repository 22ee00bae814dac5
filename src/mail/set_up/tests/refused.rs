//! What a set-up does not begin with.

use super::*;
use crate::problem::ResponseCode;

fn record(home: &Home) -> Vec<u8> {
    fs::read(home.places.state.join("journal.json")).expect("a record")
}

/// H6.
#[test]
fn an_unfinished_record_is_never_written_over() {
    let home = Home::new();
    home.switch_over().0.expect("it works");
    let before = record(&home);
    let refused = home.begin().expect_err("something is half done");
    assert_eq!(refused.code(), ResponseCode::UndoFailed);
    assert_eq!(record(&home), before);
}

/// H6.
#[test]
fn a_record_that_cannot_be_read_is_kept_until_the_person_goes_on_and_then_beside() {
    let home = Home::new();
    fs::create_dir_all(&home.places.state).expect("a folder");
    for garbage in [&b"{ not json"[..], b"", b"{\"stage\":\"of-a-newer-version\"}"] {
        fs::write(home.places.state.join("journal.json"), garbage).expect("written");
        let copy = home.places.state.join(format!("before-{}-profiles.ini", uuid::Uuid::new_v4()));
        fs::write(&copy, "what it needs").expect("written");
        let refused = home.begin().expect_err("nobody knows what is half done");
        assert_eq!(refused.code(), ResponseCode::UndoFailed);
        let refused = recover(&home.places, &home.host).expect_err("still nobody knows");
        assert_eq!(refused.code(), ResponseCode::UndoFailed);
        assert!(!crate::mail::can_undo(&home.places));
        assert_eq!(record(&home), garbage);
        let settled = recovery::recover_again(&home.places, &home.host).expect("the person goes on");
        assert_eq!(settled, Recovered::Nothing);
        let kept = fs::read_dir(&home.places.state).expect("a folder").flatten();
        let kept = kept.filter(|entry| fs::read(entry.path()).is_ok_and(|bytes| bytes == garbage)).count();
        assert_eq!((kept, copy.exists()), (1, true), "nothing of it is lost");
        for entry in fs::read_dir(&home.places.state).expect("a folder").flatten() {
            fs::remove_file(entry.path()).expect("removed");
        }
    }
}

/// H6: what is half done is taken back before anything new begins.
#[test]
fn trying_again_goes_back_first() {
    let home = Home::new();
    let before = home.contents();
    home.switch_over().0.expect("it works");
    recovery::settle(&home.places, &home.host, || {}, || false).expect("it goes back");
    assert_eq!(home.contents(), before);
    assert_eq!(home.records(), 0);
    home.switch_over().0.expect("it works again");
    let list = fs::read_to_string(home.places.home.join(".thunderbird/profiles.ini")).expect("there");
    assert!(list.contains("new-mail.mailshift") && !list.contains("New mail 2"), "{list}");
}

/// The password and its store of a profile in the home.
const PROFILE: &str = ".thunderbird/new-mail.mailshift";

/// H7: a power cut after the lists were replaced, and hours of work in the new profile.
#[test]
fn a_profile_that_was_used_is_only_taken_from_the_list() {
    for mark in ["compatibility.ini", "times.json", ".parentlock", "Mail/Local Folders/Drafts"] {
        let home = Home::new();
        let before = home.contents();
        home.switch_over().0.expect("it works");
        let profile = home.places.home.join(PROFILE);
        fs::write(profile.join(mark), "made since").expect("written");
        assert_eq!(recover(&home.places, &home.host).expect("it recovers"), Recovered::Undone, "{mark}");
        assert_eq!(fs::read_to_string(profile.join(mark)).expect("kept"), "made since");
        let mut after = home.contents();
        after.retain(|path, _| !path.starts_with(&profile));
        assert_eq!(after, before, "{mark}");
    }
}

/// L5.
#[test]
fn a_program_that_was_opened_in_between_is_noticed() {
    let home = Home::new();
    let before = home.contents();
    let (result, journal) = home.switch_over();
    result.expect("it works");
    let journal = journal.expect("begun");
    journal.client.check_still_closed().expect("nobody has");
    let lock = home.places.home.join(".thunderbird/old/lock");
    std::os::unix::fs::symlink("127.0.1.1:+999999", &lock).expect("a program opens it");
    let noticed = journal.client.check_still_closed().expect_err("somebody has");
    assert_eq!(noticed.code(), ResponseCode::ClientOpened);
    fs::remove_file(&lock).expect("closed");
    recovery::roll_back(journal, &home.places, &home.host, || {}, || false).expect("it goes back");
    assert_eq!(home.contents(), before);
}

/// L4.
#[test]
fn lists_that_are_links_are_written_where_they_lead() {
    let home = Home::new();
    let list = home.places.home.join(".thunderbird/profiles.ini");
    let target = home.places.home.join("profiles-of-mine.ini");
    fs::rename(&list, &target).expect("moved");
    std::os::unix::fs::symlink("../profiles-of-mine.ini", &list).expect("a link");
    let (result, journal) = home.switch_over();
    result.expect("it works");
    assert!(list.is_symlink() && fs::read_to_string(&target).expect("there").contains("new-mail.mailshift"));
    let journal = journal.expect("begun");
    recovery::roll_back(journal, &home.places, &home.host, || {}, || false).expect("it goes back");
    assert!(list.is_symlink());
    assert_eq!(fs::read_to_string(&target).expect("there"), LIST);
}
