//! Where secrets are kept: the operating system's keyring, with a clear fallback when there is none.

mod keyring;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{fs, io};

use tokio::sync::Semaphore;

use crate::os::{self, Places, files};
use crate::problem::ResponseCode;
use crate::secret::Secret;

/// Longest wait for the keyring. A locked one asks the person for its passphrase, and they may be away.
const KEYRING_LIMIT: Duration = Duration::from_secs(10);

/// What is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// What this computer shows to the Mailshift server.
    DeviceToken,
    /// The password of the new mailbox, only until the evidence is in.
    MailPassword,
}

impl Key {
    /// Stable: an agent must find what an older one kept.
    fn name(self) -> &'static str {
        match self {
            Self::DeviceToken => "device-token",
            Self::MailPassword => "mail-password",
        }
    }
}

/// Where a secret is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    InKeyring,
    /// In a file that only this login can read; say so (`SET-4`).
    InFile,
    /// Only until this process ends; say so (`SET-4`).
    InMemory,
}

impl Kept {
    /// What the person should know, if anything.
    pub fn code(self) -> Option<ResponseCode> {
        match self {
            Self::InKeyring => None,
            Self::InFile | Self::InMemory => Some(ResponseCode::NoKeyring),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is a keyring, but it did not answer within the limit or stays locked: try again later.
    #[error("the keyring is locked or does not answer")]
    Locked,
    /// There is no keyring now, and no file either: a keyring may come up later than the agent.
    #[error("there is no keyring")]
    Absent,
    #[error("the file that holds the token cannot be read or written")]
    File(#[from] io::Error),
}

impl Error {
    pub fn code(&self) -> ResponseCode {
        match self {
            Self::Locked | Self::Absent | Self::File(_) => ResponseCode::NoKeyring,
        }
    }
}

/// The door to the secrets of one [`Places`]. Clones share everything.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// The file for the token where there is no keyring.
    file: PathBuf,
    /// Keeps the secrets of two state folders (a demo beside the real agent) apart in one keyring.
    owner: String,
    memory: Arc<Mutex<BTreeMap<Key, Secret>>>,
    /// One call at a time: a keyring that asks for its passphrase must not be asked twice.
    turn: Arc<Semaphore>,
    limit: Duration,
}

impl Secrets {
    pub fn open(places: &Places) -> Self {
        Self {
            file: places.state.join("token"),
            owner: places.state.display().to_string(),
            memory: Arc::default(),
            turn: Arc::new(Semaphore::new(1)),
            limit: KEYRING_LIMIT,
        }
    }

    /// Keeps a secret in the best place there is. A token that the keyring does not take goes into a file; a password
    /// is never written to one.
    pub async fn keep(&self, key: Key, secret: &Secret) -> Result<Kept, Error> {
        let copy = secret.clone();
        let kept = self.ask(key, move |entry| entry.set(&copy)).await;
        if kept.is_ok() {
            self.drop_fallback(key)?;
            return Ok(Kept::InKeyring);
        }
        match key {
            Key::DeviceToken => {
                files::atomic_write(&self.file, secret.reveal().as_bytes(), files::PRIVATE)?;
                Ok(Kept::InFile)
            }
            Key::MailPassword => {
                self.memory().insert(key, secret.clone());
                Ok(Kept::InMemory)
            }
        }
    }

    /// The secret, wherever it is. `Err(Locked)` or `Err(Absent)` when it may be in a keyring that does not open now.
    pub async fn read(&self, key: Key) -> Result<Option<Secret>, Error> {
        // What the keyring did not take is younger than what may be in it.
        if let Some(secret) = self.fallback(key)? {
            return Ok(Some(secret));
        }
        match self.ask(key, keyring::Entry::get).await {
            Ok(secret) => Ok(secret),
            Err(keyring::Refusal::None) => Err(Error::Absent),
            Err(keyring::Refusal::Locked) => Err(Error::Locked),
        }
    }

    /// Removes the secret from everywhere. A keyring that does not open keeps it: `Err(Locked)`.
    pub async fn forget(&self, key: Key) -> Result<(), Error> {
        self.drop_fallback(key)?;
        match self.ask(key, keyring::Entry::delete).await {
            Ok(()) | Err(keyring::Refusal::None) => Ok(()),
            Err(keyring::Refusal::Locked) => Err(Error::Locked),
        }
    }

    /// Moves a token that had to go into a file to the keyring, once one appears. None when there is nothing to move.
    pub async fn settle(&self) -> Result<Option<Kept>, Error> {
        let Some(token) = self.fallback(Key::DeviceToken)? else { return Ok(None) };
        let copy = token.clone();
        if self.ask(Key::DeviceToken, move |entry| entry.set(&copy)).await.is_err() {
            return Ok(Some(Kept::InFile));
        }
        // What was kept in the file meanwhile is younger, and stays.
        if self.fallback(Key::DeviceToken)?.as_ref() == Some(&token) {
            self.drop_fallback(Key::DeviceToken)?;
        }
        Ok(Some(Kept::InKeyring))
    }

    /// Puts a token in the place of another, where that one is still kept: what was forgotten meanwhile stays forgotten.
    pub async fn exchange(&self, before: &Secret, after: &Secret) -> Result<(), Error> {
        if self.exchange_file(before, after)? {
            return Ok(());
        }
        let (before, after) = (before.clone(), after.clone());
        let exchanged = self.ask(Key::DeviceToken, move |entry| match entry.get()? {
            Some(kept) if kept == before => entry.set(&after),
            _ => Ok(()),
        });
        exchanged.await.map_err(|refusal| match refusal {
            keyring::Refusal::None => Error::Absent,
            keyring::Refusal::Locked => Error::Locked,
        })
    }

    fn exchange_file(&self, before: &Secret, after: &Secret) -> Result<bool, Error> {
        // Nobody removes the file in between.
        let _turn = self.memory();
        let is_there = read_file(&self.file)?.as_ref() == Some(before);
        if is_there {
            files::atomic_write(&self.file, after.reveal().as_bytes(), files::PRIVATE)?;
        }
        Ok(is_there)
    }

    async fn ask<T: Send + 'static>(
        &self,
        key: Key,
        call: impl FnOnce(&keyring::Entry) -> Result<T, keyring::Refusal> + Send + 'static,
    ) -> Result<T, keyring::Refusal> {
        let turn = tokio::time::timeout(self.limit, Arc::clone(&self.turn).acquire_owned());
        let Ok(Ok(turn)) = turn.await else { return Err(keyring::Refusal::Locked) };
        let owner = self.owner.clone();
        let answer = os::in_background(self.limit, move || {
            let answer = keyring::Entry::open(key.name(), &owner).and_then(|entry| call(&entry));
            drop(turn);
            answer
        });
        answer.await.unwrap_or(Err(keyring::Refusal::Locked))
    }

    fn fallback(&self, key: Key) -> Result<Option<Secret>, Error> {
        match key {
            Key::DeviceToken => read_file(&self.file),
            Key::MailPassword => Ok(self.memory().get(&key).cloned()),
        }
    }

    fn drop_fallback(&self, key: Key) -> Result<(), Error> {
        match key {
            Key::DeviceToken => {
                let _turn = self.memory();
                match fs::remove_file(&self.file) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                    _ => {}
                }
            }
            Key::MailPassword => drop(self.memory().remove(&key)),
        }
        Ok(())
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, BTreeMap<Key, Secret>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_file(path: &Path) -> Result<Option<Secret>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(Secret::new(text)).filter(|secret| !secret.is_empty())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
