//! A set-up of Thunderbird, and what going back from it needs.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::evidence::{self, Expected};
use super::install::Install;
use super::made::{Made, was_opened};
use super::plan::{self, Plan};
use super::profiles::{self, Profile, Profiles};
use super::{CLIENT, lock, logins, password_store, process, restore};
use crate::mail::beside::{copy_before, list_of_made};
use crate::mail::context::Context;
use crate::mail::files::{self, writing};
use crate::mail::{Error, Host, Order};
use crate::os::{self, Places};
use crate::problem::ResponseCode;
use crate::protocol::Evidence;

/// What a set-up needs on the disk beside what is carried over, for the first mail among others.
const ROOM: u64 = 500_000_000;

/// What was found, and as it goes on, what was kept and what is made. Holds no secrets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::mail) struct SetUp {
    pub install: Install,
    new: Option<Profile>,
    old: Option<Profile>,
    backups: Vec<Backup>,
    /// Host and user name of the incoming server, to find the account in the profile.
    incoming: (String, String),
    /// Thunderbird has the password.
    handed_over: bool,
    /// Where the list of what is made lies.
    #[serde(default)]
    made: Option<PathBuf>,
    /// Ids of the passwords in Thunderbird's store that are ours.
    #[serde(default)]
    passwords: Vec<String>,
    /// While the set-up runs.
    #[serde(skip)]
    plan: Option<Plan>,
    /// How the old profile looked then, from outside.
    #[serde(skip)]
    seen: Option<lock::Seen>,
}

/// A file as it was before, kept beside the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Backup {
    file: PathBuf,
    /// Its copy; `None`: there was no such file.
    copy: Option<PathBuf>,
    /// SHA-256 of what the set-up wrote, to see whether somebody else has changed it since.
    written: String,
}

impl Backup {
    /// Keeps a file as it is now. `written` is what the set-up will write in its place.
    fn keep(file: &Path, written: &str, id: Uuid, places: &Places) -> Result<Self, Error> {
        let copy = match writing(file, files::read_if_there(file))? {
            None => None,
            Some(bytes) => {
                let copy = copy_before(places, id, file);
                writing(&copy, files::replace(&copy, &bytes))?;
                Some(copy)
            }
        };
        Ok(Self { file: file.into(), copy, written: files::fingerprint(written.as_bytes()) })
    }
}

impl SetUp {
    pub fn new(install: Install) -> Self {
        Self {
            install,
            new: None,
            old: None,
            backups: Vec::new(),
            incoming: Default::default(),
            handed_over: false,
            made: None,
            passwords: Vec::new(),
            plan: None,
            seen: None,
        }
    }

    /// Fails when the list of profiles is damaged or leaves some out, where nothing can be written, and when there is too
    /// little room.
    pub fn check(&self, order: &Order) -> Result<(), Error> {
        let root = &self.install.root;
        Profiles::read(root)?;
        files::check_writable(root)?;
        for list in self.lists() {
            files::real(&list).parent().map_or(Ok(()), files::check_writable)?;
        }
        let needed = plan::look(order, &self.install)?.tree.bytes + ROOM;
        let free = os::files::free_space(files::existing(root));
        match free.filter(|free| *free < needed) {
            Some(free) => Err(Error::NoRoom { path: root.clone(), needed, free }),
            None => Ok(()),
        }
    }

    /// What going back replaces.
    pub fn lists(&self) -> Vec<PathBuf> {
        profiles::lists(&self.install.root).to_vec()
    }

    pub fn is_used_anew(&self) -> bool {
        let is_used = |new| profiles::is_default(&self.install, new).unwrap_or(false) && was_opened(&new.folder);
        self.new.as_ref().is_some_and(is_used)
    }

    pub fn check_still_closed(&self) -> Result<(), Error> {
        let is_new = |folder: &PathBuf| self.new.as_ref().is_some_and(|new| new.folder == *folder);
        let others = profiles::folders(&self.install.root).into_iter().filter(|folder| !is_new(folder));
        let is_open = others.into_iter().any(|folder| lock::holder(&folder).is_some());
        let was_opened = self.old.as_ref().is_some_and(|old| self.seen.as_ref() != Some(&lock::seen(&old.folder)));
        if is_open || was_opened { Err(Error::OpenedMeanwhile { client: CLIENT.into() }) } else { Ok(()) }
    }

    pub fn is_running(&self) -> bool {
        profiles::user_of_any(&self.install.root).is_some()
    }

    pub fn close(&self, host: &Host, waiting: impl FnOnce(), stop: impl Fn() -> bool) -> Result<(), Error> {
        process::close(&self.install, &profiles::folders(&self.install.root), host, waiting, stop)
    }

    pub fn plan(&mut self, order: &Order, id: Uuid, places: &Places) -> Result<(), Error> {
        let incoming = &order.account.incoming;
        self.incoming = (incoming.host.clone(), incoming.username.clone());
        let plan = plan::look(order, &self.install)?;
        let seen = plan.old.as_ref().map(|old| lock::seen(&old.folder));
        let lists = plan.lists(&self.install.root);
        let backups = lists.iter().map(|(file, content)| Backup::keep(file, content, id, places));
        let backups = backups.collect::<Result<_, _>>()?;
        let list = list_of_made(places, id);
        writing(&list, Made::planned(&plan.files, &plan.tree).write(&list))?;
        (self.made, self.backups, self.seen) = (Some(list), backups, seen);
        if order.hand_over {
            self.passwords = [(); 2].map(|()| format!("{{{}}}", Uuid::new_v4())).to_vec();
        }
        self.new = Some(plan.new.clone());
        self.old.clone_from(&plan.old);
        self.plan = Some(plan);
        Ok(())
    }

    /// The plan of [`Self::plan`]; a set-up does not go on without one.
    fn planned(&self) -> Result<&Plan, Error> {
        self.plan.as_ref().ok_or(Error::Interrupted)
    }

    pub fn create(&self) -> Result<(), Error> {
        self.planned()?.create()
    }

    pub fn carry_over(&self) -> Result<(), Error> {
        self.planned()?.carry_over(|| self.check_still_closed())
    }

    /// Hands the password (when it may) and the private certificate authority to the new profile's store. That they did not
    /// get there is no failure: Thunderbird asks once. From here on the new profile is complete.
    pub fn hand_over(&mut self, order: &Order, host: &Host) -> Result<Vec<ResponseCode>, Error> {
        let plan = self.planned()?;
        let profile = plan.new.folder.clone();
        let password = order.hand_over.then_some((&order.password, &self.passwords[..]));
        let job = password_store::Job::new(self.install.folder.clone(), profile, &order.account, password);
        let handed_over = match password_store::hand_over(host, &job) {
            Ok(()) => order.hand_over,
            Err(reason) => {
                tracing::warn!(%reason, "the mail client's password store was not filled");
                false
            }
        };
        if let Some(list) = &self.made {
            let made = Made::planned(&plan.files, &plan.tree).completed(&plan.new.folder);
            writing(list, made.and_then(|made| made.write(list)))?;
        }
        self.handed_over = handed_over;
        Ok(if handed_over { Vec::new() } else { vec![ResponseCode::PasswordNotStored] })
    }

    /// Replaces the lists, and reads them again as Thunderbird will.
    pub fn switch(&self) -> Result<(), Error> {
        let plan = self.planned()?;
        plan.switch(&self.install.root)?;
        let unused = || Error::ProfileNotUsed { client: CLIENT.into(), profile: plan.new.folder.clone() };
        if profiles::is_default(&self.install, &plan.new)? { Ok(()) } else { Err(unused()) }
    }

    pub fn prove(&self, context: &Context<'_>) -> Result<Evidence, Error> {
        let new = self.new.as_ref().ok_or(Error::Interrupted)?;
        let (host, username) = &self.incoming;
        let expected = Expected { install: &self.install, new, host, username, has_password: self.handed_over };
        evidence::collect(&expected, context)
    }

    pub fn restore(&self, failed: bool) -> Result<(), Error> {
        self.backups.iter().try_for_each(|backup| self.restore_list(backup))?;
        match &self.new {
            Some(new) if failed => self.withdraw(&new.folder),
            _ => Ok(()),
        }
    }

    /// A profile that does not work keeps no password. It goes altogether when nobody has used it.
    fn withdraw(&self, folder: &Path) -> Result<(), Error> {
        let failed = |error: std::io::Error| Error::UndoFailed { path: folder.into(), reason: error.to_string() };
        // Without a list that can be read nothing is known to be ours, as in records of older versions.
        let made = self.made.as_deref().and_then(|list| Made::read(list).ok().flatten());
        if !made.map_or(Ok(false), |made| made.withdraw(folder)).map_err(failed)? && folder.is_dir() {
            logins::withdraw(folder, &self.passwords).map_err(failed)?;
            tracing::warn!(path = %folder.display(), "a profile that was used stays, without its password");
        }
        Ok(())
    }

    /// The very bytes of before when nobody else has changed the file; else only our own entries go.
    fn restore_list(&self, backup: &Backup) -> Result<(), Error> {
        let failed = |error: std::io::Error| Error::UndoFailed { path: backup.file.clone(), reason: error.to_string() };
        let read = |path: &Path| files::read_if_there(path).map_err(failed);
        let before = backup.copy.as_ref().map(|copy| fs::read(copy).map_err(failed)).transpose()?;
        // What a killed agent had written beside, and not yet renamed.
        os::files::remove_leftovers(&files::real(&backup.file));
        let now = read(&backup.file)?;
        if now == before {
            return Ok(());
        }
        let unchanged = now.as_ref().is_some_and(|now| files::fingerprint(now) == backup.written);
        let after = match (&self.new, now.as_deref().and_then(files::decoded)) {
            (Some(new), Some(text)) if !unchanged => {
                let before = before.as_deref().and_then(files::decoded);
                restore::restored(&text, before.as_deref(), new, self.old.as_ref()).map(String::into_bytes)
            }
            _ => before,
        };
        match after {
            Some(bytes) => files::replace(&backup.file, &bytes).map_err(failed),
            None => files::remove(&backup.file).map_err(failed),
        }
    }

    pub fn profile(&self) -> String {
        self.new.as_ref().map(|new| new.name.clone()).unwrap_or_default()
    }

    pub fn old_profile(&self, home: &Path) -> Option<String> {
        self.old.as_ref().map(|old| format!("{} ({})", old.name, short(&old.folder, home)))
    }
}

/// A path as people write it: `~/.thunderbird/k3v9x2qa.default`.
fn short(path: &Path, home: &Path) -> String {
    match path.strip_prefix(home) {
        Ok(below) => Path::new("~").join(below).display().to_string(),
        Err(_) => path.display().to_string(),
    }
}
