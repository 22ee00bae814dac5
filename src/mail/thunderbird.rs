//! Thunderbird: every set-up makes a new profile beside the old one and lets the list of profiles point to it.
//!
//! Facts about the files were measured with Thunderbird 153 on Debian; each file names its own.

mod carry_over;
#[cfg(feature = "fuzz")]
#[allow(clippy::missing_panics_doc)] // that they do not is what is looked for
pub mod fuzz;
mod hash;
mod ini;
mod install;
mod lock;
mod logins;
mod made;
mod nss;
mod password_store;
mod plan;
mod prefs;
mod process;
mod profiles;
mod proof;
mod record;
mod restore;
pub mod sample;
mod sync;
#[cfg(target_os = "linux")]
mod windows;

use std::fs;
use std::path::{Path, PathBuf};

use super::client::Use;
use super::{Error, Host, Order, files};
use crate::os::{self, Places};
use crate::protocol::{ClientKind, InstalledClient};
use profiles::{INSTALLS, PROFILES, Profiles};

use carry_over::Tree;
pub(super) use install::Install;
pub use password_store::{NSS_CHILD_ARGUMENT, nss_child_main};
use plan::Plan;
use profiles::Profile;
pub(super) use record::Record;

/// The name people know.
pub(super) const CLIENT: &str = "Thunderbird";

/// The installation that the person uses: the one that runs, else one that has been used, else the first.
pub(super) async fn chosen(places: &Places, host: &Host) -> Result<Option<(Install, Use)>, Error> {
    let installs = all(places, host).await;
    let home = places.home.clone();
    files::in_background(move || {
        let how = |install: &Install| match fs::exists(install.root.join(PROFILES)) {
            _ if in_use(&install.root).is_some() => Use::Running,
            Ok(true) => Use::HasProfiles,
            _ => Use::Installed,
        };
        let reached: Vec<PathBuf> = installs.iter().map(|install| install.root.clone()).collect();
        // Of several that are used alike, the first: `max_by_key` would take the last.
        let chosen = installs.into_iter().rev().map(|install| (how(&install), install));
        let chosen = chosen.max_by_key(|(used, _)| *used).map(|(used, install)| (install, used));
        // A profile of a Thunderbird that is out of reach: another one beside it would not be the person's.
        let elsewhere = install::sandboxed_roots(&home)
            .into_iter()
            .find(|root| !reached.contains(root) && root.join(PROFILES).exists());
        match (chosen, elsewhere) {
            (None | Some((_, Use::Installed)), Some(path)) => Err(Error::OutOfReach { path }),
            (chosen, _) => Ok(chosen),
        }
    })
    .await
}

async fn all(places: &Places, host: &Host) -> Vec<Install> {
    let (home, path) = (places.home.clone(), host.path.clone());
    files::in_background(move || install::found(&os::program_root(), &home, &path)).await
}

/// The process that uses any profile of a folder.
fn in_use(root: &Path) -> Option<u32> {
    profile_folders(root).iter().find_map(|profile| lock::holder(profile))
}

fn profile_folders(root: &Path) -> Vec<PathBuf> {
    Profiles::read(root).map(|profiles| profiles.list.into_iter().map(|it| it.folder).collect()).unwrap_or_default()
}

async fn is_running(install: &Install) -> bool {
    let root = install.root.clone();
    files::in_background(move || in_use(&root).is_some()).await
}

/// Both lists of profiles. `profiles.ini` comes last: it alone decides.
fn lists(install: &Install) -> [PathBuf; 2] {
    [INSTALLS, PROFILES].map(|name| install.root.join(name))
}

/// What a set-up needs on the disk beside what is carried over, for the first mail among others.
const ROOM: u64 = 500_000_000;

/// Fails early: when the list of profiles is damaged or leaves some out, where nothing can be written, and when there is
/// too little room.
async fn check(install: &Install, order: &Order) -> Result<(), Error> {
    let (install, order) = (install.clone(), order.clone());
    files::in_background(move || {
        Profiles::read(&install.root)?;
        files::check_writable(&install.root)?;
        for list in lists(&install) {
            files::real(&list).parent().map_or(Ok(()), files::check_writable)?;
        }
        let needed = planned(&order, &install)?.tree.bytes + ROOM;
        let free = crate::os::files::free_space(files::existing(&install.root));
        match free.filter(|free| *free < needed) {
            Some(free) => Err(Error::NoRoom { path: install.root, needed, free }),
            None => Ok(()),
        }
    })
    .await
}

/// Asks Thunderbird to close, on whatever profile of this installation it runs. See [`process::close`].
async fn close(install: &Install, host: &Host, waiting: impl FnOnce(), stop: impl Fn() -> bool) -> Result<(), Error> {
    let root = install.root.clone();
    let folders = files::in_background(move || profile_folders(&root)).await;
    process::close(install, &folders, host, waiting, stop).await
}

/// Looks at everything the plan depends on. Thunderbird is closed.
fn planned(order: &Order, install: &Install) -> Result<Plan, Error> {
    let profiles = Profiles::read(&install.root)?;
    let old = profiles.default_for(install.hash.as_deref()).cloned();
    let old = old.map(|profile| {
        let contents = carry_over::Old::read(&profile.folder, &order.old_address);
        (profile, contents)
    });
    // An empty one was made when the list had been lost: the person's mail is elsewhere.
    if !old.as_ref().is_some_and(|(_, old)| old.has_accounts()) {
        let has_accounts = |folder: &Path| carry_over::Old::read(folder, &order.old_address).has_accounts();
        profiles.check_unlisted(has_accounts)?;
    }
    let mut plan = plan::plan(order, &plan::Found { install: install.clone(), profiles, old });
    if let Some(old) = &plan.old {
        let written = plan.files.iter().map(|(name, _)| name.clone());
        plan.tree = writing(&old.folder, Tree::of(&old.folder, &plan.copies, written))?;
    }
    Ok(plan)
}

impl Plan {
    /// The two lists with their new contents.
    pub(super) fn lists(&self, install: &Install) -> [(PathBuf, String); 2] {
        let [installs, profiles] = lists(install);
        [(installs, self.installs_ini.clone()), (profiles, self.profiles_ini.clone())]
    }

    /// Fills the new profile's folder; everything private to the person.
    pub(super) fn create(&self) -> Result<(), Error> {
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
    pub(super) fn carry_over(&self, check: impl Fn() -> Result<(), Error>) -> Result<(), Error> {
        self.tree.copy_to(&self.new.folder, check)?;
        writing(&self.new.folder, crate::os::files::sync_folder(&self.new.folder))
    }

    /// Lets the lists point to the new profile, and reads them again as Thunderbird will. `profiles.ini` comes last:
    /// it alone decides.
    pub(super) fn switch(&self, install: &Install) -> Result<(), Error> {
        for (path, content) in self.lists(install) {
            writing(&path, files::replace(&path, content.as_bytes()))?;
        }
        let unused = Error::ProfileNotUsed { client: CLIENT.into(), profile: self.new.folder.clone() };
        if is_default(install, &self.new)? { Ok(()) } else { Err(unused) }
    }

    /// Hands the password (under these ids, when it may) and the private certificate authority to the new profile's store.
    /// Says why it did not work.
    pub(super) async fn hand_over(
        &self,
        order: &Order,
        ids: &[String],
        install: &Install,
        host: &Host,
    ) -> Result<(), String> {
        let password = order.hand_over.then_some((&order.password, ids));
        let profile = self.new.folder.clone();
        let job = password_store::Job::new(install.folder.clone(), profile, &order.account, password);
        password_store::hand_over(host, &job).await.map_err(|error| error.to_string())
    }
}

/// Whether the lists, read again, make this profile the default of the installation.
fn is_default(install: &Install, profile: &Profile) -> Result<bool, Error> {
    let profiles = Profiles::read(&install.root)?;
    let default = profiles.default_for(install.hash.as_deref());
    Ok(default.is_some_and(|default| default.path == profile.path && default.folder.is_dir()))
}

fn writing<T>(path: &Path, result: std::io::Result<T>) -> Result<T, Error> {
    result.map_err(|error| Error::WriteFailed { path: path.to_path_buf(), reason: error.to_string() })
}

/// Every Thunderbird of this login, with its profiles. What cannot be read is left out.
pub(super) async fn inventory(places: &Places, host: &Host) -> Vec<InstalledClient> {
    let installs = all(places, host).await;
    let describe = |install: Install| {
        let profiles = Profiles::read(&install.root).ok();
        let default = profiles.as_ref().and_then(|it| it.default_for(install.hash.as_deref()));
        InstalledClient {
            kind: ClientKind::Thunderbird,
            default_profile: default.map(|profile| profile.name.clone()),
            profiles: profiles.iter().flat_map(|it| &it.list).map(|profile| profile.name.clone()).collect(),
            running: in_use(&install.root).is_some(),
            program: install.command.0.display().to_string(),
            version: install.version,
            ..InstalledClient::default()
        }
    };
    files::in_background(move || installs.into_iter().map(describe).collect()).await
}
