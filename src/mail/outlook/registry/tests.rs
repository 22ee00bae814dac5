use super::*;

const SAMPLE: &str = r#"Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook]
"DefaultProfile"="Büro"
"Setting"=dword:0000001f

[HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook\Profiles\Büro\9375]
"Email"=hex:61,00,40,\
  00,62,00,00,00
@="x\\y \"z\""

[HKEY_LOCAL_MACHINE\SOFTWARE\WOW6432Node\Microsoft\Office]
"#;

fn outlook() -> Key {
    Key::user(r"Software\Microsoft\Office\16.0\Outlook")
}

#[test]
fn names_are_found_in_any_case_and_texts_in_any_form() {
    let hive = Hive::parsed(SAMPLE);
    let key = Key::user(r"software\MICROSOFT\office\16.0\outlook");
    assert_eq!(hive.text(&key, "defaultprofile").as_deref(), Some("Büro"));
    assert_eq!(hive.number(&key, "Setting"), Some(31));
    let section = outlook().below(r"Profiles\büro\9375");
    assert_eq!(hive.text(&section, "email").as_deref(), Some("a@b"));
    assert_eq!(hive.text(&section, "").as_deref(), Some(r#"x\y "z""#));
    assert_eq!(hive.subkeys(&outlook().below("Profiles")).collect::<Vec<_>>(), ["Büro"]);
    assert_eq!(hive.subkeys(&outlook()).collect::<Vec<_>>(), ["Profiles"]);
    assert!(hive.has(&Key::machine32(r"SOFTWARE\Microsoft\Office")));
    assert!(!hive.has(&Key::machine(r"SOFTWARE\Microsoft\Office")));
}

#[test]
fn every_change_can_be_taken_back_exactly() {
    let before = Hive::parsed(SAMPLE);
    let new = outlook().below(r"Setup\Deep");
    let changes = [
        Change::Set(outlook(), "DefaultProfile".into(), Value::sz("new")),
        Change::Remove(outlook(), "SETTING".into()),
        Change::Remove(outlook(), "never there".into()),
        Change::Create(outlook().below(r"Profiles\new")),
        Change::Set(new, "ImportPRF".into(), Value::sz(r"C:\x.prf")),
    ];
    let mut now = before.clone();
    let mut receipts = Vec::new();
    for change in &changes {
        receipts.push(change.undone(&now));
        now.apply(change);
    }
    assert_ne!(now, before);
    for change in receipts.iter().rev().flatten() {
        now.apply(change);
    }
    assert_eq!(now, before);
}
