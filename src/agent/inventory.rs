//! What this computer has, and whether a set-up would go on here today.

use iced::Task;

use super::state::Stage;
use super::{Agent, Message, api};
use crate::mail::{self, Order};
use crate::protocol::{Finding, Inventory, Rehearsal};
use crate::secret::Secret;

impl Agent {
    pub(super) fn take_inventory(&self) -> Task<Message> {
        self.look_around(None)
    }

    /// The operator wants to know days before what would stop this computer.
    pub(super) fn rehearse(&self) -> Task<Message> {
        self.look_around(self.state.directive.as_ref().and_then(|directive| Self::order(directive, Secret::default())))
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
        let mut inventory = inventory;
        if let Some(rehearsal) = &inventory.rehearsal {
            self.state.rehearsal = Some(rehearsal.clone());
            self.save();
        }
        inventory.rehearsal.clone_from(&self.state.rehearsal);
        self.inventory = Some(inventory);
        self.inventory_due = true;
        if self.state.stage == Stage::Starting && self.state.begun.is_none() {
            self.freeze_order();
        }
        // What waited for the first look goes by it, on the page that fits.
        let turned = self.follow();
        let recovered = match self.recovered_early.take() {
            Some((result, password)) => self.recovered(result, password),
            None => Task::none(),
        };
        let opened = if std::mem::take(&mut self.wizard_due) { self.open_wizard() } else { Task::none() };
        Task::batch([turned, recovered, opened, self.follow(), self.send_inventory()])
    }

    /// Only what was taken is sent, and again until the server has it.
    pub(super) fn send_inventory(&mut self) -> Task<Message> {
        let (Some(api), Some(token), Some(inventory), true) =
            (&self.api, &self.token, &self.inventory, self.inventory_due)
        else {
            return Task::none();
        };
        let (api, token, inventory) = (api.clone(), token.clone(), inventory.clone());
        self.inventory_due = false;
        Task::future(async move { Message::InventorySent(api.inventory(&token, &inventory).await) })
    }

    pub(super) fn inventory_sent(&mut self, result: Result<(), api::Error>) -> Task<Message> {
        if let Err(error) = result {
            tracing::warn!(%error, "the inventory was not taken");
            // The guardian's next answer sends it again, unless the server has said that it is of no use.
            self.inventory_due |= error.passes() || error.is_unknown_device();
        }
        Task::none()
    }
}
