//! Where Thunderbird is installed on this computer.
//!
//! Folders as documented by Debian, Mozilla, Flathub and Snapcraft; the folders of Windows and macOS are documented, not
//! tried.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::hash::install_hash;
use super::ini::Ini;

/// One installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) struct Install {
    /// Folder of the program and its libraries.
    pub folder: PathBuf,
    /// What starts it, with its arguments.
    pub command: (PathBuf, Vec<String>),
    pub version: String,
    /// Where its profiles are listed.
    pub root: PathBuf,
    /// Name of its section in `profiles.ini`; unknown for sandboxed installations.
    pub hash: Option<String>,
}

/// Longest part of a start script that is searched for the program's folder, in bytes.
const SCRIPT_LIMIT: u64 = 256 * 1024;

/// Every installation, the one that the person starts by name first. `system` is the file system's root.
pub(super) fn find(system: &Path, home: &Path, path: &OsStr) -> Vec<Install> {
    let root = profile_root(home);
    let mut installs: Vec<Install> = Vec::new();
    let by_name = std::env::split_paths(path).filter_map(|folder| program_folder(&folder.join(PROGRAM)));
    for folder in by_name.chain(usual_folders(system, home)) {
        let Some(install) = plain(&folder, &root) else { continue };
        if installs.iter().all(|known| known.folder != install.folder) {
            installs.push(install);
        }
    }
    installs.extend(sandboxed(system, home, path));
    installs
}

/// Where `profiles.ini` is.
pub(super) fn profile_root(home: &Path) -> PathBuf {
    if cfg!(windows) {
        home.join("AppData/Roaming/Thunderbird")
    } else if cfg!(target_os = "macos") {
        home.join("Library/Thunderbird")
    } else {
        home.join(".thunderbird")
    }
}

const PROGRAM: &str = if cfg!(windows) { "thunderbird.exe" } else { "thunderbird" };

fn usual_folders(system: &Path, home: &Path) -> Vec<PathBuf> {
    let in_system: &[&str] = if cfg!(windows) {
        &["Program Files/Mozilla Thunderbird", "Program Files (x86)/Mozilla Thunderbird"]
    } else if cfg!(target_os = "macos") {
        &["Applications/Thunderbird.app/Contents/MacOS"]
    } else {
        &["usr/lib/thunderbird", "usr/lib64/thunderbird", "opt/thunderbird", "usr/local/lib/thunderbird"]
    };
    let in_home: &[&str] = if cfg!(windows) {
        &["AppData/Local/Mozilla Thunderbird"]
    } else if cfg!(target_os = "macos") {
        &["Applications/Thunderbird.app/Contents/MacOS"]
    } else {
        &[
            "thunderbird",
            ".local/share/thunderbird",
            ".local/opt/thunderbird",
            ".local/lib/thunderbird",
            "opt/thunderbird",
        ]
    };
    in_system.iter().map(|folder| system.join(folder)).chain(in_home.iter().map(|folder| home.join(folder))).collect()
}

/// An installation that is not sandboxed. Thunderbird hashes the folder's real name.
fn plain(folder: &Path, root: &Path) -> Option<Install> {
    let folder = folder.canonicalize().ok()?;
    let program = folder.join(PROGRAM);
    let version = version(&folder)?;
    program.is_file().then(|| Install {
        command: (program, Vec::new()),
        version,
        root: root.to_path_buf(),
        hash: folder.to_str().map(install_hash),
        folder: folder.clone(),
    })
}

/// Reads `application.ini`; beside the program, or beside the other resources in a macOS bundle.
fn version(folder: &Path) -> Option<String> {
    let text = ["application.ini", "../Resources/application.ini"]
        .iter()
        .find_map(|name| fs::read_to_string(folder.join(name)).ok())?;
    let ini = Ini::parsed(&text);
    (ini.value("App", "Name")? == "Thunderbird").then(|| ini.value("App", "Version").unwrap_or_default().to_owned())
}

/// The folder of the program behind a name on `PATH`: a link to it, or a script that names its folder.
fn program_folder(named: &Path) -> Option<PathBuf> {
    let real = named.canonicalize().ok()?;
    let folder = real.parent()?;
    if version(folder).is_some() {
        return Some(folder.to_path_buf());
    }
    let mut script = Vec::new();
    fs::File::open(&real).ok()?.take(SCRIPT_LIMIT).read_to_end(&mut script).ok()?;
    let script = script.starts_with(b"#!").then(|| String::from_utf8_lossy(&script).into_owned())?;
    let words = script.split(|c: char| c.is_whitespace() || "\"'=;:$(){}".contains(c));
    words.filter(|word| word.starts_with('/')).map(Path::new).find_map(|word| {
        [Some(word), word.parent()]
            .into_iter()
            .flatten()
            .find(|folder| version(folder).is_some())
            .map(Path::to_path_buf)
    })
}

/// Below a folder of Flatpak's.
const FLATPAK: &str = "flatpak/app/org.mozilla.Thunderbird/current/active/files/lib/thunderbird";

/// Below the home.
const FLATPAK_PROFILES: &str = ".var/app/org.mozilla.Thunderbird/.thunderbird";
const SNAP_PROFILES: &str = "snap/thunderbird/common/.thunderbird";

/// Where the profiles of sandboxed installations are listed, installed or not.
pub(super) fn sandboxed_roots(home: &Path) -> Vec<PathBuf> {
    if cfg!(target_os = "linux") { vec![home.join(FLATPAK_PROFILES), home.join(SNAP_PROFILES)] } else { Vec::new() }
}

/// Flatpak and snap keep their own profiles. Their section in `profiles.ini` is found by what it points to.
fn sandboxed(system: &Path, home: &Path, path: &OsStr) -> Vec<Install> {
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    // Without the program that starts it, it is out of reach.
    let starter = std::env::split_paths(path).map(|folder| folder.join("flatpak")).find(|program| program.is_file());
    let flatpak = [system.join("var/lib").join(FLATPAK), home.join(".local/share").join(FLATPAK)]
        .into_iter()
        .filter(|_| starter.is_some())
        .find_map(|folder| Some((version(&folder)?, folder)))
        .map(|(version, folder)| Install {
            folder,
            command: ("flatpak".into(), vec!["run".into(), "org.mozilla.Thunderbird".into()]),
            version,
            root: home.join(FLATPAK_PROFILES),
            hash: None,
        });
    let folder = system.join("snap/thunderbird/current");
    let snap = version(&folder).map(|version| Install {
        folder,
        command: (system.join("snap/bin/thunderbird"), Vec::new()),
        version,
        root: home.join(SNAP_PROFILES),
        hash: None,
    });
    flatpak.into_iter().chain(snap).collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn installed(folder: &Path, version: &str) {
        fs::create_dir_all(folder).expect("a folder");
        fs::write(folder.join("thunderbird"), "").expect("a program");
        fs::write(folder.join("application.ini"), format!("; c\n[App]\nName=Thunderbird\nVersion={version}\n"))
            .expect("a version");
    }

    #[test]
    fn packages_archives_links_and_scripts_are_found_once_each() {
        let disk = tempfile::tempdir().expect("a folder");
        let system = disk.path().canonicalize().expect("real");
        let home = system.join("home/anna");
        let bin = system.join("bin");
        fs::create_dir_all(&bin).expect("a folder");
        assert_eq!(find(&system, &home, bin.as_os_str()), []);

        installed(&system.join("usr/lib/thunderbird"), "140.1");
        installed(&home.join("thunderbird"), "153.7.0");
        installed(&system.join("srv/tb"), "128.0");
        let script = format!("#!/bin/sh\nMOZ_LIBDIR={}\nexec $MOZ_LIBDIR/x\n", system.join("srv/tb").display());
        fs::write(bin.join("thunderbird"), script).expect("a script");
        let versions: Vec<_> = find(&system, &home, bin.as_os_str()).into_iter().map(|it| it.version).collect();
        assert_eq!(versions, ["128.0", "140.1", "153.7.0"]);

        fs::remove_file(bin.join("thunderbird")).expect("removed");
        symlink(home.join("thunderbird/thunderbird"), bin.join("thunderbird")).expect("a link");
        let installs = find(&system, &home, bin.as_os_str());
        assert_eq!(installs.iter().map(|it| it.version.as_str()).collect::<Vec<_>>(), ["153.7.0", "140.1"]);
        assert_eq!(installs[0].root, home.join(".thunderbird"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn sandboxed_installations_have_their_own_profiles() {
        let disk = tempfile::tempdir().expect("a folder");
        let home = disk.path().join("home");
        installed(&disk.path().join("snap/thunderbird/current"), "140.0");
        let flatpak = "var/lib/flatpak/app/org.mozilla.Thunderbird/current/active/files/lib/thunderbird";
        installed(&disk.path().join(flatpak), "153.0");
        assert_eq!(find(disk.path(), &home, OsStr::new("")).len(), 1, "nothing starts the Flatpak");
        fs::write(disk.path().join("flatpak"), "").expect("a program");
        let installs = find(disk.path(), &home, disk.path().as_os_str());
        assert_eq!(installs.len(), 2);
        assert!(installs.iter().all(|it| sandboxed_roots(&home).contains(&it.root)));
        assert!(installs.iter().all(|it| it.hash.is_none() && it.root != profile_root(&home)));
    }

    #[test]
    fn another_program_of_that_name_is_no_thunderbird() {
        let disk = tempfile::tempdir().expect("a folder");
        let folder = disk.path().join("opt/thunderbird");
        installed(&folder, "1");
        fs::write(folder.join("application.ini"), "[App]\nName=Firefox\nVersion=1\n").expect("written");
        assert_eq!(find(disk.path(), disk.path(), OsStr::new("")), []);
    }
}
