//! What going back from a set-up of Outlook needs.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::install::Install;
use super::plan::{Plan, Recipe};
use super::profile;
use super::registry::{Change, Hive, Key};

/// What is made and how it is taken back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Receipt {
    /// Name of the new profile.
    pub profile: String,
    /// The new profile's key. It was free when this was written down.
    pub key: Key,
    /// Name of the profile that was the default.
    pub old: Option<String>,
    /// Address of the new mailbox.
    pub address: String,
    /// What the new profile is marked with until Outlook opens it: see [`super::mark`].
    #[serde(default)]
    pub mark: String,
    /// MAPI makes the profile, and takes it away.
    pub by_mapi: bool,
    /// The file that Outlook imports at its next start.
    pub import: Option<PathBuf>,
    /// Takes every change of the registry back, in this order.
    pub undo: Vec<Change>,
    /// Of these, what is taken back as soon as the account is there: meant for one start of Outlook.
    pub once: Vec<Change>,
}

impl Receipt {
    pub fn new(plan: &Plan, address: &str, hive: &Hive) -> Self {
        Self {
            profile: plan.profile.clone(),
            key: plan.key.clone(),
            old: plan.old.clone(),
            address: address.into(),
            mark: uuid::Uuid::new_v4().to_string(),
            by_mapi: matches!(plan.recipe, Recipe::Mapi(_)),
            import: plan.import(),
            undo: reversed(hive, &plan.changes()),
            once: reversed(hive, &plan.once()),
        }
    }

    /// A file that stays harms nothing: it holds no password.
    pub fn remove_import(&self) {
        if let Some(import) = &self.import {
            let _ = fs::remove_file(import);
        }
    }

    /// The person has made yet another profile the default since: that stays.
    pub fn is_overruled(&self, hive: &Hive, install: &Install) -> bool {
        let default = profile::default_profile(hive, &install.root());
        default.is_some_and(|name| name != self.profile && self.old.as_ref() != Some(&name))
    }
}

/// What takes these changes back, in the order in which it is to be done.
fn reversed(hive: &Hive, changes: &[Change]) -> Vec<Change> {
    let mut now = hive.clone();
    let mut receipts = Vec::new();
    for change in changes {
        receipts.push(change.undone(&now));
        now.apply(change);
    }
    receipts.into_iter().rev().flatten().collect()
}
