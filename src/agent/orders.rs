//! What a directive of the server makes the agent do. An order is acted on once.

use iced::Task;
use jiff::Timestamp;

use super::guardian;
use super::instance::Request;
use super::state::Stage;
use super::{Agent, Message, instance, tray};
use crate::os::{self, autostart};
use crate::protocol::{Action, Directive, EventKind};
use crate::schedule;

impl Agent {
    pub(super) fn heard(&mut self, event: guardian::Event) -> Task<Message> {
        match event {
            guardian::Event::Directive(directive) => {
                self.known_again();
                self.ordered(*directive)
            }
            guardian::Event::Unchanged => {
                self.known_again();
                if self.unsaved {
                    self.save();
                }
                Task::batch([self.follow(), self.deliver(), self.send_inventory()])
            }
            guardian::Event::Trouble(error) if error.is_unknown_device() => self.doubted(&error),
            guardian::Event::Trouble(error) => {
                tracing::warn!(%error, code = error.code().id(), "no directive");
                self.trouble = Some(error);
                self.follow()
            }
        }
    }

    fn ordered(&mut self, directive: Directive) -> Task<Message> {
        if !self.is_of_this_epoch(&directive) {
            return self.restate(directive);
        }
        let (action, order) = (directive.action, directive.order);
        let is_new = order > self.state.acted_on;
        tracing::info!(?action, order, is_new, "directive");
        let minimum = |directive: &Directive| directive.project.minimum_versions.clone();
        let judged_by_others = self.state.directive.as_ref().map(minimum) != Some(minimum(&directive));
        self.state.directive = Some(directive);
        self.agree();
        let recognised = self.recognise();
        let looked = if judged_by_others { self.take_inventory() } else { Task::none() };
        if !self.fixed_theme {
            self.apply_theme("");
        }
        let task = match action {
            // Nothing is begun behind a locked screen (promise K12).
            Action::Configure | Action::Undo if is_new && self.work.is_none() => Task::future(async {
                os::until_unlocked().await;
                Message::Unlocked
            }),
            Action::Rehearse if is_new => {
                self.state.acted_on = order;
                self.rehearse()
            }
            Action::Remove if self.work.is_none() => self.leave(),
            Action::Stop => {
                self.state.guardian_over = true;
                end_autostart();
                self.follow()
            }
            // What came while something was being worked on is taken up when that has ended.
            Action::Wait | Action::Identify | Action::Configure | Action::Undo | Action::Rehearse | Action::Remove => {
                self.follow()
            }
        };
        self.save();
        Task::batch([recognised, task, looked, self.deliver(), self.send_inventory(), self.settle_token()])
    }

    /// The person can see what is begun now.
    pub(super) fn act(&mut self) -> Task<Message> {
        let Some(Directive { action, order, .. }) = self.state.directive else { return Task::none() };
        if order <= self.state.acted_on || self.work.is_some() {
            return Task::none();
        }
        let task = match action {
            Action::Configure => self.configure(order),
            Action::Undo => {
                self.state.acted_on = order;
                self.undo_ordered()
            }
            _ => return Task::none(),
        };
        self.save();
        Task::batch([task, self.deliver()])
    }

    /// An order that came while something was being worked on.
    pub(super) fn take_up_order(&mut self) -> Task<Message> {
        match self.state.directive.clone() {
            Some(directive) if directive.action == Action::Remove || directive.order > self.state.acted_on => {
                self.ordered(directive)
            }
            _ => Task::none(),
        }
    }

    /// The operator removed this computer: the server is told that it is done, and everything is forgotten.
    fn leave(&mut self) -> Task<Message> {
        end_autostart();
        let told = match (self.api.clone(), self.token.take()) {
            (Some(api), Some(token)) => Task::future(async move {
                if let Err(error) = api.deactivate(&token).await {
                    tracing::warn!(%error, "the server was not told that this computer is removed");
                }
                Message::Nothing
            }),
            _ => Task::none(),
        };
        Task::batch([told, self.forget()])
    }

    /// The signal: the wizard comes up.
    fn configure(&mut self, order: u64) -> Task<Message> {
        self.state.acted_on = order;
        self.state.stage = Stage::Starting;
        self.state.postponed_until = None;
        self.open_wizard()
    }

    /// What the wizard says depends on what this computer has: that is known first.
    pub(super) fn open_wizard(&mut self) -> Task<Message> {
        if self.inventory.is_none() {
            self.wizard_due = true;
            return self.follow();
        }
        if self.state.stage != Stage::Starting {
            return Task::none();
        }
        self.report(EventKind::WizardOpened);
        self.freeze_order();
        self.save();
        let page = self.page_for_stage();
        Task::batch([
            self.turn_to(page),
            self.show(),
            self.notify("notification-ready-title", "notification-ready-body"),
        ])
    }

    /// "Later", or the window was closed before anything was started.
    pub(super) fn postpone(&mut self) -> Task<Message> {
        self.state.postponed_until = Timestamp::now().checked_add(schedule::LATER).ok();
        self.report(EventKind::Postponed);
        self.save();
        Task::batch([self.close_window(), self.deliver()])
    }

    /// "Later" is over: the wizard comes back as it was left.
    pub(super) fn reminded(&mut self) -> Task<Message> {
        // The wait was measured; what the clock says by now does not matter.
        if self.state.postponed_until.take().is_none() {
            return Task::none();
        }
        self.save();
        if self.state.stage == Stage::Starting { self.show() } else { Task::none() }
    }

    pub(super) fn tray_event(&mut self, event: tray::Event) -> Task<Message> {
        match event {
            tray::Event::Click | tray::Event::Open | tray::Event::EnterCode | tray::Event::Identify => self.show(),
            tray::Event::SignOut => self.ask_to_sign_out(),
            tray::Event::SetUp => {
                self.state.postponed_until = None;
                self.save();
                self.show()
            }
            tray::Event::Later => self.postpone(),
            tray::Event::Undo => self.ask_to_undo(),
            tray::Event::Report => self.ask_for_report(),
            tray::Event::CopyDiagnostics => iced::clipboard::write(self.diagnostics().text).discard(),
            tray::Event::Quit => iced::exit(),
        }
    }

    /// Another start of the program asks something of this one.
    pub(super) fn asked(&mut self, request: instance::Request) -> Task<Message> {
        match request {
            Request::Open | Request::Status => self.show(),
            Request::Follow(offer) => self.offered(&offer),
            Request::Undo => self.ask_to_undo(),
            Request::Quit => iced::exit(),
            Request::TakeOver if self.work.is_some() || self.recovering => Task::none(),
            Request::TakeOver => {
                tracing::info!("another session of this login takes over");
                self.save();
                iced::exit()
            }
        }
    }
}

/// There is nothing left to do here: the session need not start the agent any more. What the person has switched off stays
/// as they left it.
fn end_autostart() {
    if autostart::is_enabled()
        && let Err(error) = autostart::disable()
    {
        tracing::warn!(%error, "the session goes on starting the agent");
    }
}
