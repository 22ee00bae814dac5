//! Reports to the server, kept on disk until it has them. An event's id makes sending it twice harmless.

use iced::Task;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Agent, Message, api};
use crate::protocol::{Event, EventKind};

/// Events in one call.
pub(super) const BATCH: usize = 50;
/// Events kept at most; the oldest go first. A server that is away for weeks must not fill the disk.
const KEPT: usize = 1000;

impl Agent {
    /// Notes an event; the caller saves the state.
    pub(super) fn report(&mut self, kind: EventKind) {
        let outbox = &mut self.state.outbox;
        outbox.push(Event { id: Uuid::now_v7(), at: Timestamp::now(), order: self.state.acted_on, kind });
        let surplus = outbox.len().saturating_sub(KEPT);
        outbox.drain(..surplus);
    }

    /// Sends what has not been acknowledged yet.
    pub(super) fn deliver(&mut self) -> Task<Message> {
        let (Some(api), Some(token)) = (self.api.clone(), self.token.clone()) else { return Task::none() };
        if self.state.outbox.is_empty() || self.delivering {
            return Task::none();
        }
        self.delivering = true;
        let batch: Vec<Event> = self.state.outbox.iter().take(BATCH).cloned().collect();
        Task::future(async move {
            let ids = batch.iter().map(|event| event.id).collect();
            Message::Delivered(api.events(&token, &batch).await.map(|taken| {
                for refused in taken.refused {
                    // Sending it again is of no use, and everything else would wait behind it.
                    tracing::error!(id = ?refused.id, reason = refused.reason, "the server cannot read a report; it is dropped");
                }
                ids
            }))
        })
    }

    pub(super) fn delivered(&mut self, result: Result<Vec<Uuid>, api::Error>) -> Task<Message> {
        self.delivering = false;
        match result {
            Ok(ids) => {
                self.state.outbox.retain(|event| !ids.contains(&event.id));
                self.save();
                self.adopt();
                self.deliver()
            }
            Err(error) => {
                // The guardian's next answer sends them again.
                tracing::warn!(%error, kept = self.state.outbox.len(), "reports are kept");
                Task::none()
            }
        }
    }
}
