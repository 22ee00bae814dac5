//! Page 1: what will happen, and the choice to start.

use iced::Element;
use iced::advanced::widget::operation::accessible::Role;
use iced::widget::column;

use crate::agent::facts::Facts;
use crate::agent::theme::Style;
use crate::agent::widget::{self, Icon, Illustration};
use crate::agent::wizard::frame::Frame;

pub const MAIN: &str = "instructions-continue";
/// What the set-up takes: measured at well under one, told with room for a large mailbox.
const MINUTES: u32 = 3;

#[derive(Debug, Clone)]
pub enum Message {
    Continue,
    Later,
    Help(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    Continue,
    Later,
    OpenLink(String),
}

pub fn update(message: Message) -> Action {
    match message {
        Message::Continue => Action::Continue,
        Message::Later => Action::Later,
        Message::Help(link) => Action::OpenLink(link),
    }
}

pub fn view<'a>(facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
    let words = &style.words;
    let arguments = [("client", facts.client()), ("project", facts.project_name())];
    let authority = facts.trusts_authority().then_some("instructions-authority");
    let lines = ["instructions-new", "instructions-old", "instructions-restart", "instructions-password"];
    let list = lines.into_iter().chain(authority).map(|id| {
        let line = words.with(id, &arguments);
        let item = widget::item(style, Icon::Tick, style.palette.accent, line.clone());
        widget::region(Role::ListItem, item).label(line).into()
    });
    let minutes = MINUTES.to_string();
    Frame {
        step: 0,
        drawing: Illustration::Instructions,
        dense: false,
        title: words.text("instructions-title"),
        lead: Some(words.with("instructions-lead", &[("minutes", &minutes)])),
        content: widget::region(Role::List, column(list).spacing(12)).label(words.text("instructions-list")).into(),
        help: widget::question(style, facts.helpdesk(), Message::Help),
        buttons: vec![
            widget::secondary(style, words.text("instructions-later"), Some(Message::Later)),
            widget::primary(style, words.text("instructions-continue"), MAIN, Some(Message::Continue)),
        ],
    }
    .view(style)
}
