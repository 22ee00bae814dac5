//! The list of profiles: `profiles.ini`, and `installs.ini`, its backup copy by Thunderbird.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::ini::Ini;
use super::install::Install;
use super::lock;
use crate::mail::{Error, files};

pub(super) const PROFILES: &str = "profiles.ini";
/// How the names of the folders end that we make.
pub(super) const OURS: &str = "mailshift";
pub(super) const INSTALLS: &str = "installs.ini";

/// What a folder of profiles lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Profiles {
    pub root: PathBuf,
    pub ini: Ini,
    pub installs: Ini,
    pub list: Vec<Profile>,
    /// Every name in the folder, lower case, so that a new one collides with none on any file system.
    pub taken: BTreeSet<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(in crate::mail) struct Profile {
    /// As people see it.
    pub name: String,
    /// As the list writes it.
    pub path: String,
    pub folder: PathBuf,
}

impl Profiles {
    /// Reads the list. No list yet is an empty list; a damaged one is an error, because Thunderbird would not find the
    /// person's profiles either and nobody may then guess.
    pub fn read(root: &Path) -> Result<Self, Error> {
        let path = root.join(PROFILES);
        let damaged = |reason: &str| Error::ProfileList { path: path.clone(), reason: reason.into() };
        let bytes = files::read_if_there(&path).map_err(|error| damaged(&error.to_string()))?.unwrap_or_default();
        let profiles = Ini::parsed(&files::decoded(&bytes).ok_or_else(|| damaged("not a text"))?);
        let installs = files::read_if_there(&root.join(INSTALLS)).ok().flatten().unwrap_or_default();
        let installs = Ini::parsed(&files::decoded(&installs).unwrap_or_default());
        let list = profiles
            .sections()
            .filter(|section| is_profile(section))
            .map(|section| {
                let value = |key| profiles.value(section, key);
                let path = value("Path").filter(|path| !path.is_empty())?.to_owned();
                let folder = if value("IsRelative") == Some("0") { PathBuf::from(&path) } else { root.join(&path) };
                Some(Profile { name: value("Name").unwrap_or(&path).to_owned(), path, folder })
            })
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| damaged("a profile without a folder"))?;
        if !profiles.is_blank() && profiles.sections().next().is_none() {
            return Err(damaged("no sections"));
        }
        let profiles = Self { root: root.to_path_buf(), ini: profiles, installs, list, taken: names_in(root) };
        if profiles.list.is_empty() {
            profiles.check_unlisted(|_| true)?;
        }
        Ok(profiles)
    }

    /// Fails when there are folders of profiles that nobody lists, and that hold what is looked for. Those that we made do
    /// not count: what is in them is on the new server.
    pub fn check_unlisted(&self, is_it: impl Fn(&Path) -> bool) -> Result<(), Error> {
        let below = [self.root.clone(), self.root.join("Profiles")];
        let folders = below.iter().flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten());
        let is_listed = |folder: &Path| self.list.iter().any(|profile| is_same(&profile.folder, folder));
        let mut unlisted: Vec<PathBuf> = folders
            .map(|entry| entry.path())
            .filter(|folder| folder.join("prefs.js").is_file() && folder.extension() != Some(OURS.as_ref()))
            .filter(|folder| !is_listed(folder) && is_it(folder))
            .collect();
        unlisted.sort();
        if unlisted.is_empty() { Ok(()) } else { Err(Error::ProfilesNotListed { folders: unlisted }) }
    }

    /// The profile that an installation starts. Without a section of its own: what the other installations agree on,
    /// what old versions started, or the only one.
    pub fn default_for(&self, hash: Option<&str>) -> Option<&Profile> {
        let named = |path: &str| self.list.iter().find(|profile| profile.path == path);
        let own = hash.and_then(|hash| self.ini.value(&format!("Install{hash}"), "Default"));
        let sections = || self.ini.sections().filter(|section| is_install(section));
        let others: BTreeSet<_> = sections().filter_map(|section| self.ini.value(section, "Default")).collect();
        let agreed = || if others.len() == 1 { others.first().copied().and_then(named) } else { None };
        let marked = || {
            let mut sections = self.ini.sections().filter(|section| is_profile(section));
            let section = sections.find(|section| self.ini.value(section, "Default") == Some("1"))?;
            named(self.ini.value(section, "Path")?)
        };
        let only = || if let [only] = &self.list[..] { Some(only) } else { None };
        own.and_then(named).or_else(agreed).or_else(marked).or_else(only)
    }

    /// The section of a profile.
    pub fn section_of(ini: &Ini, path: &str) -> Option<String> {
        let mut sections = ini.sections().filter(|section| is_profile(section));
        sections.find(|section| ini.value(section, "Path") == Some(path)).map(str::to_owned)
    }
}

/// Both lists below a root. `profiles.ini` comes last: it alone decides.
pub(super) fn lists(root: &Path) -> [PathBuf; 2] {
    [INSTALLS, PROFILES].map(|name| root.join(name))
}

/// Folders of all profiles that are listed.
pub(super) fn folders(root: &Path) -> Vec<PathBuf> {
    Profiles::read(root).map(|profiles| profiles.list.into_iter().map(|it| it.folder).collect()).unwrap_or_default()
}

/// The process that uses any of the profiles.
pub(super) fn user_of_any(root: &Path) -> Option<u32> {
    folders(root).iter().find_map(|profile| lock::holder(profile))
}

/// Whether the lists, read again, make this profile the default of the installation.
pub(super) fn is_default(install: &Install, profile: &Profile) -> Result<bool, Error> {
    let profiles = Profiles::read(&install.root)?;
    let default = profiles.default_for(install.hash.as_deref());
    Ok(default.is_some_and(|default| default.path == profile.path && default.folder.is_dir()))
}

pub(super) fn is_profile(section: &str) -> bool {
    section.strip_prefix("Profile").is_some_and(|number| number.parse::<u32>().is_ok())
}

pub(super) fn is_install(section: &str) -> bool {
    section.strip_prefix("Install").is_some_and(|hash| !hash.is_empty())
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().to_lowercase()).collect()
}

fn is_same(one: &Path, other: &Path) -> bool {
    one == other || one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ResponseCode;

    const TWO: &str = "[Profile1]\nName=work\nIsRelative=1\nPath=w.work\n\n[Profile0]\nName=default\nIsRelative=1\nPath=d.default\nDefault=1\n\n\
                       [InstallAA]\nDefault=w.work\nLocked=1\n\n[General]\nVersion=2\n";

    fn read(bytes: &[u8]) -> Result<Profiles, Error> {
        let root = tempfile::tempdir().expect("a folder");
        fs::write(root.path().join(PROFILES), bytes).expect("written");
        Profiles::read(root.path())
    }

    fn default(text: &str, hash: &str) -> Option<String> {
        read(text.as_bytes()).expect("a list").default_for(Some(hash)).map(|profile| profile.name.clone())
    }

    #[test]
    fn the_own_section_of_an_installation_decides() {
        assert_eq!(default(TWO, "AA").as_deref(), Some("work"));
        let both = format!("{TWO}[InstallBB]\nDefault=d.default\n");
        assert_eq!(default(&both, "BB").as_deref(), Some("default"));
        assert_eq!(default(&both, "CC").as_deref(), Some("default"), "what old versions started");
        assert_eq!(default(TWO, "CC").as_deref(), Some("work"), "what the others agree on");
        assert_eq!(default(&TWO.replace("w.work\nLocked", "gone\nLocked"), "AA").as_deref(), Some("default"));
        assert_eq!(default("", "AA"), None);
    }

    #[test]
    fn the_encodings_that_thunderbird_reads_are_read() {
        let utf16: Vec<u8> = "\u{FEFF}".encode_utf16().chain(TWO.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let bom = [b"\xEF\xBB\xBF", TWO.as_bytes()].concat();
        for bytes in [utf16, bom, TWO.replace('\n', "\r\n").into_bytes()] {
            assert_eq!(read(&bytes).expect("a list").list.len(), 2);
        }
    }

    #[test]
    fn a_damaged_list_is_an_error_and_no_list_is_none() {
        for bytes in [&b"\x80\x00\x13"[..], b"garbage", b"[Profile0]\nName=x\n", b"[Profile0]\nPath=\n"] {
            assert_eq!(read(bytes).expect_err("damaged").code(), ResponseCode::ProfileListUnreadable, "{bytes:?}");
        }
        let root = tempfile::tempdir().expect("a folder");
        assert_eq!(Profiles::read(&root.path().join("none")).expect("a fresh home").list, []);
        fs::create_dir(root.path().join("x.default")).expect("a folder");
        fs::write(root.path().join("x.default/prefs.js"), "").expect("written");
        fs::create_dir(root.path().join("mail.mailshift")).expect("a folder");
        fs::write(root.path().join("mail.mailshift/prefs.js"), "").expect("written");
        for empty in [false, true] {
            if empty {
                fs::write(root.path().join(PROFILES), "").expect("written");
            }
            let error = Profiles::read(root.path()).expect_err("a profile that nobody lists");
            assert_eq!(error.code(), ResponseCode::UnlistedProfiles);
            let told = error.facts();
            assert!(told[0].1.ends_with("x.default") && !told[0].1.contains("mailshift"), "{told:?}");
        }
        fs::remove_dir_all(root.path().join("x.default")).expect("removed");
        assert_eq!(Profiles::read(root.path()).expect("what an undone move has left").list, []);
    }

    #[test]
    fn a_profile_elsewhere_is_found_there() {
        let list = read(b"[Profile0]\nName=x\nIsRelative=0\nPath=/srv/p\n").expect("a list").list;
        assert_eq!(list[0].folder, Path::new("/srv/p"));
    }
}
