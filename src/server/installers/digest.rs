//! SHA-256 sums of the installers, computed once for each state of a file.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use crate::server::db::hash;
use crate::server::installers::Stamp;

/// Bytes that are read at once.
const PIECE: usize = 64 * 1024;

#[derive(Debug, Default)]
pub struct Digests(Mutex<HashMap<PathBuf, Known>>);

#[derive(Debug, Clone)]
struct Known {
    stamp: Stamp,
    /// Those who ask while it is computed wait for it together.
    sum: Arc<OnceCell<String>>,
}

impl Digests {
    /// The sum of a file in this state, in hexadecimal. None when it is in another by now.
    pub(super) async fn of(&self, path: &Path, stamp: Stamp) -> io::Result<Option<String>> {
        let sum = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let new = Known { stamp, sum: Arc::default() };
            let entry = known.entry(path.to_owned()).or_insert_with(|| new.clone());
            if entry.stamp != stamp {
                *entry = new;
            }
            Arc::clone(&entry.sum)
        };
        let path = path.to_owned();
        let compute = async || match tokio::task::spawn_blocking(move || sum_of(&path, stamp)).await {
            Ok(Ok(Some(sum))) => Ok(sum),
            Ok(Ok(None)) => Err(None),
            Ok(Err(error)) => Err(Some(error)),
            Err(stopped) => Err(Some(io::Error::other(stopped))),
        };
        match sum.get_or_try_init(compute).await {
            Ok(sum) => Ok(Some(sum.clone())),
            Err(None) => Ok(None),
            Err(Some(error)) => Err(error),
        }
    }
}

fn sum_of(path: &Path, stamp: Stamp) -> io::Result<Option<String>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut sum = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece)? {
            0 => break,
            read => sum.update(&piece[..read]),
        }
    }
    // Of the file that was opened: another may have its name by now.
    let unchanged = Stamp::of(&file.metadata()?)? == stamp;
    Ok(unchanged.then(|| hash::hex(&sum.finalize())))
}
