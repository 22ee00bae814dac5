//! What can happen to the agent, as values.

use iced::window;
use uuid::Uuid;

use super::activation::Admitted;
use super::diagnostics::page;
use super::guardian;
use super::{api, enrolment, identification, instance, question, secrets, tray, undo, waiting, wizard};
use crate::mail::{self, Outcome, Progress, Recovered};
use crate::protocol::{DiagnosticsTaken, Inventory, Registered, SignedIn};
use crate::secret::Secret;

/// Everything that can happen to the agent.
#[derive(Debug)]
pub enum Message {
    Tray(tray::Event),
    Asked(instance::Request),
    Heard(guardian::Event),
    TokenRead(Result<Option<Secret>, secrets::Error>),
    TokenKept(Result<secrets::Kept, secrets::Error>),
    TokenWanted,
    Activated(Result<Admitted, api::Error>),
    /// The same, without a question.
    Enlisted(Result<Admitted, api::Error>),
    EnlistmentDue,
    Registered(Result<Registered, api::Error>),
    SignedIn(Result<SignedIn, api::Error>),
    SignedOut(Result<(), api::Error>),
    Recovered(Result<Recovered, mail::Error>, Option<Secret>),
    /// The person has tried again to go back.
    Settled(Result<Recovered, mail::Error>),
    InventoryTaken(Inventory),
    InventorySent(Result<(), api::Error>),
    PasswordChanged(Result<(), api::Error>, Secret),
    Progress(Progress),
    UndoProgress(Progress),
    SetUp(Result<Outcome, mail::Error>),
    Undone(Result<(), mail::Error>),
    Delivered(Result<Vec<Uuid>, api::Error>),
    ReportSent(Result<DiagnosticsTaken, api::Error>),
    Enrolment(enrolment::Message),
    Identification(identification::Message),
    Question(question::Message),
    Waiting(waiting::Message),
    Wizard(wizard::Message),
    Undo(undo::Message),
    Report(page::Message),
    Pasted(Option<String>),
    Opened(window::Id),
    /// The red X.
    CloseAsked,
    Closed(window::Id),
    Escape,
    Tick,
    /// The session is not locked: what was ordered can begin.
    Unlocked,
    /// "Later" is over.
    Reminded,
    /// Nobody has said anything to the operator's order to go back.
    UndoDue,
    ThemeChanged(iced::theme::Mode),
    Nothing,
}
