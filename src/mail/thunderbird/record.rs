//! A set-up of Thunderbird, and what going back from it needs.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::made::{Made, was_opened};
use super::{CLIENT, Install, Plan, Profile, lock, logins, process, proof, restore};
use crate::mail::client::Proving;
use crate::mail::journal::{copy_before, list_of_made};
use crate::mail::{Error, Host, Order, files};
use crate::os::Places;
use crate::problem::ResponseCode;
use crate::protocol::Evidence;

/// What was found, and as it goes on, what was kept and what is made. Holds no secrets.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::mail) struct Record {
    pub(super) install: Install,
    pub(super) new: Option<Profile>,
    old: Option<Profile>,
    backups: Vec<Backup>,
    /// Host and user name of the incoming server, to find the account in the profile.
    pub(super) incoming: (String, String),
    /// Thunderbird has the password.
    pub(super) handed_over: bool,
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

impl Record {
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

    pub async fn check(&self, order: &Order) -> Result<(), Error> {
        super::check(&self.install, order).await
    }

    /// What going back replaces.
    pub fn lists(&self) -> Vec<PathBuf> {
        super::lists(&self.install).to_vec()
    }

    pub async fn is_used_anew(&self) -> bool {
        let Some((install, new)) = self.new.clone().map(|new| (self.install.clone(), new)) else { return false };
        let look = move || super::is_default(&install, &new).unwrap_or(false) && was_opened(&new.folder);
        files::in_background(look).await
    }

    pub async fn check_still_closed(&self) -> Result<(), Error> {
        let record = self.clone();
        files::in_background(move || record.still_closed()).await
    }

    fn still_closed(&self) -> Result<(), Error> {
        let is_new = |folder: &PathBuf| self.new.as_ref().is_some_and(|new| new.folder == *folder);
        let others = super::profile_folders(&self.install.root).into_iter().filter(|folder| !is_new(folder));
        let is_open = others.into_iter().any(|folder| lock::holder(&folder).is_some());
        let was_opened = self.old.as_ref().is_some_and(|old| self.seen.as_ref() != Some(&lock::seen(&old.folder)));
        if is_open || was_opened { Err(Error::OpenedMeanwhile { client: CLIENT.into() }) } else { Ok(()) }
    }

    pub async fn is_running(&self) -> bool {
        super::is_running(&self.install).await
    }

    pub async fn close(&self, host: &Host, waiting: impl FnOnce(), stop: impl Fn() -> bool) -> Result<(), Error> {
        super::close(&self.install, host, waiting, stop).await
    }

    pub fn start(&self, host: &Host) -> Result<(), Error> {
        // The child is left to itself; tokio collects its exit status.
        process::start(&self.install, host).map(drop)
    }

    pub async fn plan(&mut self, order: &Order, id: Uuid, places: &Places) -> Result<(), Error> {
        let incoming = &order.account.incoming;
        self.incoming = (incoming.host.clone(), incoming.username.clone());
        let (order, mut record, places) = (order.clone(), self.clone(), places.clone());
        *self = files::in_background(move || {
            record.look_and_plan(&order, id, &places)?;
            Ok::<_, Error>(record)
        })
        .await?;
        Ok(())
    }

    fn look_and_plan(&mut self, order: &Order, id: Uuid, places: &Places) -> Result<(), Error> {
        let plan = super::planned(order, &self.install)?;
        self.new = Some(plan.new.clone());
        self.old.clone_from(&plan.old);
        self.seen = plan.old.as_ref().map(|old| lock::seen(&old.folder));
        for (file, content) in plan.lists(&self.install) {
            self.keep(&file, &content, id, places)?;
        }
        if order.hand_over {
            self.passwords = [(); 2].map(|()| format!("{{{}}}", Uuid::new_v4())).to_vec();
        }
        let list = list_of_made(places, id);
        super::writing(&list, Made::planned(&plan.files, &plan.tree).write(&list))?;
        self.made = Some(list);
        self.plan = Some(plan);
        Ok(())
    }

    /// Keeps a file as it is now. `written` is what the set-up will write in its place.
    fn keep(&mut self, file: &Path, written: &str, id: Uuid, places: &Places) -> Result<(), Error> {
        let failed =
            |path: &Path, error: std::io::Error| Error::WriteFailed { path: path.into(), reason: error.to_string() };
        let copy = match files::read_if_there(file).map_err(|error| failed(file, error))? {
            None => None,
            Some(bytes) => {
                let copy = copy_before(places, id, file);
                files::replace(&copy, &bytes).map_err(|error| failed(&copy, error))?;
                Some(copy)
            }
        };
        self.backups.push(Backup { file: file.into(), copy, written: files::fingerprint(written.as_bytes()) });
        Ok(())
    }

    /// The plan of [`Self::plan`]; a set-up does not go on without one.
    fn planned(&self) -> Result<Plan, Error> {
        self.plan.clone().ok_or(Error::Interrupted)
    }

    pub async fn create(&self) -> Result<(), Error> {
        let plan = self.planned()?;
        files::in_background(move || plan.create()).await
    }

    /// Not having the password is no failure: Thunderbird asks for it once.
    pub async fn carry_over(&mut self, order: &Order, host: &Host) -> Result<Vec<ResponseCode>, Error> {
        let plan = self.planned()?;
        let record = self.clone();
        files::in_background(move || record.planned()?.carry_over(|| record.still_closed())).await?;
        match plan.hand_over(order, &self.passwords, &self.install, host).await {
            Ok(()) => self.handed_over = order.hand_over,
            Err(reason) => tracing::warn!(reason, "the mail client's password store was not filled"),
        }
        if let Some(list) = self.made.clone() {
            files::in_background(move || {
                let made = Made::planned(&plan.files, &plan.tree).completed(&plan.new.folder);
                super::writing(&list, made.and_then(|made| made.write(&list)))
            })
            .await?;
        }
        Ok(if self.handed_over { Vec::new() } else { vec![ResponseCode::PasswordNotStored] })
    }

    pub async fn switch(&self) -> Result<(), Error> {
        let (plan, install) = (self.planned()?, self.install.clone());
        files::in_background(move || plan.switch(&install)).await
    }

    pub async fn prove(&self, proving: &Proving<'_>) -> Result<Evidence, Error> {
        let new = self.new.as_ref().ok_or(Error::Interrupted)?;
        let first_sync_messages = proof::prove(self, new, proving).await?;
        let signed_in = proving.signed_in;
        let default_profile = true;
        let (account, store) = (true, true);
        Ok(Evidence { imap: signed_in, smtp: signed_in, default_profile, first_sync_messages, account, store })
    }

    pub async fn restore(&self, failed: bool) -> Result<(), Error> {
        let record = self.clone();
        files::in_background(move || {
            record.backups.iter().try_for_each(|backup| record.restore_list(backup))?;
            match &record.new {
                Some(new) if failed => record.withdraw(&new.folder),
                _ => Ok(()),
            }
        })
        .await
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
        crate::os::files::remove_leftovers(&files::real(&backup.file));
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
