//! What a set-up will do, as a value: computed from what was found. Then the parts of it that are done.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::carry_over::{self, Copy, Old, Tree};
use super::install::Install;
use super::prefs::{self, Owner};
use super::profiles::{self, OURS, Profile, Profiles, is_install, is_profile};
use crate::mail::files::{self, writing};
use crate::mail::{Error, Order};
use crate::os;

/// Everything that the plan depends on.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub install: Install,
    pub profiles: Profiles,
    /// The profile that the installation starts today.
    pub old: Option<(Profile, Old)>,
}

/// What will be there afterwards.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::mail) struct Plan {
    pub new: Profile,
    pub old: Option<Profile>,
    /// Files of the new profile: relative name, content.
    pub(super) files: Vec<(PathBuf, String)>,
    pub(super) copies: Vec<Copy>,
    /// The copies, file by file; once somebody has looked.
    pub(super) tree: Tree,
    pub(super) profiles_ini: String,
    pub(super) installs_ini: String,
}

/// Looks at everything the plan depends on. Thunderbird is closed, or it is planned for practice only.
pub(super) fn look(order: &Order, install: &Install) -> Result<Plan, Error> {
    let profiles = Profiles::read(&install.root)?;
    let old = profiles.default_for(install.hash.as_deref()).cloned();
    let old = old.map(|profile| {
        let contents = Old::read(&profile.folder, &order.old_address);
        (profile, contents)
    });
    // An empty one was made when the list had been lost: the person's mail is elsewhere.
    if !old.as_ref().is_some_and(|(_, old)| old.has_accounts()) {
        profiles.check_unlisted(|folder| Old::read(folder, &order.old_address).has_accounts())?;
    }
    let mut plan = plan(order, &Found { install: install.clone(), profiles, old });
    if let Some(old) = &plan.old {
        let written = plan.files.iter().map(|(name, _)| name.clone());
        plan.tree = writing(&old.folder, Tree::of(&old.folder, &plan.copies, written))?;
    }
    Ok(plan)
}

impl Plan {
    /// The two lists with their new contents.
    pub fn lists(&self, root: &Path) -> [(PathBuf, &str); 2] {
        let [installs, profiles] = profiles::lists(root);
        [(installs, &self.installs_ini), (profiles, &self.profiles_ini)]
    }

    /// Fills the new profile's folder; everything private to the person.
    pub fn create(&self) -> Result<(), Error> {
        let folder = &self.new.folder;
        writing(folder, files::create_private_folder(folder))?;
        for (name, content) in &self.files {
            let path = folder.join(name);
            writing(&path, path.parent().map_or(Ok(()), files::create_private_folder))?;
            writing(&path, files::replace(&path, content.as_bytes()))?;
        }
        Ok(())
    }

    /// `check` comes before each file.
    pub fn carry_over(&self, check: impl Fn() -> Result<(), Error>) -> Result<(), Error> {
        self.tree.copy_to(&self.new.folder, check)?;
        writing(&self.new.folder, os::files::sync_folder(&self.new.folder))
    }

    /// Lets the lists point to the new profile. `profiles.ini` comes last: it alone decides.
    pub fn switch(&self, root: &Path) -> Result<(), Error> {
        let write = |(path, content): &(PathBuf, &str)| writing(path, files::replace(path, content.as_bytes()));
        self.lists(root).iter().try_for_each(write)
    }
}

/// Pure.
pub(super) fn plan(order: &Order, found: &Found) -> Plan {
    let new = new_profile(&order.profile, &found.profiles);
    let owner = Owner { name: &order.name, address: &order.address };
    let mut prefs = prefs::of_new_profile(&order.account, owner);
    let mut files = Vec::new();
    let mut copies = Vec::new();
    if let Some((_, old)) = &found.old {
        let carried = carry_over::chosen(old, &order.old_address, &order.account);
        prefs.extend(carried.prefs);
        copies = carried.copies;
        if let Some(filters) = carried.filters {
            let folder = PathBuf::from("ImapMail").join(&order.account.incoming.host);
            files.push((folder.join("msgFilterRules.dat"), filters));
        }
    }
    files.push(("prefs.js".into(), prefs::written(&prefs)));
    let old = found.old.as_ref().map(|(profile, _)| profile.clone());
    let (profiles_ini, installs_ini) = switched(&found.profiles, found.install.hash.as_deref(), old.as_ref(), &new);
    Plan { new, old, files, copies, tree: Tree::default(), profiles_ini, installs_ini }
}

/// A name and a folder that are not taken.
fn new_profile(wanted: &str, profiles: &Profiles) -> Profile {
    let wanted = wanted.split_whitespace().collect::<Vec<_>>().join(" ");
    let wanted = if wanted.is_empty() { "Mail" } else { wanted.as_str() };
    let slug: String =
        wanted.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let slug = slug.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-");
    let slug = if slug.is_empty() { "mail".to_owned() } else { slug };
    let free = |number: u32| {
        let (name, path) = match number {
            1 => (wanted.to_owned(), format!("{slug}.{OURS}")),
            _ => (format!("{wanted} {number}"), format!("{slug}-{number}.{OURS}")),
        };
        let listed = profiles.list.iter().any(|profile| profile.name == name || profile.path == path);
        let folder = profiles.root.join(&path);
        (!listed && !profiles.taken.contains(&path.to_lowercase())).then_some(Profile { name, path, folder })
    };
    // The names in a folder are finite, so some number is free.
    (1..).find_map(free).unwrap_or_else(|| Profile {
        name: wanted.into(),
        path: slug.clone(),
        folder: profiles.root.join(slug),
    })
}

/// `profiles.ini` and `installs.ini` with the new profile as the default of this installation and of every other one
/// that started the old profile.
fn switched(profiles: &Profiles, hash: Option<&str>, old: Option<&Profile>, new: &Profile) -> (String, String) {
    let mut list = profiles.ini.clone();
    let mut installs = profiles.installs.clone();
    let numbers = profiles.ini.sections().filter(|section| is_profile(section));
    let numbers: BTreeSet<u32> = numbers.filter_map(|section| section["Profile".len()..].parse().ok()).collect();
    // The first that is free: Thunderbird 153 stops reading at the first gap.
    let number = (0..).zip(&numbers).take_while(|(free, taken)| free == *taken).count();
    let section = format!("Profile{number}");
    for (key, value) in [("Name", new.name.as_str()), ("IsRelative", "1"), ("Path", &new.path)] {
        list.set(&section, key, value);
    }
    // What versions before 67 start.
    let marked = profiles.ini.sections().find(|section| profiles.ini.value(section, "Default") == Some("1"));
    if let Some(old) = old.and_then(|old| Profiles::section_of(&profiles.ini, &old.path)) {
        if marked == Some(old.as_str()) || marked.is_none() {
            list.remove(&old, "Default");
            list.set(&section, "Default", "1");
        }
    } else if marked.is_none() {
        list.set(&section, "Default", "1");
    }
    let is_ours = |hash_found: &str, default: Option<&str>| {
        hash == Some(hash_found) || (default.is_some() && default == old.map(|old| old.path.as_str()))
    };
    for section in profiles.ini.sections().filter(|section| is_install(section)) {
        if is_ours(&section["Install".len()..], profiles.ini.value(section, "Default")) {
            list.set(section, "Default", &new.path);
        }
    }
    for section in profiles.installs.sections() {
        if is_ours(section, profiles.installs.value(section, "Default")) {
            installs.set(section, "Default", &new.path);
        }
    }
    if let Some(hash) = hash {
        for (ini, section) in [(&mut list, format!("Install{hash}")), (&mut installs, hash.to_owned())] {
            ini.set(&section, "Default", &new.path);
            // Else Thunderbird gives a profile that it has not seen to the first installation that starts.
            ini.set(&section, "Locked", "1");
        }
    }
    // Else Thunderbird asks at every start which profile to use.
    list.set("General", "StartWithLastProfile", "1");
    if list.value("General", "Version").is_none() {
        list.set("General", "Version", "2");
    }
    (list.text(), installs.text())
}

#[cfg(test)]
mod tests;
