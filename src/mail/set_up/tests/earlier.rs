//! Records as version 0.1 wrote them: whoever updates the agent in the middle of a set-up can still go back.

use super::*;
use crate::problem::ResponseCode;

/// Puts version 0.1's record of the same set-up in the place of ours.
fn replace_record(home: &Home, stage: &str) {
    let path = home.places.state.join("journal.json");
    let id = Journal::read(&home.places).expect("readable").expect("a record").id.to_string();
    let folder = home.folder.path().to_str().expect("plain");
    let text = include_str!("earlier.json").replace("FOLDER", folder).replace("ID", &id).replace("STAGE", stage);
    fs::write(path, text).expect("written");
}

#[test]
fn a_set_up_that_an_earlier_version_began_is_taken_back() {
    for stage in ["create", "switch", "undo"] {
        let home = Home::new();
        let before = home.contents();
        home.switch_over().0.expect("it works");
        replace_record(&home, stage);
        assert_eq!(recover(&home.places, &home.host).expect("it recovers"), Recovered::Undone, "{stage}");
        assert_eq!(home.contents(), before, "{stage}");
        assert_eq!(home.records(), 0, "{stage}");
    }
}

#[test]
fn a_set_up_that_an_earlier_version_completed_can_be_undone() {
    let home = Home::new();
    home.switch_over().0.expect("it works");
    replace_record(&home, "done");
    let recovered = recover(&home.places, &home.host).expect("readable");
    let Recovered::Done(outcome) = recovered else { panic!("it was done: {recovered:?}") };
    assert_eq!((outcome.profile.as_str(), &outcome.left[..]), ("New mail", &[ResponseCode::PasswordNotStored][..]));
    recovery::undo(&home.places, &home.host, &|_| {}).expect("undone");
    let list = fs::read(home.places.home.join(".thunderbird/profiles.ini")).expect("there");
    assert_eq!(String::from_utf8_lossy(&list), LIST);
}

/// Undoing it takes Windows; that nothing of the record is lost can be seen anywhere.
#[test]
fn a_record_of_outlook_by_an_earlier_version_is_read_as_it_was_written() {
    let text = include_str!("earlier-outlook.json");
    let journal: Journal = serde_json::from_str(text).expect("readable");
    assert_eq!((journal.client.profile().as_str(), journal.client.name()), ("anna@new.example", "Outlook"));
    let again = serde_json::to_value(&journal).expect("plain data");
    assert_eq!(again, serde_json::from_str::<serde_json::Value>(text).expect("JSON"));
}
