//! Every single file that is to be copied, found before the first one is.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::Copy;
use crate::mail::Error;
use crate::mail::files::{self, writing};
use crate::os;

/// Deepest folder that is copied: a link to a parent folder must end somewhere.
const DEPTH_LIMIT: u32 = 32;
/// Bytes that are read at once.
const PIECE: usize = 256 * 1024;

/// Folders to make and files to copy.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::mail::thunderbird) struct Tree {
    /// Relative to the new profile.
    pub folders: Vec<PathBuf>,
    pub files: Vec<Copy>,
    /// Of all files together.
    pub bytes: u64,
}

impl Tree {
    /// Looks into every folder; what is not there is nothing. Links are followed inside the old profile and inside what is
    /// copied, and not elsewhere. Names that are `taken` are not copied over.
    pub fn of(old: &Path, copies: &[Copy], taken: impl IntoIterator<Item = PathBuf>) -> io::Result<Self> {
        let mut tree = Self::default();
        for copy in copies {
            let allowed = [old, &copy.from].map(|folder| folder.canonicalize().ok());
            tree.add(&copy.from, &copy.to, &allowed, DEPTH_LIMIT)?;
        }
        let mut taken: BTreeSet<PathBuf> = taken.into_iter().collect();
        tree.files.retain(|copy| taken.insert(copy.to.clone()));
        Ok(tree)
    }

    fn add(&mut self, from: &Path, to: &Path, allowed: &[Option<PathBuf>; 2], depth: u32) -> io::Result<()> {
        let is_allowed = |real: &Path| allowed.iter().flatten().any(|folder| real.starts_with(folder));
        match from.canonicalize() {
            Ok(real) if is_allowed(&real) => {}
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        }
        let file = fs::metadata(from)?;
        if file.is_file() {
            self.bytes += file.len();
            self.files.push(Copy { from: from.into(), to: to.into() });
        } else if file.is_dir() && depth > 0 {
            self.folders.push(to.into());
            for entry in fs::read_dir(from)? {
                let name = entry?.file_name();
                self.add(&from.join(&name), &to.join(&name), allowed, depth - 1)?;
            }
        }
        Ok(())
    }

    /// Copies everything into a new profile. What has gone since is nothing. The new files are private; `check` comes before
    /// each of them.
    pub fn copy_to(&self, profile: &Path, check: impl Fn() -> Result<(), Error>) -> Result<(), Error> {
        for folder in &self.folders {
            let folder = profile.join(folder);
            writing(&folder, files::create_private_folder(&folder))?;
        }
        for Copy { from, to } in &self.files {
            check()?;
            let to = profile.join(to);
            if let Some(folder) = to.parent().filter(|folder| !folder.is_dir()) {
                writing(folder, files::create_private_folder(folder))?;
            }
            writing(&to, copy_file(from, &to))?;
        }
        Ok(())
    }
}

fn copy_file(from: &Path, to: &Path) -> io::Result<()> {
    let mut source = match File::open(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    let mut copy = os::files::NewFile::create(to, os::files::PRIVATE)?;
    let mut piece = vec![0; PIECE];
    loop {
        match source.read(&mut piece)? {
            0 => return copy.finish(),
            read => copy.write(&piece[..read])?,
        }
    }
}
