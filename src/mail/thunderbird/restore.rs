//! The lists of profiles as they were before a set-up.

use super::ini::Ini;
use super::profiles::{Profile, Profiles, is_profile};

/// The text of `profiles.ini` or `installs.ini` without the new profile. What somebody else has changed since stays.
/// `None`: nothing is left, so the file goes as it came.
pub(in crate::mail) fn restored(
    now: &str,
    before: Option<&str>,
    new: &Profile,
    old: Option<&Profile>,
) -> Option<String> {
    let before_text = before.unwrap_or_default();
    let (mut ini, before_ini) = (Ini::parsed(now), Ini::parsed(before_text));
    let sections: Vec<String> = ini.sections().map(str::to_owned).collect();
    for section in sections {
        if is_profile(&section) {
            if ini.value(&section, "Path") == Some(&new.path) {
                ini.remove_section(&section);
            }
        } else if ini.value(&section, "Default") == Some(&new.path) {
            // An installation that first started since then gets what the others had.
            let default = before_ini.value(&section, "Default").or(old.map(|old| old.path.as_str()));
            match default {
                Some(default) => ini.set(&section, "Default", default),
                None => ini.remove_section(&section),
            }
        }
    }
    if let Some(asks) = before_ini.value("General", "StartWithLastProfile") {
        ini.set("General", "StartWithLastProfile", asks);
    }
    // The mark for old versions returns to where it was, unless another profile has it by now.
    let marked = |ini: &Ini| {
        let mut sections = ini.sections().filter(|section| is_profile(section));
        let section = sections.find(|section| ini.value(section, "Default") == Some("1"))?;
        ini.value(section, "Path").map(str::to_owned)
    };
    if marked(&ini).is_none()
        && let Some(path) = marked(&before_ini)
        && let Some(section) = Profiles::section_of(&ini, &path)
    {
        ini.set(&section, "Default", "1");
    }
    let only_general = ini.sections().all(|section| section == "General");
    (before.is_some() || !only_general).then(|| ini.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str) -> Profile {
        Profile { name: name.into(), path: format!("{name}.x"), folder: name.into() }
    }

    const BEFORE: &str = "[Profile0]\nName=old\nIsRelative=1\nPath=old.x\nDefault=1\n\n[InstallAA]\nDefault=old.x\nLocked=1\n\n[General]\nStartWithLastProfile=1\nVersion=2\n";
    const AFTER: &str = "[Profile0]\nName=old\nIsRelative=1\nPath=old.x\n\n[InstallAA]\nDefault=new.x\nLocked=1\n\n[General]\nStartWithLastProfile=1\nVersion=2\n\n[Profile1]\nName=new\nIsRelative=1\nPath=new.x\nDefault=1\n";

    #[test]
    fn what_others_have_added_stays() {
        let now = format!(
            "{AFTER}\n[Profile2]\nName=third\nPath=third.x\n\n[InstallBB]\nDefault=third.x\n\n[InstallCC]\nDefault=new.x\n"
        );
        let text = restored(&now, Some(BEFORE), &profile("new"), Some(&profile("old"))).expect("a list");
        let ini = Ini::parsed(&text);
        assert_eq!(ini.value("InstallAA", "Default"), Some("old.x"));
        assert_eq!(ini.value("InstallBB", "Default"), Some("third.x"));
        assert_eq!(ini.value("InstallCC", "Default"), Some("old.x"));
        assert_eq!(ini.value("Profile0", "Default"), Some("1"));
        assert_eq!(ini.value("Profile2", "Name"), Some("third"));
        assert!(!text.contains("new.x"), "{text}");
    }

    #[test]
    fn a_fresh_home_is_left_without_our_entries() {
        let now = "[Profile0]\nName=new\nPath=new.x\nDefault=1\n\n[InstallAA]\nDefault=new.x\nLocked=1\n\n[General]\nVersion=2\n";
        assert_eq!(restored(now, None, &profile("new"), None), None);
        let more = format!("{now}\n[Profile1]\nName=mine\nPath=mine.x\n");
        let text = restored(&more, None, &profile("new"), None).expect("a list");
        assert!(text.contains("mine.x") && !text.contains("new.x"), "{text}");
    }
}
