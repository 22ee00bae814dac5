//! A set-up of Outlook, and what going back from it needs.

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::install::Install;
use super::mapi::{Failed, Job};
use super::mark::{self, Removal};
use super::plan::{self, EmptyProfile, Mapi, Plan, Recipe};
use super::registry::{self, Change, Hive, Key};
use super::{CLIENT, flush, mapi, process, profile, proof, version};
use crate::mail::client::Proving;
use crate::mail::{Error, Host, Order, files};
use crate::os::Places;
use crate::problem::ResponseCode;
use crate::protocol::Evidence;

/// What was found, and as it goes on, what is made. Holds no secrets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::mail) struct Record {
    pub(super) install: Install,
    pub(super) receipt: Option<Receipt>,
    /// While the set-up runs.
    #[serde(skip)]
    plan: Option<Plan>,
}

/// What is made and how it is taken back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Receipt {
    /// Name of the new profile.
    pub profile: String,
    /// The new profile's key. It was free when this was written down.
    key: Key,
    /// Name of the profile that was the default.
    old: Option<String>,
    /// Address of the new mailbox.
    pub address: String,
    /// What the new profile is marked with until Outlook opens it: see [`mark`].
    #[serde(default)]
    mark: String,
    /// MAPI makes the profile, and takes it away.
    by_mapi: bool,
    /// The file that Outlook imports at its next start.
    pub import: Option<PathBuf>,
    /// Takes every change of the registry back, in this order.
    undo: Vec<Change>,
    /// Of these, what is taken back as soon as the account is there: meant for one start of Outlook.
    once: Vec<Change>,
}

/// Data files that may each end the work on a profile before all that are left are left out.
const MOST_BAD_DATA_FILES: usize = 2;

impl Record {
    pub fn new(install: Install) -> Self {
        Self { install, receipt: None, plan: None }
    }

    /// Plans once without keeping the plan: what cannot work is told before Outlook is closed.
    pub async fn check(&self, order: &Order, places: &Places, host: &Host) -> Result<(), Error> {
        if let Some(minimum) = version::too_old(&self.install, &order.minimum_versions) {
            let (version, wanted) = (self.install.version.clone(), minimum.install.clone());
            return Err(Error::TooOld { client: CLIENT.into(), version, wanted });
        }
        self.clone().plan(order, places, host).await
    }

    pub async fn is_running(&self) -> bool {
        process::running().await.is_some()
    }

    pub async fn close(&self, waiting: impl FnOnce(), stop: impl Fn() -> bool) -> Result<(), Error> {
        process::close(waiting, stop).await
    }

    pub fn start(&self, host: &Host) -> Result<(), Error> {
        // The child is left to itself; tokio collects its exit status.
        process::start(&self.install.program, &[], host).map(drop)
    }

    pub async fn plan(&mut self, order: &Order, places: &Places, host: &Host) -> Result<(), Error> {
        let (mut record, order, places, host) = (self.clone(), order.clone(), places.clone(), host.clone());
        let plan = move || record.look_and_plan(&order, &places, &host).map(|()| record);
        *self = files::in_background(plan).await?;
        Ok(())
    }

    fn look_and_plan(&mut self, order: &Order, places: &Places, host: &Host) -> Result<(), Error> {
        let found = super::planned_for(&self.install, order, places, host)?;
        let plan = plan::plan(order, &found)?;
        self.receipt = Some(Receipt {
            profile: plan.profile.clone(),
            key: plan.key.clone(),
            old: plan.old.clone(),
            address: order.account.exchange.as_ref().map_or(&order.address, |exchange| &exchange.address).clone(),
            mark: uuid::Uuid::new_v4().to_string(),
            by_mapi: matches!(plan.recipe, Recipe::Mapi(_)),
            import: plan.import(),
            undo: undone(&found.hive, &plan.changes()),
            once: undone(&found.hive, &plan.once()),
        });
        self.plan = Some(plan);
        Ok(())
    }

    /// The plan of [`Self::plan`]; a set-up does not go on without one.
    fn planned(&self) -> Result<Plan, Error> {
        self.plan.clone().ok_or(Error::Interrupted)
    }

    fn receipt(&self) -> Result<Receipt, Error> {
        self.receipt.clone().ok_or(Error::Interrupted)
    }

    /// Makes the profile. Where MAPI cannot, Outlook itself finishes an empty one, if the plan allows it.
    pub async fn create(&mut self, host: &Host) -> Result<Vec<ResponseCode>, Error> {
        let (plan, receipt) = (self.planned()?, self.receipt()?);
        let prepare = plan.prepare.clone();
        files::in_background(move || prepare.iter().try_for_each(write)).await?;
        let mut all_attached = plan.left_behind.is_empty();
        match &plan.recipe {
            Recipe::Mapi(recipe) => all_attached &= self.by_mapi(recipe, &plan, host).await?,
            Recipe::EmptyProfile(empty) => fill(empty, &receipt).await?,
            Recipe::Prf { file, content } => {
                let (file, content) = (file.clone(), content.clone());
                files::in_background(move || {
                    let folder = file.parent().map_or(Ok(()), files::create_private_folder);
                    let written = folder.and_then(|()| files::replace(&file, &content));
                    written.map_err(|error| Error::WriteFailed { path: file, reason: error.to_string() })
                })
                .await?;
            }
        }
        flush().await?;
        Ok(if all_attached { Vec::new() } else { vec![ResponseCode::DataFileNotAdded] })
    }

    /// Whether the new profile has every data file of the old one. A file in which the provider hangs or crashes is left
    /// out: the profile is made once more without it.
    async fn by_mapi(&mut self, recipe: &Mapi, plan: &Plan, host: &Host) -> Result<bool, Error> {
        let receipt = self.receipt()?;
        let helper = mapi::helper(host, self.install.architecture);
        let (mut recipe, mut bad) = (recipe.clone(), 0);
        let wanted = recipe.data_files.len();
        loop {
            let job = recipe.job(&plan.profile, Some(mark::set(&receipt.key, &receipt.mark)));
            let failed = match mapi::run(host, &helper, &job).await {
                Ok(report) => return Ok(report.not_attached.is_empty() && recipe.data_files.len() == wanted),
                Err(failed) => failed,
            };
            self.take_back(&failed, host).await?;
            if let Some(file) = &failed.data_file
                && recipe.data_files.contains(file)
            {
                tracing::warn!(error = %failed.error, "a data file is left out");
                bad += 1;
                recipe.data_files.retain(|other| other != file && bad < MOST_BAD_DATA_FILES);
                continue;
            }
            fill(recipe.fallback(failed.error)?, &receipt).await?;
            if let Some(receipt) = &mut self.receipt {
                receipt.by_mapi = false;
            }
            return Ok(wanted == 0);
        }
    }

    /// Takes away what MAPI has left of a profile that it did not finish. An error when something of this name stays.
    async fn take_back(&self, failed: &Failed, host: &Host) -> Result<(), Error> {
        let receipt = self.receipt()?;
        if failed.made {
            // MAPI has just made it; it may have ended before the mark was there.
            let (key, mark) = (receipt.key.clone(), receipt.mark.clone());
            files::in_background(move || if is_there(&key)? { write(&mark::set(&key, &mark)) } else { Ok(()) }).await?;
        }
        self.remove_unopened(host).await?;
        let key = receipt.key;
        // Somebody has made a profile of this name in the meantime: it is theirs.
        if files::in_background(move || is_there(&key)).await? { Err(failed.error.clone()) } else { Ok(()) }
    }

    /// Makes the profile the default, by MAPI where it was made by MAPI, and by the value that MAPI writes in any case.
    pub async fn switch(&self, host: &Host) -> Result<(), Error> {
        let plan = self.planned()?;
        if self.receipt.as_ref().is_some_and(|receipt| receipt.by_mapi) {
            let helper = mapi::helper(host, self.install.architecture);
            if let Err(failed) = mapi::run(host, &helper, &Job::MakeDefault { profile: plan.profile.clone() }).await {
                let error = &failed.error;
                tracing::info!(%error, "MAPI does not make the profile the default; its value is set all the same");
            }
        }
        files::in_background(move || plan.switch.iter().try_for_each(write)).await?;
        flush().await
    }

    pub async fn prove(&self, proving: &Proving<'_>) -> Result<Evidence, Error> {
        let receipt = self.receipt()?;
        // From here on Outlook may have opened it, and it is never removed.
        let opened = mark::taken_away(&receipt.key);
        files::in_background(move || write(&opened)).await?;
        flush().await?;
        let evidence = proof::prove(self, &receipt, proving).await?;
        files::in_background(move || {
            receipt.once.iter().try_for_each(write)?;
            receipt.remove_import();
            Ok::<(), Error>(())
        })
        .await?;
        flush().await?;
        Ok(evidence)
    }

    /// Takes every change back, and the profile away when it was never opened. One that Outlook has opened stays beside
    /// the old one, and is the default no more.
    pub async fn restore(&self, host: &Host) -> Result<(), Error> {
        let Some(receipt) = self.receipt.clone() else { return Ok(()) };
        self.remove_unopened(host).await.map_err(undo_failed)?;
        let install = self.install.clone();
        files::in_background(move || {
            let hive = super::read(&install.keys()).map_err(undo_failed)?;
            let kept = receipt.default_of_the_person(&hive, &install);
            let undo = receipt.undo.iter().filter(|change| !(kept && plan::is_of_default(change, &install)));
            undo.into_iter().try_for_each(write).map_err(undo_failed)?;
            receipt.remove_import();
            Ok::<(), Error>(())
        })
        .await?;
        flush().await.map_err(undo_failed)
    }

    /// By MAPI, so that the providers clean up too; then by its key, whatever MAPI says. Only what [`mark::removal`] allows,
    /// and nothing while Outlook runs: it may have this profile open.
    async fn remove_unopened(&self, host: &Host) -> Result<(), Error> {
        let Some(receipt) = &self.receipt else { return Ok(()) };
        if self.is_running().await {
            return Ok(());
        }
        let (key, mark) = (receipt.key.clone(), receipt.mark.clone());
        let removal = move || super::read(std::slice::from_ref(&key)).map(|hive| mark::removal(&hive, &key, &mark));
        if receipt.by_mapi && files::in_background(removal.clone()).await? == Removal::Whole {
            mapi::remove(host, &mapi::helper(host, self.install.architecture), &receipt.profile).await;
        }
        let key = receipt.key.clone();
        files::in_background(move || match removal()? {
            Removal::Whole => write(&Change::RemoveTree(key)),
            Removal::IfEmpty => write(&Change::RemoveIfEmpty(key)),
        })
        .await
    }

    pub fn profile(&self) -> String {
        self.receipt.as_ref().map(|receipt| receipt.profile.clone()).unwrap_or_default()
    }

    /// Before the set-up, or none has been planned.
    pub fn had_a_profile(&self) -> bool {
        self.receipt.as_ref().is_none_or(|receipt| receipt.old.is_some())
    }

    pub fn old_profile(&self) -> Option<String> {
        self.receipt.as_ref()?.old.clone()
    }
}

impl Receipt {
    /// A file that stays harms nothing: it holds no password.
    fn remove_import(&self) {
        if let Some(import) = &self.import {
            let _ = fs::remove_file(import);
        }
    }

    /// The person has made yet another profile the default since: that stays.
    fn default_of_the_person(&self, hive: &Hive, install: &Install) -> bool {
        let default = profile::default_profile(hive, &install.root());
        default.is_some_and(|name| name != self.profile && self.old.as_ref() != Some(&name))
    }
}

async fn fill(empty: &EmptyProfile, receipt: &Receipt) -> Result<(), Error> {
    let mut changes = empty.changes();
    // The first makes the key.
    changes.insert(1, mark::set(&receipt.key, &receipt.mark));
    files::in_background(move || changes.iter().try_for_each(write)).await
}

/// What takes these changes back, in the order in which it is to be done.
fn undone(hive: &Hive, changes: &[Change]) -> Vec<Change> {
    let mut now = hive.clone();
    let mut receipts = Vec::new();
    for change in changes {
        receipts.push(change.undone(&now));
        now.apply(change);
    }
    receipts.into_iter().rev().flatten().collect()
}

fn is_there(key: &Key) -> Result<bool, Error> {
    super::read(std::slice::from_ref(key)).map(|hive| hive.has(key))
}

fn write(change: &Change) -> Result<(), Error> {
    registry::write(change)
        .map_err(|error| Error::Registry { key: change.key().to_string(), reason: error.to_string() })
}

fn undo_failed(error: Error) -> Error {
    match error {
        Error::Registry { key, reason } => Error::UndoFailed { path: key.into(), reason },
        other => other,
    }
}
