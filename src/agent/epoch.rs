//! A server whose database was restored from a backup has forgotten what happened since. Its directives have another
//! epoch then: the agent says again where it stands, and follows no order before that has arrived.

use std::sync::PoisonError;

use iced::Task;

use super::state::Stage;
use super::{Agent, Message};
use crate::protocol::{Action, AgentStage, Directive, EventKind, Question};

impl Agent {
    /// Keeps what the guardian says with each question up to date.
    pub(super) fn say_standing(&self) {
        let stage = match self.state.stage {
            Stage::Unactivated => AgentStage::Unactivated,
            Stage::Waiting => AgentStage::Waiting,
            Stage::Starting => AgentStage::Starting,
            Stage::Configuring => AgentStage::Configuring,
            Stage::Failed { .. } => AgentStage::Failed,
            Stage::Completed => AgentStage::Completed,
            Stage::Undone => AgentStage::Undone,
        };
        let question = Question { wait: 0, epoch: self.state.epoch, acted_on: self.state.acted_on, stage };
        *self.standing.lock().unwrap_or_else(PoisonError::into_inner) = question;
    }

    /// Whether a directive is of the history that this agent knows. The first one decides that.
    pub(super) fn is_of_this_epoch(&mut self, directive: &Directive) -> bool {
        if self.state.epoch == 0 || directive.epoch == 0 {
            self.state.epoch = self.state.epoch.max(directive.epoch);
        }
        directive.epoch == 0 || directive.epoch == self.state.epoch
    }

    /// The server has forgotten: it is told anew, and nothing is done before.
    pub(super) fn restate(&mut self, directive: Directive) -> Task<Message> {
        let epoch = directive.epoch;
        if self.state.restating != Some(epoch) {
            tracing::warn!(
                epoch,
                known = self.state.epoch,
                "the server's database was restored; saying where we stand"
            );
            self.report(self.standing_as_event());
            self.state.restating = Some(epoch);
        }
        // Whatever it orders is no order yet; who is nobody stays that.
        let known = self.state.directive.as_ref().map(|known| known.action);
        let action = if known == Some(Action::Identify) { Action::Identify } else { Action::Wait };
        self.state.directive = Some(Directive { action, ..directive });
        self.save();
        self.adopt();
        Task::batch([self.deliver(), self.follow()])
    }

    /// Once everything is told, the server's epoch is ours, and it is asked anew.
    pub(super) fn adopt(&mut self) {
        if let (Some(epoch), true) = (self.state.restating, self.state.outbox.is_empty()) {
            tracing::info!(epoch, "the server knows where we stand");
            self.state.epoch = epoch;
            self.state.restating = None;
            self.generation += 1;
            self.save();
        }
    }

    fn standing_as_event(&self) -> EventKind {
        match (self.state.stage, &self.state.outcome) {
            (Stage::Unactivated | Stage::Waiting, _) => EventKind::Waiting,
            (Stage::Starting, _) if self.state.postponed_until.is_some() => EventKind::Postponed,
            (Stage::Starting, _) => EventKind::WizardOpened,
            (Stage::Configuring, _) => EventKind::Started,
            (Stage::Failed { code }, _) => EventKind::Failed { code },
            (Stage::Completed, Some(outcome)) => EventKind::Completed {
                client: outcome.client.clone(),
                profile: outcome.profile.clone(),
                evidence: outcome.evidence.clone(),
            },
            (Stage::Completed, None) => EventKind::FinishedByHand,
            (Stage::Undone, _) => EventKind::Undone,
        }
    }
}
