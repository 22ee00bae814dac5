//! Thunderbird's files as anything may have written them. See [`crate::fuzz`].

use super::ini::Ini;
use super::profiles::Profile;
use super::{prefs, restore};
use crate::mail::files;

/// The editor of lists changes what it is told and keeps every other line; taking the new profile out again leaves none of
/// it.
pub fn profiles_ini(bytes: &[u8]) {
    let Some(text) = files::decoded(bytes) else { return };
    let ini = Ini::parsed(&text);
    assert_eq!(ini.text(), text);
    let new = Profile { name: "new".into(), path: "Profiles/new.mailshift".into(), folder: "new".into() };
    let mut with = ini.clone();
    with.set("Profile7", "Path", &new.path);
    assert_eq!(with.value("Profile7", "Path"), Some(new.path.as_str()));
    let _ = restore::restored(&with.text(), Some(&text), &new, None);
    let _ = restore::restored(&text, None, &new, Some(&new));
    with.remove("Profile7", "Path");
    assert_eq!(with.value("Profile7", "Path"), None);
    let sections: Vec<String> = ini.sections().map(str::to_owned).collect();
    for section in sections {
        with.remove_section(&section);
    }
}

/// What is understood of preferences is understood again once it was written.
pub fn prefs_js(bytes: &[u8]) {
    let Some(text) = files::decoded(bytes) else { return };
    let prefs = prefs::parsed(&text);
    assert_eq!(prefs::parsed(&prefs::written(&prefs)), prefs);
}
