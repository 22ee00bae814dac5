//! Page 4: the mail has moved; what is new, what stayed, what is left to do.

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::column;
use iced::{Element, Fill};

use crate::agent::notice::Notice;
use crate::agent::theme::Look;
use crate::agent::widget::{self, Icon, Illustration};
use crate::agent::wizard::{Facts, frame::Frame};
use crate::mail::Outcome;
use crate::protocol::Helpdesk;

pub const MAIN: &str = "confirmation-open";

#[derive(Debug, Clone)]
pub enum Message {
    OpenClient,
    Close,
    Help(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    OpenClient,
    Close,
    OpenLink(String),
}

pub struct Confirmation {
    address: String,
    helpdesk: Helpdesk,
    outcome: Outcome,
}

impl Confirmation {
    pub fn new(facts: &Facts, outcome: Outcome) -> Self {
        Self { address: facts.user.new_address.clone(), helpdesk: facts.project.helpdesk.clone(), outcome }
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::OpenClient => Action::OpenClient,
            Message::Close => Action::Close,
            Message::Help(link) => Action::OpenLink(link),
        }
    }

    pub fn view<'a>(&'a self, look: &'a Look) -> Element<'a, Message> {
        let words = &look.words;
        let client = self.outcome.client.as_str();
        let arrived = self.outcome.evidence.first_sync_messages > 0;
        let lead = if arrived { "confirmation-lead" } else { "confirmation-lead-signed-in" };
        let mut content = column![self.what_happened(look)].spacing(16).width(Fill);
        if !self.outcome.left.is_empty() {
            content = content.push(self.left(look));
        }
        Frame {
            step: 3,
            drawing: Some(Illustration::Confirmation),
            title: words.text("confirmation-title"),
            lead: Some(words.with(lead, &[("address", &self.address)])),
            content: content.into(),
            help: widget::question(look, &self.helpdesk, Message::Help),
            buttons: vec![
                widget::secondary(look, words.text("close"), Some(Message::Close)),
                widget::primary(
                    look,
                    words.with("confirmation-open", &[("client", client)]),
                    MAIN,
                    Some(Message::OpenClient),
                ),
            ],
        }
        .view(look)
    }

    fn what_happened<'a>(&'a self, look: &'a Look) -> Element<'a, Message> {
        let words = &look.words;
        let p = &look.palette;
        let new = [("client", self.outcome.client.as_str()), ("profile", self.outcome.profile.as_str())];
        let mut lines = vec![(Icon::Tick, p.success, words.with("confirmation-new", &new))];
        if let Some(old) = &self.outcome.old_profile {
            lines.push((Icon::Tick, p.success, words.with("confirmation-old", &[("profile", old)])));
            lines.push((Icon::Info, p.accent, words.text("confirmation-back")));
        }
        let list = lines.into_iter().map(|(sign, color, line)| {
            widget::region(Role::ListItem, widget::item(look, sign, color, line.clone())).label(line).into()
        });
        let card = widget::card(look, column(list).spacing(10));
        widget::region(Role::List, card).label(words.text("confirmation-what")).into()
    }

    fn left<'a>(&'a self, look: &'a Look) -> Element<'a, Message> {
        let words = &look.words;
        let mut list = column![widget::strong(look, words.text("confirmation-left"))].spacing(8);
        for code in &self.outcome.left {
            let line = Notice::new(*code).fact("client", &self.outcome.client).remedy(words);
            let item = widget::item(look, Icon::Ring, look.palette.accent, line.clone());
            list = list.push(widget::region(Role::ListItem, item).label(line));
        }
        widget::region(Role::List, list).label(words.text("confirmation-left")).into()
    }
}
