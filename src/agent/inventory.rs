//! What this computer has, and whether a set-up would go on here today.

use iced::Task;

use super::{Agent, Message};
use crate::account::Account;
use crate::mail::{self, Order};
use crate::protocol::{Finding, Inventory, Rehearsal};
use crate::secret::Secret;

impl Agent {
    pub(super) fn take_inventory(&self) -> Task<Message> {
        self.look_around(None)
    }

    /// The operator wants to know days before what would stop this computer.
    pub(super) fn rehearse(&self) -> Task<Message> {
        self.look_around(self.order(Secret::default()))
    }

    fn look_around(&self, rehearsed: Option<Order>) -> Task<Message> {
        let (places, host) = (self.places.clone(), self.host.clone());
        let project = self.state.directive.as_ref().map(|directive| &directive.project);
        let minimum = project.map(|project| project.minimum_versions.clone()).unwrap_or_default();
        let looked = async move {
            let mut inventory = mail::inventory(&places, &host, &minimum).await;
            if let Some(order) = rehearsed {
                let result = mail::rehearse(&order, &places, &host).await;
                let stopped_by = result.err().map(|error| Finding { code: error.code(), detail: error.to_string() });
                tracing::info!(?stopped_by, "rehearsed");
                inventory.rehearsal = Some(Rehearsal { at: jiff::Timestamp::now(), stopped_by });
            }
            inventory
        };
        Task::perform(looked, Message::InventoryTaken)
    }

    pub(super) fn inventory_taken(&mut self, inventory: Inventory) -> Task<Message> {
        self.inventory = inventory;
        if let Some(rehearsal) = &self.inventory.rehearsal {
            self.state.rehearsal = Some(rehearsal.clone());
            self.save();
        }
        self.inventory.rehearsal.clone_from(&self.state.rehearsal);
        Task::batch([self.refresh_page(), self.send_inventory()])
    }

    /// The mailbox is opened in the mail client's own sign-in window: Outlook with an Exchange mailbox that takes no
    /// password from programs.
    pub(super) fn signs_in_there(&self) -> bool {
        let account = self.state.directive.as_ref().and_then(|directive| directive.project.account.as_ref());
        let is_outlook = self.inventory.preferred().is_some_and(|client| client.kind != "thunderbird");
        is_outlook && account.is_some_and(Account::signs_in_there)
    }

    pub(super) fn client_name(&self) -> String {
        match self.inventory.preferred().map_or("", |client| client.kind.as_str()) {
            "outlook" | "new-outlook" => "Outlook",
            _ => "Thunderbird",
        }
        .into()
    }
}
