//! What a set-up of Outlook will do, as a value: computed from what was found, nothing is touched.

mod empty_profile;
mod name;

use std::path::{Path, PathBuf};

pub(super) use empty_profile::EmptyProfile;

use super::install::Install;
use super::mapi::{HELPER_X86, Job};
use super::policy::{Blocks, Hindrance};
use super::prf;
use super::profile::{DataFileKind, Profile};
use super::registry::{Change, Hive, Key, Value};
use crate::account::{Exchange, Protocol};
use crate::mail::{Error, Order};

/// Value that names the profile that Outlook opens by itself.
const DEFAULT: &str = "DefaultProfile";

/// Everything that the plan depends on.
pub(super) struct Found {
    pub install: Install,
    /// What [`Install::keys`] names.
    pub hive: Hive,
    pub profiles: Vec<Profile>,
    /// Name of the profile that Outlook opens today.
    pub default: Option<String>,
    pub hindrances: Vec<Hindrance>,
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
    /// The new profile's key: going back removes it with all that is in it.
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
    pub fn job(&self, profile: &str) -> Job {
        Job::Create {
            profile: profile.to_owned(),
            address: self.address.clone(),
            display_name: self.display_name.clone(),
            data_files: self.data_files.clone(),
        }
    }

    /// The other way, after MAPI answered with this error; its data files are left behind. Else the error that ends the
    /// set-up.
    pub fn fallback(&self, error: Error) -> Result<&EmptyProfile, Error> {
        match error {
            Error::MapiUnavailable { .. } | Error::MapiFailed { .. } | Error::HelperMissing { .. } => {
                tracing::info!(%error, "an empty profile instead");
                self.fallback.as_ref().map_err(|setting| Error::Policy { setting: setting.clone() })
            }
            error => Err(error),
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
        self.empty_profile().map(|empty| empty.once.clone()).unwrap_or_default()
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
    let root = found.install.root();
    let profile = name::free(&order.profile, &root.below("Profiles"), found);
    let key = root.below("Profiles").below(&profile);
    let data_files = data_files(found);
    // MAPI and Outlook make this key when it is missing: made by us, it has a place in the journal.
    let mut prepare = vec![Change::Create(root.below("Profiles"))];
    let (recipe, left_behind) = match &order.account.exchange {
        Some(exchange) => {
            prepare.extend(discovery(exchange, found));
            exchange_recipe(order, exchange, &key, data_files, found)?
        }
        None => (prf_recipe(order, &profile, found, &mut prepare)?, data_files),
    };
    let switch = switch(&root, &profile, &recipe, found);
    Ok(Plan { profile, old: found.default.clone(), key, recipe, prepare, switch, left_behind })
}

/// Data files of the old profile that are the person's own.
fn data_files(found: &Found) -> Vec<PathBuf> {
    let same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    let old =
        found.profiles.iter().find(|profile| found.default.as_deref().is_some_and(|old| same(old, &profile.name)));
    let mut files: Vec<PathBuf> = Vec::new();
    for file in old.iter().flat_map(|old| &old.data_files).filter(|file| file.kind == DataFileKind::Pst) {
        let known = |path: &Path| same(&path.to_string_lossy(), &file.path.to_string_lossy());
        if !files.iter().any(|path| known(path)) {
            files.push(file.path.clone());
        }
    }
    files
}

fn exchange_recipe(
    order: &Order,
    exchange: &Exchange,
    key: &Key,
    data_files: Vec<PathBuf>,
    found: &Found,
) -> Result<(Recipe, Vec<PathBuf>), Error> {
    if let Some(setting) = found.blocked(&[Blocks::Exchange]) {
        return Err(Error::Policy { setting });
    }
    let fallback = empty_profile::planned(exchange, key, found);
    if !found.has_helper {
        let missing = |_| Error::HelperMissing { helper: HELPER_X86.into() };
        return fallback.map(|empty| (Recipe::EmptyProfile(empty), data_files)).map_err(missing);
    }
    let (data_files, left_behind) =
        if found.blocked(&[Blocks::DataFiles]).is_some() { (Vec::new(), data_files) } else { (data_files, Vec::new()) };
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
    let (own, policy) = autodiscover(found);
    // In the directory of the organisation's own network there may be the old server for a long time yet. (The last
    // known good address is kept in the profile, so a new one has none that is to be excluded.)
    if found.hive.value(&policy, "ExcludeScpLookup").is_none() {
        changes.push(Change::Set(own.clone(), "ExcludeScpLookup".into(), Value::dword(1)));
    }
    if found.hive.value(&own, "ExcludeExplicitO365Endpoint").is_some() {
        changes.push(Change::Remove(own, "ExcludeExplicitO365Endpoint".into()));
    }
    changes
}

/// The key of the person's own settings of Autodiscover, and that of the organisation's, which come first.
fn autodiscover(found: &Found) -> (Key, Key) {
    let policy = format!(r"Software\Policies\Microsoft\Office\{}\Outlook\AutoDiscover", found.install.release);
    (found.install.root().below("AutoDiscover"), Key::user(policy))
}

/// Outlook imports the file at its next start when it seems to be its first one: documented for the values `ImportPRF`
/// and `First-Run` in "Customize Outlook profiles by using an Outlook Profile (PRF) file".
fn prf_recipe(order: &Order, profile: &str, found: &Found, prepare: &mut Vec<Change>) -> Result<Recipe, Error> {
    let setup = found.install.root().below("Setup");
    let content = prf::content(order, profile, &found.ansi)?;
    let file = found.prf.clone();
    let file = file.ok_or_else(|| Error::Unsupported { what: "a folder for a PRF file".into() })?;
    let path = file.to_string_lossy().into_owned();
    prepare.extend(["First-Run", "FirstRun"].map(|name| Change::Remove(setup.clone(), name.into())));
    prepare.push(Change::Set(setup, "ImportPRF".into(), Value::sz(&path)));
    let protocol = match order.account.incoming.protocol {
        Protocol::Imap => Blocks::Imap,
        Protocol::Pop3 => Blocks::Pop3,
        Protocol::Smtp => Blocks::Nothing,
    };
    match found.blocked_after(&[Blocks::Prf, protocol], prepare) {
        Some(setting) if protocol != Blocks::Nothing => Err(Error::Policy { setting }),
        _ => Ok(Recipe::Prf { file, content }),
    }
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
    changes
}

impl Found {
    /// The setting that stands in the way of any of these.
    fn blocked(&self, ways: &[Blocks]) -> Option<String> {
        self.blocked_after(ways, &[])
    }

    /// The same, once these changes are made.
    fn blocked_after(&self, ways: &[Blocks], changes: &[Change]) -> Option<String> {
        let remedied = |hindrance: &Hindrance| {
            changes.iter().any(|change| match change {
                Change::Set(key, name, _) | Change::Remove(key, name) => {
                    *key == hindrance.key && name.eq_ignore_ascii_case(&hindrance.name)
                }
                Change::Create(_) | Change::RemoveTree(_) | Change::RemoveIfEmpty(_) => false,
            })
        };
        let blocking = self.hindrances.iter().find(|it| ways.contains(&it.blocks) && !remedied(it));
        blocking.map(|hindrance| hindrance.setting.clone())
    }
}

#[cfg(test)]
mod tests;
