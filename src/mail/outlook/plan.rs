//! What a set-up of Outlook will do, as a value: computed from what was found, nothing is touched.

mod empty_profile;
mod name;
#[cfg(test)]
pub(super) mod orders;

use std::path::PathBuf;

pub(super) use empty_profile::EmptyProfile;

use super::install::Install;
use super::mapi::{HELPER_X86, Job};
use super::policy::{Blocker, Blocks};
use super::profile::{self, DataFileKind, Profile};
use super::registry::{Change, Hive, Key, Value, folded};
use super::{prf, version};
use crate::account::{Exchange, Protocol};
use crate::mail::{Error, Order};

/// Value that names the file that Outlook imports at its first start.
const IMPORT: &str = "ImportPRF";
/// Value that names the profile that Outlook opens by itself.
const DEFAULT: &str = "DefaultProfile";
/// Releases before keep their profiles elsewhere, and the mail servers of today refuse them.
const OLDEST_RELEASE: &str = "15.0";

/// Everything that the plan depends on.
pub(super) struct Found {
    pub install: Install,
    /// What [`super::look::keys`] names.
    pub hive: Hive,
    pub profiles: Vec<Profile>,
    /// Name of the profile that Outlook opens today.
    pub default: Option<String>,
    pub blockers: Vec<Blocker>,
    /// The person has switched to the new Outlook.
    pub new_outlook_in_use: bool,
    /// The project wants people to be switched back to classic Outlook.
    pub switch_to_classic: bool,
    /// The program that [`super::mapi::helper`] names for this Outlook is there.
    pub has_helper: bool,
    /// Where a PRF file would be: [`prf::place`].
    pub prf: Option<PathBuf>,
    /// Encodes a text for a PRF file: [`prf::in_ansi_code_page`], or a test's own.
    pub ansi: fn(&str) -> Option<Vec<u8>>,
}

/// What will be there afterwards.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::mail) struct Plan {
    /// Name of the new profile: free, ASCII.
    pub profile: String,
    /// Name of the profile that Outlook opens until then.
    pub old: Option<String>,
    /// The new profile's key: going back removes it only as long as Outlook has not opened the profile.
    pub(in crate::mail::outlook) key: Key,
    pub(in crate::mail::outlook) recipe: Recipe,
    /// Before the profile is made.
    pub(in crate::mail::outlook) prepare: Vec<Change>,
    /// Once the profile is there. What is not changed here but by Outlook or MAPI (the default profile that a PRF file
    /// asks for) is set to what it is already: so it has a place in the journal, and going back restores it.
    pub(in crate::mail::outlook) switch: Vec<Change>,
    /// Data files of the old profile that this recipe does not add.
    pub(in crate::mail::outlook) left_behind: Vec<PathBuf>,
}

/// How the profile comes to be.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::mail::outlook) enum Recipe {
    /// By MAPI, with an Exchange mailbox.
    Mapi(Mapi),
    /// Empty, for Outlook to fill at its first start.
    EmptyProfile(EmptyProfile),
    /// By Outlook's first start, from a PRF file.
    Prf { file: PathBuf, content: Vec<u8> },
}

#[derive(Debug, Clone, PartialEq)]
pub(in crate::mail::outlook) struct Mapi {
    pub address: String,
    pub display_name: String,
    /// Of the old profile. Whether they are still there is found out when they are added.
    pub data_files: Vec<PathBuf>,
    /// What to do when MAPI is not available or fails; or the setting that stands in its way.
    fallback: Result<EmptyProfile, String>,
}

impl Mapi {
    pub fn job(&self, profile: &str, mark: Option<Change>) -> Job {
        Job::Create {
            profile: profile.to_owned(),
            address: self.address.clone(),
            display_name: self.display_name.clone(),
            data_files: self.data_files.clone(),
            mark,
        }
    }

    /// The other way, after MAPI answered with this error; its data files are left behind. Else the error itself: what
    /// closes the other way is not what went wrong.
    pub fn fallback(&self, error: Error) -> Result<&EmptyProfile, Error> {
        match (error, &self.fallback) {
            (
                error @ (Error::MapiUnavailable { .. } | Error::MapiFailed { .. } | Error::HelperMissing { .. }),
                Ok(empty),
            ) => {
                tracing::info!(%error, "an empty profile instead");
                Ok(empty)
            }
            (error, Ok(_)) => Err(error),
            (error, Err(setting)) => {
                tracing::info!(%error, setting, "no empty profile instead");
                Err(error)
            }
        }
    }
}

impl Plan {
    /// Every change of the registry that this plan may make, in order.
    pub fn changes(&self) -> Vec<Change> {
        let filled = self.empty_profile().into_iter().flat_map(EmptyProfile::changes);
        [self.prepare.clone(), filled.collect(), self.switch.clone()].concat()
    }

    /// Those of them that are meant for one start of Outlook.
    pub fn once(&self) -> Vec<Change> {
        match &self.recipe {
            // Outlook has imported the file by then, and it is removed.
            Recipe::Prf { .. } => self.prepare.iter().filter(|change| is_import(change)).cloned().collect(),
            Recipe::Mapi(_) | Recipe::EmptyProfile(_) => {
                self.empty_profile().map(|empty| empty.once.clone()).unwrap_or_default()
            }
        }
    }

    fn empty_profile(&self) -> Option<&EmptyProfile> {
        match &self.recipe {
            Recipe::Mapi(recipe) => recipe.fallback.as_ref().ok(),
            Recipe::EmptyProfile(empty) => Some(empty),
            Recipe::Prf { .. } => None,
        }
    }

    /// The file that Outlook is to import.
    pub fn import(&self) -> Option<PathBuf> {
        match &self.recipe {
            Recipe::Prf { file, .. } => Some(file.clone()),
            Recipe::Mapi(_) | Recipe::EmptyProfile(_) => None,
        }
    }
}

/// Whether a change names the file that Outlook is to import.
fn is_import(change: &Change) -> bool {
    matches!(change, Change::Set(_, name, _) if name == IMPORT)
}

/// Whether a change makes a profile the default one.
pub(super) fn is_of_default(change: &Change, install: &Install) -> bool {
    match change {
        Change::Set(key, name, _) | Change::Remove(key, name) => *key == install.root() && name == DEFAULT,
        Change::Create(_) | Change::RemoveTree(_) | Change::RemoveIfEmpty(_) => false,
    }
}

/// Plans for what was found.
pub(super) fn plan(order: &Order, found: &Found) -> Result<Plan, Error> {
    if found.new_outlook_in_use && !found.switch_to_classic {
        return Err(Error::NewOutlook);
    }
    if !version::at_least(&found.install.release, OLDEST_RELEASE) {
        let (client, version) = ("Outlook".into(), found.install.version.clone());
        return Err(Error::TooOld { client, version, wanted: OLDEST_RELEASE.into() });
    }
    let root = found.install.root();
    let profiles = profile::list(&root);
    let profile = name::free(&order.profile, &profiles, found);
    let key = profiles.below(&profile);
    let data_files = data_files(found);
    // MAPI and Outlook make this key when it is missing: made by us, it has a place in the journal.
    let mut prepare = vec![Change::Create(profiles)];
    let (recipe, left_behind) = match &order.account.exchange {
        Some(exchange) => {
            prepare.extend(discovery(exchange, found));
            prepare.extend(found.waiting_import());
            found.check_exchange(&prepare)?;
            exchange_recipe(order, exchange, &key, data_files, found)?
        }
        None => (prf_recipe(order, &profile, found, &mut prepare)?, data_files),
    };
    let switch = switch(&root, &profile, &recipe, found);
    Ok(Plan { profile, old: found.default.clone(), key, recipe, prepare, switch, left_behind })
}

/// Data files of the old profile that are the person's own.
fn data_files(found: &Found) -> Vec<PathBuf> {
    let is_old = |profile: &&Profile| found.default.as_deref().map(folded) == Some(folded(&profile.name));
    let files = found.profiles.iter().find(is_old).into_iter().flat_map(|old| &old.data_files);
    files.filter(|file| file.kind == DataFileKind::Pst).map(|file| file.path.clone()).collect()
}

fn exchange_recipe(
    order: &Order,
    exchange: &Exchange,
    key: &Key,
    data_files: Vec<PathBuf>,
    found: &Found,
) -> Result<(Recipe, Vec<PathBuf>), Error> {
    let fallback = empty_profile::planned(exchange, key, found);
    if !found.has_helper {
        let missing = |_| Error::HelperMissing { helper: HELPER_X86.into() };
        return fallback.map(|empty| (Recipe::EmptyProfile(empty), data_files)).map_err(missing);
    }
    let (data_files, left_behind) = if found.blocked(Blocks::DataFiles, &[]).is_some() {
        (Vec::new(), data_files)
    } else {
        (data_files, Vec::new())
    };
    let name = order.name.trim();
    let display_name = if name.is_empty() { exchange.address.clone() } else { name.to_owned() };
    let mapi = Mapi { address: exchange.address.clone(), display_name, data_files, fallback };
    Ok((Recipe::Mapi(mapi), left_behind))
}

/// What makes Outlook look for the new server only. Source of the values: Microsoft's "Unexpected Autodiscover behavior
/// when you have registry settings under the \Autodiscover key".
fn discovery(exchange: &Exchange, found: &Found) -> Vec<Change> {
    let mut changes = Vec::new();
    if !exchange.leaves_own_exchange {
        return changes;
    }
    let own = found.install.root().below("AutoDiscover");
    // In the directory of the organisation's own network there may be the old server for a long time yet. (The last
    // known good address is kept in the profile, so a new one has none that is to be excluded.)
    if found.autodiscover_policy("ExcludeScpLookup").is_none() {
        changes.push(Change::Set(own.clone(), "ExcludeScpLookup".into(), Value::dword(1)));
    }
    if found.hive.value(&own, "ExcludeExplicitO365Endpoint").is_some() {
        changes.push(Change::Remove(own, "ExcludeExplicitO365Endpoint".into()));
    }
    changes
}

/// Outlook imports the file at its next start when it seems to be its first one: documented for the values `ImportPRF`
/// and `First-Run` in "Customize Outlook profiles by using an Outlook Profile (PRF) file".
fn prf_recipe(order: &Order, profile: &str, found: &Found, prepare: &mut Vec<Change>) -> Result<Recipe, Error> {
    let setup = found.install.root().below("Setup");
    let content = prf::content(order, profile, &found.ansi)?;
    let file = found.prf.clone();
    let file = file.ok_or_else(|| Error::Unsupported { what: "a folder for a PRF file".into() })?;
    let path = file.to_string_lossy().into_owned();
    // Outlook notes its first start here; made by us, the key goes when that is taken back.
    prepare.push(Change::Create(setup.clone()));
    prepare.extend(["First-Run", "FirstRun"].map(|name| Change::Remove(setup.clone(), name.into())));
    prepare.push(Change::Set(setup, IMPORT.into(), Value::sz(&path)));
    let protocol = match order.account.incoming.protocol {
        Protocol::Imap => Blocks::Imap,
        Protocol::Pop3 | Protocol::Smtp => Blocks::Pop3,
    };
    let blocked = found.blocked(Blocks::Prf, prepare).or_else(|| found.blocked(protocol, prepare));
    blocked.map_or(Ok(Recipe::Prf { file, content }), |setting| Err(Error::Policy { setting }))
}

fn switch(root: &Key, profile: &str, recipe: &Recipe, found: &Found) -> Vec<Change> {
    let default = DEFAULT.to_owned();
    let mut changes = vec![match (recipe, found.hive.value(root, &default)) {
        (Recipe::Mapi(_) | Recipe::EmptyProfile(_), _) => Change::Set(root.clone(), default, Value::sz(profile)),
        // Outlook itself does it when it imports the file; until then there is no such profile.
        (Recipe::Prf { .. }, Some(value)) => Change::Set(root.clone(), default, value.clone()),
        (Recipe::Prf { .. }, None) => Change::Remove(root.clone(), default),
    }];
    // "1": Outlook asks at each start which profile to open, instead of opening the default one.
    let options = Key::user(r"Software\Microsoft\Exchange\Client\Options");
    if found.hive.text(&options, "PickLogonProfile").as_deref() == Some("1") {
        changes.push(Change::Set(options, "PickLogonProfile".into(), Value::sz("0")));
    }
    if found.new_outlook_in_use {
        changes.push(Change::Set(root.below("Preferences"), "UseNewOutlook".into(), Value::dword(0)));
    }
    // Here Outlook notes its first start. What is not there yet gets a place in the journal: going back removes the note.
    let setup = root.below("Setup");
    if !matches!(recipe, Recipe::Prf { .. }) && found.hive.value(&setup, "First-Run").is_none() {
        changes.extend([Change::Create(setup.clone()), Change::Remove(setup, "First-Run".into())]);
    }
    changes
}

impl Found {
    /// What the organisation says of a value of Autodiscover, and where. It comes before what the person's own key says.
    fn autodiscover_policy(&self, name: &str) -> Option<(Key, &Value)> {
        let place = |above: &str| format!(r"{above}\Office\{}\Outlook\AutoDiscover", self.install.release);
        let keys =
            [r"Software\Policies\Microsoft\Cloud", r"Software\Policies\Microsoft"].map(|above| Key::user(place(above)));
        keys.into_iter().find_map(|key| self.hive.value(&key, name).map(|value| (key, value)))
    }

    /// The setting that stands in the way of this, once these changes are made.
    fn blocked(&self, what: Blocks, changes: &[Change]) -> Option<String> {
        let remedied = |blocker: &Blocker| {
            changes.iter().any(|change| match change {
                Change::Set(key, name, _) | Change::Remove(key, name) => {
                    *key == blocker.key && folded(name) == folded(&blocker.name)
                }
                Change::Create(_) | Change::RemoveTree(_) | Change::RemoveIfEmpty(_) => false,
            })
        };
        let blocking = self.blockers.iter().find(|it| it.blocks == what && !remedied(it));
        blocking.map(|blocker| blocker.setting.clone())
    }

    /// A PRF file of somebody else's, which Outlook would import at its next start and which would make another profile
    /// the default one.
    fn waiting_import(&self) -> Option<Change> {
        let waiting = self.blockers.iter().find(|it| it.blocks == Blocks::Prf && !it.policy)?;
        Some(Change::Remove(waiting.key.clone(), waiting.name.clone()))
    }

    /// Outlook must be able to have an Exchange account at all. Whether the new server is on Microsoft 365 only
    /// Autodiscover tells, so the way there and every other way must be closed before nothing can be found.
    fn check_exchange(&self, changes: &[Change]) -> Result<(), Error> {
        let nowhere = || self.blocked(Blocks::OtherExchange, changes).and(self.blocked(Blocks::Microsoft365, changes));
        match self.blocked(Blocks::Exchange, changes).or_else(nowhere) {
            Some(setting) => Err(Error::Policy { setting }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
