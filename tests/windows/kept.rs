//! What going back leaves: everything as it was, but for the profiles that we have made and that Outlook has opened since.

use mailshift::demo::mail_server::NEW_ADDRESS;

use super::exchange::profile_of;

/// The keys of an export, each with its values.
fn sections(registry: &str) -> Vec<&str> {
    // Where one export ends, the head of the next one begins.
    registry
        .split("\r\n[")
        .map(|section| section.split('\u{feff}').next().unwrap_or_default().trim_end())
        .filter(|section| section.contains(']'))
        .collect()
}

/// Names of the profiles of ours in an export: of the new address, with or without a number.
pub fn ours(registry: &str) -> Vec<String> {
    let mut names: Vec<String> = sections(registry).into_iter().filter_map(profile_of).map(str::to_owned).collect();
    names.dedup();
    names.retain(|name| name.starts_with(NEW_ADDRESS));
    names
}

/// Everything else. A key that is there only because ours lies below it counts as ours.
fn the_rest<'a>(registry: &'a str, before: &str) -> Vec<&'a str> {
    let there_before = sections(before);
    let is_ours = |section: &str| profile_of(section).is_some_and(|name| name.starts_with(NEW_ADDRESS));
    let only_above = |section: &str| {
        let above = format!("{}\\", section.trim_end_matches(']'));
        let empty = section.ends_with(']') && !there_before.contains(&section);
        empty && sections(registry).into_iter().any(|other| is_ours(other) && other.starts_with(&above))
    };
    sections(registry).into_iter().filter(|section| !is_ours(section) && !only_above(section)).collect()
}

/// Everything is as before, but for profiles of ours.
pub fn assert_as_before(registry: &str, before: &str, when: &str) {
    let (now, then) = (the_rest(registry, before), the_rest(before, before));
    let (new, gone): (Vec<_>, Vec<_>) = (
        now.iter().filter(|section| !then.contains(section)).collect(),
        then.iter().filter(|section| !now.contains(section)).collect(),
    );
    assert!(new.is_empty() && gone.is_empty(), "{when}: new {new:#?}, gone {gone:#?}");
}

#[test]
fn only_our_own_profiles_are_passed_over() {
    let outlook = r"HKEY_CURRENT_USER\Software\Microsoft\Office\16.0\Outlook";
    let before = format!("\r\n[{outlook}]\r\n\"DefaultProfile\"=\"Old\"\r\n\r\n[{outlook}\\Profiles\\Old]\r\n");
    let ours = format!("\r\n[{outlook}\\Profiles\\{NEW_ADDRESS} 2\\0123]\r\n\"001f3001\"=hex:00\r\n");
    assert_as_before(&format!("{before}{ours}"), &before, "with ours");
    // Two exports, as one text: ours may be the last of the first one, or not.
    let next =
        "\u{feff}Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Software\\Microsoft\\Exchange]\r\n";
    assert_as_before(&format!("{before}{ours}{next}"), &format!("{before}{next}"), "with ours before another export");
    assert_eq!(self::ours(&format!("{before}{ours}")), [format!("{NEW_ADDRESS} 2")]);
    for other in [
        before.replace("Old]", "New]"),
        before.replace("\"Old\"", "\"New\""),
        format!("{before}\r\n[{outlook}\\Setup]\r\n"),
    ] {
        let found = std::panic::catch_unwind(|| assert_as_before(&other, &before, ""));
        assert!(found.is_err(), "{other}");
    }
}
