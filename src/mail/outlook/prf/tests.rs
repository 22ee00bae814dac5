use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::mail::outlook::plan::orders::{latin1, order};
use crate::problem::ResponseCode;

fn of(order: &Order) -> Result<Vec<u8>, Error> {
    content(order, "anna@new.example", &latin1)
}

fn read(content: &[u8]) -> BTreeMap<String, BTreeMap<String, String>> {
    let text: String = content.iter().map(|&byte| char::from(byte)).collect();
    let mut sections: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut section = String::new();
    for line in text.split("\r\n").filter(|line| !line.is_empty()) {
        assert!(!line.contains(['\r', '\n']), "{line:?}");
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            name.clone_into(&mut section);
            assert!(sections.insert(section.clone(), BTreeMap::new()).is_none(), "[{name}] twice");
        } else {
            let (key, value) = line.split_once('=').expect("a key");
            let before = sections.get_mut(&section).expect("a section").insert(key.into(), value.into());
            assert_eq!(before, None, "{key} twice");
        }
    }
    sections
}

fn pop_order() -> Order {
    let mut order = order();
    order.account.incoming.protocol = Protocol::Pop3;
    order.account.incoming.host = "pop.new.example".into();
    order.account.incoming.port = 995;
    order.account.outgoing.port = 465;
    order.account.outgoing.security = Security::Tls;
    order.account.outgoing.username = "anna.smtp".into();
    order
}

#[test]
fn files_are_as_they_were_looked_at() {
    let golden = [(order(), include_str!("golden/imap.txt")), (pop_order(), include_str!("golden/pop3.txt"))];
    for (order, golden) in golden {
        let text = latin1_text(&of(&order).expect("a file"));
        assert_eq!(text.lines().collect::<Vec<_>>(), golden.lines().collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn each_key_of_an_account_stands_for_a_property() {
    for (order, mapping) in [(order(), "IMAP_I_Mail"), (pop_order(), "I_Mail")] {
        let sections = read(&of(&order).expect("a file"));
        assert_eq!(sections["Internet Account List"]["Account1"], mapping);
        let keys: BTreeSet<&String> = sections["Account1"].keys().collect();
        let known: BTreeSet<&String> = sections[mapping].keys().collect();
        let unknown: Vec<_> = keys.difference(&known).collect();
        // These two are about the account, not in it.
        assert_eq!(unknown, [&&"DefaultAccount".to_owned(), &&"UniqueService".to_owned()]);
    }
}

#[test]
fn a_file_holds_no_password() {
    let mut order = order();
    order.password = crate::secret::Secret::new("anna-password-7");
    let file = of(&order).expect("a file");
    assert!(!latin1_text(&file).contains("password"));
}

fn latin1_text(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

#[test]
fn a_name_that_the_code_page_lacks_gives_way_to_the_address() {
    let name = |name: &str, ansi: fn(&str) -> Option<Vec<u8>>| {
        let order = Order { name: name.into(), ..order() };
        read(&content(&order, "anna", &ansi).expect("a file"))["Account1"]["DisplayName"].clone()
    };
    assert_eq!(name("Anna Müller", latin1), "Anna Müller");
    assert_eq!(name("Łucja Żak", latin1), "anna@new.example");
    assert_eq!(name("Anna Müller", |text| text.is_ascii().then(|| text.into())), "anna@new.example");
    assert_eq!(name(" ", latin1), "anna@new.example");
}

#[test]
fn nobody_writes_lines_of_their_own() {
    let lines = |order: &Order| -> Vec<(String, Vec<String>)> {
        let sections = read(&of(order).expect("a file"));
        sections.into_iter().map(|(section, keys)| (section, keys.into_keys().collect())).collect()
    };
    let expected = lines(&order());
    for bad in ["Anna\r\nOverwriteProfile=Yes", "[General]\n", "\u{85}x=y\u{2028}z", "%COMSPEC%", "\"Anna\"", "a\0b"] {
        let named = Order { name: bad.into(), ..order() };
        assert_eq!(lines(&named), expected, "{bad:?}");
        let shown = read(&of(&named).expect("a file"))["Account1"]["DisplayName"].clone();
        assert!(!shown.contains(['%', '"']) && !shown.contains(char::is_control), "{shown:?}");
        for place in 0..4 {
            let mut order = order();
            let places = [
                &mut order.address,
                &mut order.account.incoming.host,
                &mut order.account.outgoing.host,
                &mut order.account.incoming.username,
            ];
            bad.clone_into(places[place]);
            assert_eq!(
                of(&order).expect_err("not in a file").code(),
                ResponseCode::AccountNotSupported,
                "{bad:?} at {place}"
            );
        }
    }
}

#[test]
fn what_a_file_cannot_say_is_not_promised() {
    let mut cases = vec![order(), order(), order(), order()];
    cases[0].account.incoming.authentication = Authentication::OAuth2;
    cases[1].account.outgoing.authentication = Authentication::OAuth2;
    cases[2].account.incoming.security = Security::StartTls;
    cases[3].address = "änna@new.example".into();
    for order in cases {
        assert_eq!(of(&order).expect_err("not in a file").code(), ResponseCode::AccountNotSupported);
    }
}

#[test]
fn a_file_lies_where_its_path_is_plain() {
    let (umlaut, blank, plain) =
        (Path::new("/home/Müller"), Path::new("/home/Anna Berger"), Path::new("/var/lib/mailshift"));
    assert_eq!(place(&[umlaut, blank, plain]), Some(plain.join("outlook.prf")));
    assert_eq!(place(&[umlaut, blank]), None);
}
