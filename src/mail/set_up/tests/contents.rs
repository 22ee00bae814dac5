//! What lies in the home of a test.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, iter};

use super::Home;

impl Home {
    pub fn contents(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        fn walk(folder: &Path, found: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) {
            for entry in fs::read_dir(folder).expect("a folder").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    walk(&path, found);
                }
                found.insert(path.clone(), fs::read(&path).ok());
            }
        }
        let mut found = BTreeMap::new();
        walk(&self.places.home, &mut found);
        found
    }

    pub fn records(&self) -> usize {
        fs::read_dir(&self.places.state).map_or(0, iter::Iterator::count)
    }
}
