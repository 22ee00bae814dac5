//! What can happen to the agent, as values.

use super::{activation, connection, diagnostics, identity, instance, question, set_up, tray, undo, waiting, window};
use crate::protocol::Inventory;

#[derive(Debug)]
pub enum Message {
    Tray(tray::Event),
    Asked(instance::Request),
    Connection(connection::Message),
    Window(window::Message),
    Activation(activation::Message),
    Identity(identity::Message),
    SetUp(set_up::Message),
    Undo(undo::Message),
    Question(question::Message),
    Waiting(waiting::Message),
    Report(diagnostics::Message),
    Pasted(Option<String>),
    InventoryTaken(Inventory),
    /// The session is not locked: what was ordered can begin.
    Unlocked,
    /// "Later" is over.
    Reminded,
    ThemeChanged(iced::theme::Mode),
    Nothing,
}
