//! Page 1: what will happen, and the choice to start.

use iced::Element;
use iced::advanced::widget::operation::accessible::Role;
use iced::widget::column;

use crate::agent::theme::Style;
use crate::agent::widget::{self, Icon, Illustration};
use crate::agent::wizard::{Facts, frame::Frame};
use crate::protocol::Helpdesk;

pub const MAIN: &str = "instructions-continue";

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

pub struct Instructions {
    client: String,
    /// Whose certificate authority the new profile will trust.
    authority: Option<String>,
    minutes: u32,
    helpdesk: Helpdesk,
}

impl Instructions {
    pub fn new(facts: &Facts) -> Self {
        let helpdesk = facts.project.helpdesk.clone();
        let authority = facts.trusts_authority.then(|| facts.project.name.clone());
        Self { client: facts.client.clone(), authority, minutes: facts.minutes, helpdesk }
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Continue => Action::Continue,
            Message::Later => Action::Later,
            Message::Help(link) => Action::OpenLink(link),
        }
    }

    pub fn view<'a>(&'a self, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let facts = [("client", self.client.as_str()), ("project", self.authority.as_deref().unwrap_or_default())];
        let authority = self.authority.as_ref().map(|_| "instructions-authority");
        let lines = ["instructions-new", "instructions-old", "instructions-restart", "instructions-password"];
        let list = lines.into_iter().chain(authority).map(|id| {
            let line = words.with(id, &facts);
            let item = widget::item(style, Icon::Tick, style.palette.accent, line.clone());
            widget::region(Role::ListItem, item).label(line).into()
        });
        let minutes = self.minutes.to_string();
        Frame {
            step: 0,
            drawing: Illustration::Instructions,
            dense: false,
            title: words.text("instructions-title"),
            lead: Some(words.with("instructions-lead", &[("minutes", &minutes)])),
            content: widget::region(Role::List, column(list).spacing(12)).label(words.text("instructions-list")).into(),
            help: widget::question(style, &self.helpdesk, Message::Help),
            buttons: vec![
                widget::secondary(style, words.text("instructions-later"), Some(Message::Later)),
                widget::primary(style, words.text("instructions-continue"), MAIN, Some(Message::Continue)),
            ],
        }
        .view(style)
    }
}
