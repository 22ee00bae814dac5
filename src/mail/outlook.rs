//! Outlook for Windows ("classic"): a new profile beside the old one, made by Outlook's own interface or by its own
//! first start, never by inventing what only Outlook writes.
//!
//! Facts about the registry, Extended MAPI and PRF files come from Microsoft's documentation; each file names its own.

#![allow(dead_code)]

mod process;
#[allow(unused_imports)]
mod registry;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::client::{Proving, Use};
use super::{Error, Host, Order};
use crate::os::Places;
use crate::problem::Code;
use crate::protocol::{Evidence, InstalledClient, MinimumVersion};

/// The name people know.
pub(super) const CLIENT: &str = "Outlook";

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::mail) struct Record {}

pub(super) async fn chosen() -> Result<(Record, Use), Error> {
    Err(Error::NoClient)
}
pub(super) async fn inventory(_places: &Places, _minimum: &[MinimumVersion]) -> Vec<InstalledClient> {
    Vec::new()
}

impl Record {
    pub async fn check(&self, _order: &Order) -> Result<(), Error> {
        Ok(())
    }
    pub async fn is_running(&self) -> bool {
        process::running().await.is_some()
    }
    pub async fn close(&self, waiting: impl FnOnce(), stop: impl Fn() -> bool) -> Result<(), Error> {
        process::close(waiting, stop).await
    }
    pub fn start(&self, _host: &Host) -> Result<(), Error> {
        Ok(())
    }
    pub async fn plan(&mut self, _order: &Order, _id: Uuid) -> Result<(), Error> {
        Ok(())
    }
    pub async fn create(&mut self, _host: &Host) -> Result<Vec<Code>, Error> {
        Ok(Vec::new())
    }
    pub async fn switch(&self, _host: &Host) -> Result<(), Error> {
        Ok(())
    }
    pub async fn prove(&self, _proving: &Proving<'_>) -> Result<Evidence, Error> {
        Err(Error::NoClient)
    }
    pub async fn restore(&self, _host: &Host) -> Result<(), Error> {
        Ok(())
    }
    pub fn profile(&self) -> String {
        String::new()
    }
    pub fn old_profile(&self) -> Option<String> {
        None
    }
}
