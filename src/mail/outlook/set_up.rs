//! A set-up of Outlook, and what going back from it needs.

use serde::{Deserialize, Serialize};

use super::install::Install;
use super::mapi::{Failed, Job};
use super::mark::{self, Removal};
use super::plan::{self, EmptyProfile, Mapi, Plan, Recipe};
use super::receipt::Receipt;
use super::registry::{self, Change, Key};
use super::{CLIENT, evidence, look, mapi, process, version};
use crate::mail::context::Context;
use crate::mail::files::{self, writing};
use crate::mail::{Error, Host, Order};
use crate::os::Places;
use crate::problem::ResponseCode;
use crate::protocol::Evidence;

/// What was found, and as it goes on, what is made. Holds no secrets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::mail) struct SetUp {
    pub install: Install,
    receipt: Option<Receipt>,
    /// While the set-up runs.
    #[serde(skip)]
    plan: Option<Plan>,
}

/// Data files that may each end the work on a profile before all that are left are left out.
const MOST_BAD_DATA_FILES: usize = 2;

impl SetUp {
    pub fn new(install: Install) -> Self {
        Self { install, receipt: None, plan: None }
    }

    /// Plans once without keeping the plan: what cannot work is told before Outlook is closed.
    pub fn check(&self, order: &Order, places: &Places, host: &Host) -> Result<(), Error> {
        let install = &self.install;
        if let Some(minimum) = version::too_old(&install.version, install.installation.id(), &order.minimum_versions) {
            let (version, wanted) = (install.version.clone(), minimum.install.clone());
            return Err(Error::TooOld { client: CLIENT.into(), version, wanted });
        }
        plan::plan(order, &look::for_plan(install, order, places, host)?).map(drop)
    }

    pub fn plan(&mut self, order: &Order, places: &Places, host: &Host) -> Result<(), Error> {
        let found = look::for_plan(&self.install, order, places, host)?;
        let plan = plan::plan(order, &found)?;
        let address = order.account.exchange.as_ref().map_or(&order.address, |exchange| &exchange.address);
        self.receipt = Some(Receipt::new(&plan, address, &found.hive));
        self.plan = Some(plan);
        Ok(())
    }

    /// The plan of [`Self::plan`]; a set-up does not go on without one.
    fn planned(&self) -> Result<&Plan, Error> {
        self.plan.as_ref().ok_or(Error::Interrupted)
    }

    fn receipt(&self) -> Result<&Receipt, Error> {
        self.receipt.as_ref().ok_or(Error::Interrupted)
    }

    /// Makes the profile. Where MAPI cannot, Outlook itself finishes an empty one, if the plan allows it.
    pub fn create(&mut self, host: &Host) -> Result<Vec<ResponseCode>, Error> {
        let plan = self.planned()?;
        plan.prepare.iter().try_for_each(write)?;
        let mut all_attached = plan.left_behind.is_empty();
        match &plan.recipe {
            Recipe::Mapi(recipe) => {
                let (complete, by_mapi) = self.create_by_mapi(recipe, plan, host)?;
                all_attached &= complete;
                if let Some(receipt) = &mut self.receipt {
                    receipt.by_mapi = by_mapi;
                }
            }
            Recipe::EmptyProfile(empty) => fill(empty, self.receipt()?)?,
            Recipe::Prf { file, content } => {
                let folder = file.parent().map_or(Ok(()), files::create_private_folder);
                writing(file, folder.and_then(|()| files::replace(file, content)))?;
            }
        }
        flush()?;
        Ok(if all_attached { Vec::new() } else { vec![ResponseCode::DataFileNotAdded] })
    }

    /// Whether the new profile has every data file of the old one, and whether MAPI made it. A file in which the provider
    /// hangs or crashes is left out: the profile is made once more without it.
    fn create_by_mapi(&self, recipe: &Mapi, plan: &Plan, host: &Host) -> Result<(bool, bool), Error> {
        let receipt = self.receipt()?;
        let helper = mapi::helper(host, self.install.architecture);
        let (mut recipe, mut bad) = (recipe.clone(), 0);
        let wanted = recipe.data_files.len();
        loop {
            let job = recipe.job(&plan.profile, Some(mark::set(&receipt.key, &receipt.mark)));
            let failed = match mapi::run(host, &helper, &job) {
                Ok(report) => {
                    return Ok((report.not_attached.is_empty() && recipe.data_files.len() == wanted, true));
                }
                Err(failed) => failed,
            };
            self.take_back(&failed, host)?;
            if let Some(file) = &failed.data_file
                && recipe.data_files.contains(file)
            {
                tracing::warn!(error = %failed.error, "a data file is left out");
                bad += 1;
                recipe.data_files.retain(|other| other != file && bad < MOST_BAD_DATA_FILES);
                continue;
            }
            fill(recipe.fallback(failed.error)?, receipt)?;
            return Ok((wanted == 0, false));
        }
    }

    /// Takes away what MAPI has left of a profile that it did not finish. An error when something of this name stays.
    fn take_back(&self, failed: &Failed, host: &Host) -> Result<(), Error> {
        let receipt = self.receipt()?;
        // MAPI has just made it; it may have ended before the mark was there.
        if failed.made && is_there(&receipt.key)? {
            write(&mark::set(&receipt.key, &receipt.mark))?;
        }
        self.remove_unopened(host)?;
        // Somebody has made a profile of this name in the meantime: it is theirs.
        if is_there(&receipt.key)? { Err(failed.error.clone()) } else { Ok(()) }
    }

    /// Makes the profile the default, by MAPI where it was made by MAPI, and by the value that MAPI writes in any case.
    pub fn switch(&self, host: &Host) -> Result<(), Error> {
        let plan = self.planned()?;
        if self.receipt()?.by_mapi {
            let helper = mapi::helper(host, self.install.architecture);
            if let Err(failed) = mapi::run(host, &helper, &Job::MakeDefault { profile: plan.profile.clone() }) {
                let error = &failed.error;
                tracing::info!(%error, "MAPI does not make the profile the default; its value is set all the same");
            }
        }
        plan.switch.iter().try_for_each(write)?;
        flush()
    }

    pub fn prove(&self, context: &Context<'_>) -> Result<Evidence, Error> {
        let receipt = self.receipt()?;
        // From here on Outlook may have opened it, and it is never removed.
        write(&mark::taken_away(&receipt.key))?;
        flush()?;
        let evidence = evidence::collect(&self.install, receipt, context)?;
        receipt.once.iter().try_for_each(write)?;
        receipt.remove_import();
        flush()?;
        Ok(evidence)
    }

    /// Takes every change back, and the profile away when it was never opened. One that Outlook has opened stays beside
    /// the old one, and is the default no more.
    pub fn restore(&self, host: &Host) -> Result<(), Error> {
        let Some(receipt) = &self.receipt else { return Ok(()) };
        self.remove_unopened(host).map_err(undo_failed)?;
        let hive = look::read(&look::keys(&self.install)).map_err(undo_failed)?;
        let kept = receipt.is_overruled(&hive, &self.install);
        let undo = receipt.undo.iter().filter(|change| !(kept && plan::is_of_default(change, &self.install)));
        undo.into_iter().try_for_each(write).map_err(undo_failed)?;
        receipt.remove_import();
        flush().map_err(undo_failed)
    }

    /// By MAPI, so that the providers clean up too; then by its key, whatever MAPI says. Only what [`mark::removal`] allows,
    /// and nothing while Outlook runs: it may have this profile open.
    fn remove_unopened(&self, host: &Host) -> Result<(), Error> {
        let Some(receipt) = &self.receipt else { return Ok(()) };
        if process::running().is_some() {
            return Ok(());
        }
        let key = &receipt.key;
        let removal = || look::read(std::slice::from_ref(key)).map(|hive| mark::removal(&hive, key, &receipt.mark));
        if receipt.by_mapi && removal()? == Removal::Whole {
            mapi::remove(host, &mapi::helper(host, self.install.architecture), &receipt.profile);
        }
        match removal()? {
            Removal::Whole => write(&Change::RemoveTree(key.clone())),
            Removal::IfEmpty => write(&Change::RemoveIfEmpty(key.clone())),
        }
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

fn fill(empty: &EmptyProfile, receipt: &Receipt) -> Result<(), Error> {
    let mut changes = empty.changes();
    // The first makes the key.
    changes.insert(1, mark::set(&receipt.key, &receipt.mark));
    changes.iter().try_for_each(write)
}

fn is_there(key: &Key) -> Result<bool, Error> {
    look::read(std::slice::from_ref(key)).map(|hive| hive.has(key))
}

fn write(change: &Change) -> Result<(), Error> {
    registry::write(change)
        .map_err(|error| Error::Registry { key: change.key().to_string(), reason: error.to_string() })
}

/// Until this returns, a change of the registry may be lost in a power cut, while the journal that speaks of it is not.
fn flush() -> Result<(), Error> {
    registry::flush().map_err(|error| Error::Registry { key: "HKEY_CURRENT_USER".into(), reason: error.to_string() })
}

fn undo_failed(error: Error) -> Error {
    match error {
        Error::Registry { key, reason } => Error::UndoFailed { path: key.into(), reason },
        other => other,
    }
}
