//! The agent's installers: a folder of the operator's, handed out under names that carry a project's activation code.
//! What lies in the folder at the moment is the latest version; a file that is renamed over another takes its place
//! without disturbing downloads that are under way.

mod digest;
pub mod link;
pub mod pace;
pub mod system;

use std::collections::BTreeMap;
use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use digest::Digests;

use crate::installer_name::{self, Kind};
use crate::server::projects::Project;

/// How often the folder is looked at anew when a file was replaced in the middle of a look.
const LOOKS: usize = 3;

/// The folder with the installers, or none.
#[derive(Debug)]
pub struct Installers {
    folder: Option<PathBuf>,
    digests: Digests,
}

/// An installer as it lies in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installer {
    pub kind: Kind,
    /// In bytes.
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
}

/// One state of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    size: u64,
}

impl Stamp {
    fn of(metadata: &Metadata) -> io::Result<Self> {
        Ok(Self { modified: metadata.modified()?, size: metadata.len() })
    }
}

impl Installers {
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, digests: Digests::default() }
    }

    pub fn has_folder(&self) -> bool {
        self.folder.is_some()
    }

    /// What the folder holds now, the preferred kind of each system first. What cannot be read is left out, and logged.
    pub async fn all(&self) -> Vec<Installer> {
        let mut all = Vec::new();
        for (kind, (path, stamp)) in self.files().await {
            match self.installer(kind, path, stamp).await {
                Ok(installer) => all.extend(installer),
                Err(error) => tracing::warn!(kind = kind.id(), %error, "an installer cannot be read"),
            }
        }
        all
    }

    /// The address for every system that letters of this project name. None when there is nothing to hand out, or the
    /// project sends people elsewhere.
    pub async fn url_in_letters(&self, project: &Project) -> Option<String> {
        let elsewhere = project.settings.downloads.each().any(|(_, download)| download.is_some());
        let url = link::url_for_everyone(project).filter(|_| !elsewhere)?;
        (!self.files().await.is_empty()).then_some(url)
    }

    /// The file of this kind.
    pub async fn path(&self, kind: Kind) -> Option<PathBuf> {
        self.files().await.remove(&kind).map(|(path, _)| path)
    }

    /// None when it is gone.
    async fn installer(&self, kind: Kind, path: PathBuf, stamp: Stamp) -> io::Result<Option<Installer>> {
        let (mut path, mut stamp) = (path, stamp);
        for _ in 0..LOOKS {
            if let Some(sha256) = self.digests.of(&path, stamp).await? {
                return Ok(Some(Installer { kind, size: stamp.size, sha256 }));
            }
            let Some(now) = self.files().await.remove(&kind) else { return Ok(None) };
            (path, stamp) = now;
        }
        Err(io::Error::other("it is being written to; rename a finished file over it instead"))
    }

    async fn files(&self) -> BTreeMap<Kind, (PathBuf, Stamp)> {
        let Some(folder) = self.folder.clone() else { return BTreeMap::new() };
        match tokio::task::spawn_blocking(move || files(&folder)).await {
            Ok(Ok(files)) => files,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the folder of the installers cannot be read");
                BTreeMap::new()
            }
            // The runtime is ending.
            Err(_) => BTreeMap::new(),
        }
    }
}

/// Of several files of one kind, for names differ in case, the newest.
fn files(folder: &Path) -> io::Result<BTreeMap<Kind, (PathBuf, Stamp)>> {
    let mut files: BTreeMap<Kind, (PathBuf, Stamp)> = BTreeMap::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let ours = installer_name::split(name).filter(|(stem, _)| stem.eq_ignore_ascii_case(installer_name::STEM));
        let Some((_, kind)) = ours else { continue };
        // Follows links: one that points at the newest version is a way to replace it.
        let Ok(metadata) = path.metadata() else { continue };
        let stamp = Stamp::of(&metadata)?;
        if metadata.is_file() && files.get(&kind).is_none_or(|(_, known)| known.modified < stamp.modified) {
            files.insert(kind, (path, stamp));
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn found(installers: &Installers) -> Vec<(&'static str, u64, String)> {
        installers.all().await.into_iter().map(|it| (it.kind.id(), it.size, it.sha256)).collect()
    }

    #[tokio::test]
    async fn what_lies_in_the_folder_now_is_what_there_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
        let installers = Installers::new(Some(folder.path().to_owned()));
        assert_eq!(found(&installers).await, []);
        for other in ["mailshift.txt", "setup.msi", "mailshift.msi.part", ".mailshift.msi", "mailshift_x.msi"] {
            write(other, "other");
        }
        std::fs::create_dir(folder.path().join("mailshift.exe")).expect("a folder");
        assert_eq!(found(&installers).await, []);

        write("Mailshift.MSI", "abc");
        write("mailshift", "");
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned();
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned();
        assert_eq!(found(&installers).await, [("msi", 3, abc.clone()), ("program", 0, nothing)]);

        write("next", "abcd");
        std::fs::rename(folder.path().join("next"), folder.path().join("Mailshift.MSI")).expect("replaced");
        let after = found(&installers).await;
        assert_eq!((after[0].0, after[0].1), ("msi", 4));
        assert_ne!(after[0].2, abc);
        std::fs::remove_file(folder.path().join("Mailshift.MSI")).expect("removed");
        assert_eq!(found(&installers).await.len(), 1);
    }

    #[tokio::test]
    async fn without_a_folder_there_is_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let gone = Installers::new(Some(folder.path().join("gone")));
        assert!(gone.has_folder() && found(&gone).await.is_empty());
        let none = Installers::new(None);
        assert!(!none.has_folder() && found(&none).await.is_empty());
    }
}
