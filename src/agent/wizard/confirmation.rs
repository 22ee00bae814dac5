//! Page 4: the mail has moved; what is new, what stayed, what is left to do.

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::column;
use iced::{Element, Fill};

use crate::agent::facts::Facts;
use crate::agent::notice::Notice;
use crate::agent::theme::Style;
use crate::agent::widget::{self, Icon, Illustration};
use crate::agent::wizard::frame::Frame;
use crate::mail::Outcome;

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

pub fn update(message: Message) -> Action {
    match message {
        Message::OpenClient => Action::OpenClient,
        Message::Close => Action::Close,
        Message::Help(link) => Action::OpenLink(link),
    }
}

pub fn view<'a>(facts: &Facts<'_>, outcome: &Outcome, style: &'a Style) -> Element<'a, Message> {
    let words = &style.words;
    let client = outcome.client.as_str();
    let evidence = &outcome.evidence;
    let lead = match (evidence.first_sync_messages, evidence.imap) {
        (0, true) => "confirmation-lead-signed-in",
        (0, false) => "confirmation-lead-opened",
        _ => "confirmation-lead",
    };
    let mut content = column![what_happened(outcome, style)].spacing(16).width(Fill);
    if !outcome.left.is_empty() {
        content = content.push(left(outcome, style));
    }
    Frame {
        step: 3,
        drawing: Illustration::Confirmation,
        dense: false,
        title: words.text("confirmation-title"),
        lead: Some(words.with(lead, &[("address", &facts.user().new_address), ("client", client)])),
        content: content.into(),
        help: widget::question(style, facts.helpdesk(), Message::Help),
        buttons: vec![
            widget::secondary(style, words.text("close"), Some(Message::Close)),
            widget::primary(
                style,
                words.with("confirmation-open", &[("client", client)]),
                MAIN,
                Some(Message::OpenClient),
            ),
        ],
    }
    .view(style)
}

fn what_happened<'a>(outcome: &Outcome, style: &'a Style) -> Element<'a, Message> {
    let words = &style.words;
    let p = &style.palette;
    let new = [("client", outcome.client.as_str()), ("profile", outcome.profile.as_str())];
    let mut lines = vec![(Icon::Tick, p.success, words.with("confirmation-new", &new))];
    if let Some(old) = &outcome.old_profile {
        lines.push((Icon::Tick, p.success, words.with("confirmation-old", &[("profile", old)])));
        lines.push((Icon::Info, p.accent, words.text("confirmation-back")));
    }
    let list = lines.into_iter().map(|(sign, color, line)| {
        widget::region(Role::ListItem, widget::item(style, sign, color, line.clone())).label(line).into()
    });
    let card = widget::card(style, column(list).spacing(10));
    widget::region(Role::List, card).label(words.text("confirmation-what")).into()
}

fn left<'a>(outcome: &Outcome, style: &'a Style) -> Element<'a, Message> {
    let words = &style.words;
    let mut list = column![widget::strong(style, words.text("confirmation-left"))].spacing(8);
    for code in &outcome.left {
        let line = Notice::new(*code).fact("client", &outcome.client).remedy(words);
        let item = widget::item(style, Icon::Ring, style.palette.accent, line.clone());
        list = list.push(widget::region(Role::ListItem, item).label(line));
    }
    widget::region(Role::List, list).label(words.text("confirmation-left")).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::wizard::sample::{known, outcome, simulator, style};
    use crate::problem::ResponseCode;

    #[test]
    fn it_says_what_is_new_what_stayed_and_how_to_go_back() {
        let style = style();
        let known = known();
        let mut shown = simulator(view(&known.facts(), &outcome(), &style));
        for line in [
            "anna@new.example is ready. We signed in and checked that mail arrives.",
            "Thunderbird now uses the new profile “Sample”.",
            "Your old profile is kept: default, /home/anna/old",
            "To go back, choose “Go back to my old profile” from the Mailshift icon.",
        ] {
            assert!(shown.find(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn arrival_is_claimed_only_when_it_was_seen() {
        let style = style();
        let mut outcome = outcome();
        outcome.evidence.first_sync_messages = 0;
        let claim = "anna@new.example is ready. We signed in and checked that mail arrives.";
        assert!(simulator(view(&known().facts(), &outcome, &style)).find(claim).is_err());
    }

    #[test]
    fn what_is_left_is_a_task_and_no_error() {
        let style = style();
        let outcome = Outcome { left: vec![ResponseCode::PasswordNotStored], ..outcome() };
        let task = "Thunderbird asks for your password once. Enter the one of your new mailbox.";
        assert!(simulator(view(&known().facts(), &outcome, &style)).find(task).is_ok());
    }

    #[test]
    fn the_button_names_the_mail_program() {
        let style = style();
        let known = known();
        let mut shown = simulator(view(&known.facts(), &outcome(), &style));
        shown.click("Open Thunderbird").expect("a button");
        assert!(matches!(shown.into_messages().collect::<Vec<_>>()[..], [Message::OpenClient]));
    }
}
