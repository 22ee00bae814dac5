//! What a set-up makes in the folder of the new profile, so that going back can take exactly that away again.
//!
//! The list lies beside the record: first with the names, before anything is made, then with the content of each file,
//! before any list of profiles names the folder. A file goes only when its name is listed and its content is what we made
//! of it; a folder goes only when nothing else is in it, and never when a mail program has opened it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::carry_over::Tree;
use super::{lock, logins};
use crate::mail::files;
use crate::os;

/// The files of a set-up, by their name below the new profile's folder (with `/`). A name that is no text is not listed,
/// and so stays.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Made {
    files: BTreeMap<String, Content>,
    /// Everything is made, and the content of each file is known.
    complete: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Content {
    Is(String),
    /// A copy of this file, or as much of it as had been copied.
    Of(String),
}

/// What Thunderbird's own library makes in a folder for a password and a certificate, and no program else as long as no list
/// names the folder.
const STORE: [&str; 7] =
    [logins::FILE, "key4.db", "key4.db-journal", "cert9.db", "cert9.db-journal", "pkcs11.txt", "cert_override.txt"];

const PIECE: usize = 64 * 1024;

impl Made {
    pub fn planned(written: &[(PathBuf, String)], tree: &Tree) -> Self {
        let written = written
            .iter()
            .filter_map(|(name, content)| Some((listed(name)?, Content::Is(files::fingerprint(content.as_bytes())))));
        let copied = tree.files.iter().filter_map(|copy| Some((listed(&copy.to)?, Content::Of(listed(&copy.from)?))));
        // What is written comes after what is copied.
        Self { files: copied.chain(written).collect(), complete: false }
    }

    /// Everything is there: what each file holds from now on counts.
    pub fn complete(&self, folder: &Path) -> io::Result<Self> {
        let mut found = BTreeMap::new();
        for name in self.files.keys().map(String::as_str).chain(STORE) {
            match sum(&folder.join(name)) {
                Ok(sum) => drop(found.insert(name.to_owned(), Content::Is(sum))),
                // A source that was not there any more when it was copied.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { files: found, complete: true })
    }

    pub fn read(path: &Path) -> io::Result<Option<Self>> {
        let bytes = files::read_if_there(path)?;
        bytes.map(|bytes| serde_json::from_slice(&bytes).map_err(Into::into)).transpose()
    }

    pub fn write(&self, path: &Path) -> io::Result<()> {
        files::replace(path, &serde_json::to_vec(self)?)
    }

    /// Takes the folder away when all that is in it is what we made; else nothing of it. Says whether it is gone.
    pub fn withdraw(&self, folder: &Path) -> io::Result<bool> {
        if !folder.is_dir() {
            return Ok(true);
        }
        let mut found = Found::default();
        found.look(folder, Path::new(""))?;
        if was_opened(folder) || !found.files.iter().all(|name| self.is_as_made(folder, name)) {
            return Ok(false);
        }
        found.files.iter().try_for_each(|name| os::files::remove_if_there(&folder.join(name)))?;
        // The innermost was found last.
        found.folders.iter().rev().try_for_each(|name| os::files::remove_empty_folder(&folder.join(name)))?;
        os::files::remove_empty_folder(folder)?;
        folder.parent().map_or(Ok(()), os::files::sync_folder)?;
        Ok(true)
    }

    fn is_as_made(&self, folder: &Path, name: &Path) -> bool {
        let Some(key) = listed(name) else { return false };
        match self.files.get(&key) {
            Some(Content::Is(wanted)) => sum(&folder.join(name)).is_ok_and(|sum| sum == *wanted),
            Some(Content::Of(source)) => is_beginning(&folder.join(name), Path::new(source)).unwrap_or(false),
            None => self.is_half_written(name) || !self.complete && STORE.contains(&key.as_str()),
        }
    }

    /// What a killed agent had written beside a file, and not yet put in its place.
    fn is_half_written(&self, name: &Path) -> bool {
        let of = name.file_name().and_then(os::files::temporary_of).and_then(|(of, _)| std::str::from_utf8(of).ok());
        let of = of.and_then(|of| listed(&name.with_file_name(OsStr::new(of))));
        of.is_some_and(|of| self.files.contains_key(&of) || STORE.contains(&of.as_str()))
    }
}

/// Whether a mail program has ever opened a profile: it leaves these at once, and holds a lock while it runs.
pub(super) fn was_opened(folder: &Path) -> bool {
    let marks = ["compatibility.ini", "times.json", ".parentlock", "parent.lock", "lock"];
    lock::holder(folder).is_some() || marks.iter().any(|mark| folder.join(mark).symlink_metadata().is_ok())
}

#[derive(Default)]
struct Found {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Found {
    /// Everything below a folder, by name; links are not followed.
    fn look(&mut self, folder: &Path, below: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder.join(below))? {
            let entry = entry?;
            let name = below.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                self.folders.push(name.clone());
                self.look(folder, &name)?;
            } else {
                self.files.push(name);
            }
        }
        Ok(())
    }
}

fn listed(path: &Path) -> Option<String> {
    let text = path.to_str()?;
    Some(if cfg!(windows) { text.replace('\\', "/") } else { text.to_owned() })
}

fn sum(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(files::hexadecimal(&hash.finalize())),
            read => hash.update(&piece[..read]),
        }
    }
}

/// Whether a file is the beginning of another, or all of it.
fn is_beginning(part: &Path, whole: &Path) -> io::Result<bool> {
    let (mut part, mut whole) = (File::open(part)?, File::open(whole)?);
    let (mut ours, mut theirs) = (vec![0; PIECE], vec![0; PIECE]);
    loop {
        let read = part.read(&mut ours)?;
        if read == 0 {
            return Ok(true);
        }
        match whole.read_exact(&mut theirs[..read]) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            other => other?,
        }
        if ours[..read] != theirs[..read] {
            return Ok(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::thunderbird::carry_over::Copy;

    struct Profile {
        folder: tempfile::TempDir,
        made: Made,
    }

    impl Profile {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let at = |name: &str| folder.path().join(name);
            fs::create_dir_all(at("new/Mail")).expect("a folder");
            fs::write(at("source"), "letters and more").expect("written");
            let tree = Tree { files: vec![Copy { from: at("source"), to: "Mail/Letters".into() }], ..Tree::default() };
            let made = Made::planned(&[("prefs.js".into(), "prefs".into())], &tree);
            fs::write(at("new/prefs.js"), "prefs").expect("written");
            fs::write(at("new/Mail/Letters"), "letters").expect("half copied");
            fs::write(at("new/.prefs.js.new-1-2"), "pr").expect("half written");
            Self { folder, made }
        }

        fn at(&self, name: &str) -> PathBuf {
            self.folder.path().join("new").join(name)
        }

        fn is_withdrawn(&self) -> bool {
            self.made.withdraw(&self.at("")).expect("readable")
        }
    }

    #[test]
    fn what_we_made_goes_however_far_it_had_come() {
        let profile = Profile::new();
        fs::write(profile.at("key4.db"), "by the library").expect("written");
        assert!(profile.is_withdrawn() && !profile.at("").exists());
        assert!(profile.is_withdrawn(), "gone is gone");
    }

    #[test]
    fn what_somebody_else_has_made_or_changed_keeps_everything() {
        for (name, content) in [("prefs.js", "mine"), ("Mail/Letters", "lettres"), ("notes.txt", ""), ("Mail/New", "")]
        {
            let profile = Profile::new();
            fs::write(profile.at(name), content).expect("written");
            assert!(!profile.is_withdrawn(), "{name}");
            assert!(profile.at("prefs.js").exists() && profile.at("Mail/Letters").exists(), "{name}");
        }
    }

    #[test]
    fn a_profile_that_was_opened_stays() {
        for mark in ["compatibility.ini", "times.json", ".parentlock", "parent.lock"] {
            let mut profile = Profile::new();
            fs::write(profile.at(mark), "").expect("written");
            assert!(!profile.is_withdrawn(), "{mark}");
            profile.made.files.insert(mark.into(), Content::Is(files::fingerprint(b"")));
            assert!(!profile.is_withdrawn(), "{mark}, even if we had made it");
        }
    }

    #[test]
    fn once_all_is_made_each_content_counts() {
        let mut profile = Profile::new();
        fs::remove_file(profile.at(".prefs.js.new-1-2")).expect("removed");
        fs::write(profile.at("key4.db"), "by the library").expect("written");
        profile.made = profile.made.complete(&profile.at("")).expect("readable");
        fs::write(profile.folder.path().join("source"), "the old profile is in use again").expect("written");
        fs::write(profile.at("cert9.db"), "not ours").expect("written");
        assert!(!profile.is_withdrawn(), "the library made no such file");
        fs::remove_file(profile.at("cert9.db")).expect("removed");
        assert!(profile.is_withdrawn());
    }
}
