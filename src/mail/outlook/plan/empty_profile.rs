//! The other way to an Exchange mailbox: an empty profile, which Outlook fills at its first start.
//!
//! Outlook then either takes the address that the directory has for the person ("`ZeroConfigExchange`") or asks for one.
//! Source of the values: Microsoft's "How to let `ZeroConfigExchange` automatically create only the first profile in
//! Outlook" (KB4046818).

use super::Found;
use crate::account::Exchange;
use crate::mail::outlook::install::Installation;
use crate::mail::outlook::policy::Blocks;
use crate::mail::outlook::registry::{Change, Key, Value, folded};
use crate::mail::outlook::version::at_least;

/// First versions that know `ZeroConfigExchangeOnce`: 1708 of Click-to-Run, and for Office 2016 installed as MSI the
/// updates of November 2017.
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
    let own = found.install.root().below("AutoDiscover");
    let policies = ALWAYS_AND_ONCE.map(|name| (name, found.autodiscover_policy(name)));
    let of_policy = policies.iter().find_map(|(name, at)| at.as_ref().filter(|at| is_on(at.1)).map(|at| (name, &at.0)));
    // The person's own value counts where the organisation says nothing.
    let own_on = policies.iter().filter(|(_, at)| at.is_none()).map(|(name, _)| *name);
    let own_on: Vec<&str> = own_on.filter(|name| found.hive.value(&own, name).is_some_and(is_on)).collect();
    let set = |name: &str, number| Change::Set(own.clone(), name.into(), Value::dword(number));
    let (once, asks_for_address) = if exchange.directory_has_moved {
        let by_itself = of_policy.is_some() || !own_on.is_empty();
        // The organisation may have switched it off, and its word comes first.
        let can_be_told = knows_once(found) && found.autodiscover_policy(ONCE).is_none();
        let told = (!by_itself && can_be_told).then(|| set(ONCE, 1));
        let asks = !by_itself && told.is_none();
        (Vec::from_iter(told), asks)
    } else {
        // The directory still has the old address: Outlook would open the old mailbox without a question.
        if let Some((name, key)) = of_policy {
            return Err(format!(r"{key}\{name}=1"));
        }
        (own_on.into_iter().map(|name| set(name, 0)).collect(), true)
    };
    // What only this value would do is judged above, by the address that the directory has.
    let others =
        found.blockers.iter().filter(|it| !ALWAYS_AND_ONCE.iter().any(|name| folded(name) == folded(&it.name)));
    match others.into_iter().find(|blocker| blocker.blocks == Blocks::EmptyProfile) {
        Some(blocker) => Err(blocker.setting.clone()),
        None => Ok(EmptyProfile { create: Change::Create(key.clone()), once, asks_for_address }),
    }
}

fn is_on(value: &Value) -> bool {
    value.number() == Some(1)
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
