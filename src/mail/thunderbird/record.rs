//! A set-up of Thunderbird, and what going back from it needs.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Install, Plan, Profile, process, proof, restore};
use crate::mail::client::Proving;
use crate::mail::journal::Stage;
use crate::mail::{Error, Host, Order, files};
use crate::os::Places;
use crate::problem::Code;
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
    /// While the set-up runs.
    #[serde(skip)]
    plan: Option<Plan>,
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
        let incoming = Default::default();
        Self { install, new: None, old: None, backups: Vec::new(), incoming, handed_over: false, plan: None }
    }

    pub async fn check(&self) -> Result<(), Error> {
        super::check(&self.install).await
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
            let plan = super::planned(&order, &record.install)?;
            record.new = Some(plan.new.clone());
            record.old.clone_from(&plan.old);
            for (file, content) in plan.lists(&record.install) {
                record.keep(&file, &content, id, &places)?;
            }
            record.plan = Some(plan);
            Ok::<_, Error>(record)
        })
        .await?;
        Ok(())
    }

    /// Keeps a file as it is now. `written` is what the set-up will write in its place.
    fn keep(&mut self, file: &Path, written: &str, id: Uuid, places: &Places) -> Result<(), Error> {
        let failed =
            |path: &Path, error: std::io::Error| Error::WriteFailed { path: path.into(), reason: error.to_string() };
        let copy = match files::read_if_there(file).map_err(|error| failed(file, error))? {
            None => None,
            Some(bytes) => {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                let copy = places.state.join(format!("before-{id}-{name}"));
                files::replace(&copy, &bytes).map_err(|error| failed(&copy, error))?;
                Some(copy)
            }
        };
        self.backups.push(Backup { file: file.into(), copy, written: fingerprint(written.as_bytes()) });
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
    pub async fn carry_over(&mut self, order: &Order, host: &Host) -> Result<Vec<Code>, Error> {
        let plan = self.planned()?;
        let made = plan.clone();
        files::in_background(move || made.carry_over()).await?;
        match plan.hand_over(order, &self.install, host).await {
            Ok(()) => self.handed_over = order.hand_over,
            Err(reason) => tracing::warn!(reason, "the mail client's password store was not filled"),
        }
        Ok(if self.handed_over { Vec::new() } else { vec![Code::Cfg9] })
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

    pub async fn restore(&self, stage: Stage) -> Result<(), Error> {
        let record = self.clone();
        files::in_background(move || {
            record.backups.iter().try_for_each(|backup| record.restore_list(backup))?;
            if stage < Stage::Prove {
                record.remove_unused_profile();
            }
            Ok(())
        })
        .await
    }

    /// The very bytes of before when nobody else has changed the file; else only our own entries go.
    fn restore_list(&self, backup: &Backup) -> Result<(), Error> {
        let failed = |error: std::io::Error| Error::UndoFailed { path: backup.file.clone(), reason: error.to_string() };
        let read = |path: &Path| files::read_if_there(path).map_err(failed);
        let before = backup.copy.as_ref().map(|copy| fs::read(copy).map_err(failed)).transpose()?;
        // What a killed agent had written beside, and not yet renamed.
        crate::os::files::remove_leftovers(&backup.file);
        let now = read(&backup.file)?;
        if now == before {
            return Ok(());
        }
        let unchanged = now.as_ref().is_some_and(|now| fingerprint(now) == backup.written);
        let after = match (&self.new, now.as_deref().and_then(files::decoded)) {
            (Some(new), Some(text)) if !unchanged => {
                let before = before.as_deref().and_then(files::decoded);
                restore::restored(&text, before.as_deref(), new, self.old.as_ref()).map(String::into_bytes)
            }
            _ => before,
        };
        match after {
            Some(bytes) => files::replace(&backup.file, &bytes).map_err(failed),
            None => match fs::remove_file(&backup.file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(error)),
                _ => Ok(()),
            },
        }
    }

    /// A half-made profile that no mail client has ever used holds nothing of the person's own but copies.
    fn remove_unused_profile(&self) {
        let Some(new) = &self.new else { return };
        if let Err(error) = fs::remove_dir_all(&new.folder)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(path = %new.folder.display(), %error, "a half-made profile stays");
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

fn fingerprint(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
