//! `PUT /v1/inventory`: what the computer has.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::protocol::{InstalledClient, Inventory, Rehearsal};
use crate::server::Service;
use crate::server::agents::devices::Device;
use crate::server::http::error::Refusal;
use crate::server::http::extract::Body;

/// Largest inventory that is kept, in bytes. Honest ones have a few thousand; the pages of the dashboard read many of them.
const LIMIT: usize = 32 * 1024;
/// Longest text in it, in characters.
const TEXT: usize = 256;
/// Entries of each list that are kept: as many as fit.
const ENTRIES: [usize; 6] = [32, 16, 8, 4, 2, 1];

pub async fn replace(
    State(service): State<Arc<Service>>,
    device: Device,
    Body(inventory): Body<Inventory>,
) -> Result<StatusCode, Refusal> {
    let inventory = kept(inventory)?;
    let mut tx = service.db.write().await?;
    sqlx::query("UPDATE login SET inventory = $1 WHERE id = $2")
        .bind(inventory)
        .bind(device.id.to_string())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// As JSON, without what goes beyond the limits: a computer with very many profiles is to be seen all the same.
fn kept(mut inventory: Inventory) -> Result<String, serde_json::Error> {
    let mut text = String::new();
    for entries in ENTRIES {
        cut(&mut inventory, entries);
        text = serde_json::to_string(&inventory)?;
        if text.len() <= LIMIT {
            break;
        }
    }
    Ok(text)
}

fn cut(inventory: &mut Inventory, entries: usize) {
    let Inventory { clients, free_disk: _, rehearsal } = inventory;
    clients.truncate(entries);
    for client in clients {
        let InstalledClient {
            kind,
            version,
            profiles,
            default_profile,
            running: _,
            program,
            architecture,
            installation,
            channel,
            accounts,
            data_files,
            findings,
        } = client;
        profiles.truncate(entries);
        accounts.truncate(entries);
        data_files.truncate(entries);
        findings.truncate(entries);
        let own = [kind, version, program, architecture, installation, channel].into_iter();
        let of_accounts = accounts.iter_mut().flat_map(|it| [&mut it.profile, &mut it.kind, &mut it.address]);
        let of_files = data_files.iter_mut().flat_map(|it| [&mut it.profile, &mut it.path, &mut it.kind]);
        let of_findings = findings.iter_mut().map(|it| &mut it.detail);
        own.chain(profiles)
            .chain(default_profile)
            .chain(of_accounts)
            .chain(of_files)
            .chain(of_findings)
            .for_each(shorten);
    }
    if let Some(Rehearsal { stopped_by: Some(finding), .. }) = rehearsal {
        shorten(&mut finding.detail);
    }
}

fn shorten(text: &mut String) {
    if let Some((place, _)) = text.char_indices().nth(TEXT) {
        text.truncate(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inventory(clients: usize, entries: usize, text: &str) -> Inventory {
        let profiles = vec![text.to_owned(); entries];
        let client = InstalledClient { kind: text.into(), profiles, ..InstalledClient::default() };
        Inventory { clients: vec![client; clients], ..Inventory::default() }
    }

    #[test]
    fn what_an_honest_computer_has_is_kept_as_it_is() {
        let honest = inventory(3, 20, "C:\\Users\\anna\\AppData\\Roaming\\Thunderbird\\Profiles\\abcdefgh.default");
        assert_eq!(kept(honest.clone()).expect("JSON"), serde_json::to_string(&honest).expect("JSON"));
    }

    #[test]
    fn whatever_is_sent_fits() {
        for text in ["x".repeat(200_000), "\u{1}".repeat(10_000), "\u{1F4E7}".repeat(10_000)] {
            for (clients, entries) in [(1, 1), (1, 5_000), (500, 3)] {
                let kept = kept(inventory(clients, entries, &text)).expect("JSON");
                assert!(kept.len() <= LIMIT, "{clients} {entries}: {}", kept.len());
                let read: Inventory = serde_json::from_str(&kept).expect("an inventory");
                assert!(!read.clients.is_empty());
            }
        }
    }
}
