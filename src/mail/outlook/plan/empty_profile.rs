//! The other way to an Exchange mailbox: an empty profile, which Outlook fills at its first start.
//!
//! Outlook then either takes the address that the directory has for the person ("`ZeroConfigExchange`") or asks for one.
//! Source of the values: Microsoft's "How to let ZeroConfigExchange automatically create only the first profile in
//! Outlook" (KB4046818).

use super::{Found, autodiscover};
use crate::account::Exchange;
use crate::mail::outlook::install::Installation;
use crate::mail::outlook::policy::Blocks;
use crate::mail::outlook::registry::{Change, Key, Value};
use crate::mail::outlook::version::at_least;

/// First versions that know `ZeroConfigExchangeOnce`: 1708 of Click-to-Run, the update of November 2017 of the installer
/// kind, which had no lower version than this.
const ONCE_CLICK_TO_RUN: &str = "16.0.8431.2079";
const ONCE_MSI: &str = "16.0.4615.1000";

#[derive(Debug, Clone, PartialEq)]
pub(in crate::mail::outlook) struct EmptyProfile {
    /// The profile's key.
    pub create: Change,
    /// Meant for one start of Outlook: taken back as soon as the account is there.
    pub once: Vec<Change>,
    /// Outlook asks for the address at its first start.
    pub asks_for_address: bool,
}

impl EmptyProfile {
    pub fn changes(&self) -> Vec<Change> {
        [vec![self.create.clone()], self.once.clone()].concat()
    }
}

/// The setting that stands in the way, when one does.
pub(super) fn planned(exchange: &Exchange, key: &Key, found: &Found) -> Result<EmptyProfile, String> {
    let (own, policy) = autodiscover(found);
    let is_on = |key: &Key, name: &str| found.hive.number(key, name) == Some(1);
    let of_policy = ALWAYS_AND_ONCE.iter().find(|name| is_on(&policy, name));
    let own_on = ALWAYS_AND_ONCE.into_iter().filter(|name| is_on(&own, name));
    let (once, asks_for_address) = if exchange.directory_has_moved {
        let by_itself = of_policy.is_some() || own_on.clone().next().is_some();
        // The organisation may have switched it off, and its word comes first.
        let can_be_told = knows_once(found) && found.hive.value(&policy, ONCE).is_none();
        let told = (!by_itself && can_be_told).then(|| Change::Set(own.clone(), ONCE.into(), Value::dword(1)));
        let asks = !by_itself && told.is_none();
        (Vec::from_iter(told), asks)
    } else {
        // The directory still has the old address: Outlook would open the old mailbox without a question.
        if let Some(name) = of_policy {
            return Err(format!("HKCU\\{}\\{name}=1", policy.path));
        }
        (own_on.map(|name| Change::Set(own.clone(), name.into(), Value::dword(0))).collect(), true)
    };
    let blocked = found.hindrances.iter().find(|hindrance| {
        let judged_here = ALWAYS_AND_ONCE.iter().any(|name| name.eq_ignore_ascii_case(&hindrance.name));
        hindrance.blocks == Blocks::Exchange || (hindrance.blocks == Blocks::EmptyProfile && !judged_here)
    });
    match blocked {
        Some(hindrance) => Err(hindrance.setting.clone()),
        None => Ok(EmptyProfile { create: Change::Create(key.clone()), once, asks_for_address }),
    }
}

const ONCE: &str = "ZeroConfigExchangeOnce";
const ALWAYS_AND_ONCE: [&str; 2] = ["ZeroConfigExchange", ONCE];

fn knows_once(found: &Found) -> bool {
    let wanted = match found.install.installation {
        Installation::ClickToRun => ONCE_CLICK_TO_RUN,
        Installation::Msi => ONCE_MSI,
    };
    at_least(&found.install.version, wanted)
}
