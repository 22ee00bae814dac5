//! How the page looks.

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::{column, row};
use iced::{Alignment, Element, Fill};

use super::{ADDRESS, Asked, GO_ON, Identification, Message, NAME, Stage, Trouble};
use crate::agent::code_entry::Handlers;
use crate::agent::facts::Facts;
use crate::agent::theme::Style;
use crate::agent::widget::{self, Icon, Illustration};
use crate::problem::ResponseCode;
use crate::protocol::Proof;

impl Identification {
    /// Name of the window.
    pub fn title(&self, style: &Style) -> String {
        style.words.text(match self.stage {
            Stage::Looking { .. } => "identify-looking-title",
            Stage::Entry => "identify-title",
            Stage::Sent { .. } => "identify-sent-title",
            Stage::Code { .. } => "identify-code-title",
            Stage::Known => "identify-known-title",
            Stage::Leaving => "identify-leave-title",
            Stage::Same => "identify-same-title",
        })
    }

    pub fn view<'a>(&'a self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let close = || widget::primary(style, words.text("close"), GO_ON, Some(Message::Close));
        let go_on = || widget::primary(style, words.text("code-continue"), GO_ON, Some(Message::GoOn));
        let (content, buttons) = match &self.stage {
            Stage::Looking { .. } => (self.looking_content(facts, style), vec![close()]),
            Stage::Entry => (self.entry(style), vec![self.send(style)]),
            Stage::Sent { address, digits } => {
                (self.sent_content(facts, style, address, digits.as_deref()), vec![close()])
            }
            Stage::Code { sent } => (self.code_content(style, sent.as_deref()), self.code_buttons(style)),
            Stage::Known => (self.card(facts, style, "identify-known-lead", None), vec![go_on()]),
            Stage::Same => (self.card(facts, style, "identify-same-lead", Some("identify-same-hint")), vec![go_on()]),
            Stage::Leaving => {
                (self.card(facts, style, "identify-leave-lead", Some("identify-leave-hint")), self.leave_buttons(style))
            }
        };
        let help = widget::question(style, facts.helpdesk(), Message::Help);
        widget::page(style, content, help, buttons)
    }

    fn header<'a>(&self, style: &Style, lead: String) -> Element<'a, Message> {
        widget::header(style, self.title(style), lead, Illustration::Code)
    }

    fn looking_content<'a>(&self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let state = match &facts.offline() {
            Some(notice) => widget::offline(style, notice),
            None => widget::busy(style, words.text("identify-looking")),
        };
        column![self.header(style, words.text("identify-looking-lead")), state].spacing(20).into()
    }

    fn entry<'a>(&'a self, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let wrong = match &self.trouble {
            Some(Trouble::Slip(id)) => Some(words.text(id)),
            Some(Trouble::Refused(notice)) => Some(notice.told_of_request(words)),
            None => None,
        };
        let address = self.field(style, ADDRESS, &self.address, wrong, Message::Address);
        // After a refusal it is about the address, and what is told of it needs the room.
        let is_refused = matches!(self.trouble, Some(Trouble::Refused(_)));
        let name = (!is_refused).then(|| self.field(style, NAME, &self.name, None, Message::Name));
        column![
            self.header(style, words.text("identify-lead")),
            column![address, self.what_became_of_it(style)].spacing(8),
            name,
            self.asked.is_none().then(|| column![
                link(style, "identify-have-code", Message::HaveCode),
                self.is_unsendable().then(|| link(style, "identify-send-code", Message::Send(Proof::Code))),
            ]),
        ]
        .spacing(12)
        .into()
    }

    fn field<'a>(
        &'a self,
        style: &'a Style,
        id: &'static str,
        value: &'a str,
        wrong: Option<String>,
        on_input: fn(String) -> Message,
    ) -> Element<'a, Message> {
        let label = style.words.text(id);
        let field = widget::Field { id, label: label.clone(), value, secure: false, wrong, revision: 0 };
        let on_input = self.asked.is_none().then_some(on_input);
        let input = widget::field(style, field, on_input, Message::Send(Proof::Link));
        column![widget::body(style, label), input].spacing(4).into()
    }

    fn send<'a>(&self, style: &Style) -> Element<'a, Message> {
        let message = self.asked.is_none().then_some(Message::Send(Proof::Link));
        widget::primary(style, style.words.text("identify-send-link"), GO_ON, message)
    }

    /// A project may lack what a mail with a link needs, and still be able to send codes.
    fn is_unsendable(&self) -> bool {
        let Some(Trouble::Refused(notice)) = &self.trouble else { return false };
        matches!(
            notice.code,
            ResponseCode::StrangerMailFailed | ResponseCode::NoCodeMade | ResponseCode::UserMailFailed
        )
    }

    /// What the server says to what it was asked for, or that it is being asked.
    fn what_became_of_it<'a>(&self, style: &'a Style) -> Option<Element<'a, Message>> {
        match &self.trouble {
            _ if self.asked.is_some() => Some(widget::busy(style, style.words.text("identify-sending"))),
            Some(Trouble::Slip(id)) => Some(widget::slip(style, style.words.text(id))),
            Some(Trouble::Refused(notice)) => Some(widget::refused(style, notice)),
            None => None,
        }
    }

    fn sent_content<'a>(
        &self,
        facts: &Facts<'_>,
        style: &'a Style,
        address: &str,
        digits: Option<&str>,
    ) -> Element<'a, Message> {
        let words = &style.words;
        let hint = if self.again { "identify-sent-again" } else { "identify-sent-hint" };
        let hint = || widget::item(style, Icon::Info, style.palette.muted, words.text(hint));
        let (waits, hint) = match &facts.offline() {
            Some(notice) => (widget::offline(style, notice), None),
            None => (widget::busy(style, words.text("identify-sent-waiting")), Some(hint())),
        };
        let below = self.what_became_of_it(style).or(hint);
        // A server of before asks for none.
        let lead = if digits.is_some() { "identify-sent-lead" } else { "identify-sent-lead-alone" };
        // Beside each other, where they have room: the digits need theirs.
        let ways = row![
            link(style, "identify-again", Message::Send(Proof::Link)),
            link(style, "identify-send-code", Message::Send(Proof::Code)),
            link(style, "identify-other", Message::OtherAddress),
        ];
        let ways = ways.wrap();
        column![
            self.header(style, words.with(lead, &[("address", address)])),
            digits.map(|digits| shown_digits(style, digits)),
            waits,
            below,
            self.asked.is_none().then_some(ways),
        ]
        .spacing(10)
        .into()
    }

    fn code_content<'a>(&'a self, style: &'a Style, sent: Option<&str>) -> Element<'a, Message> {
        let words = &style.words;
        let address = sent.unwrap_or(self.address.trim());
        let busy =
            self.asked.map(|asked| words.text(if asked == Asked::Mail { "identify-sending" } else { "code-busy" }));
        let hint = self.again.then(|| words.text("identify-code-sent-again"));
        let handlers = Handlers { typed: Message::Code, paste: Message::Paste, submit: Message::SignIn };
        let again = if sent.is_some() { "identify-again" } else { "identify-get-code" };
        let refused = match &self.trouble {
            Some(Trouble::Refused(notice)) if self.asked.is_none() => Some(widget::refused(style, notice)),
            _ => None,
        };
        column![
            self.header(style, words.with("identify-code-lead", &[("address", address)])),
            self.code.view(style, busy, hint, handlers),
            refused,
            self.asked.is_none().then(|| link(style, again, Message::Send(Proof::Code))),
        ]
        .spacing(12)
        .into()
    }

    fn code_buttons<'a>(&self, style: &Style) -> Vec<Element<'a, Message>> {
        let free = self.asked.is_none();
        vec![
            widget::secondary(style, style.words.text("back"), free.then_some(Message::OtherAddress)),
            widget::primary(style, style.words.text("code-continue"), GO_ON, free.then_some(Message::SignIn)),
        ]
    }

    fn card<'a>(&self, facts: &Facts<'_>, style: &'a Style, lead: &str, hint: Option<&str>) -> Element<'a, Message> {
        let words = &style.words;
        let person = facts.state.user.as_ref().map(|user| widget::person(style, &user.name, &user.address));
        let below = match (&self.trouble, hint) {
            _ if self.asked.is_some() => Some(widget::busy(style, words.text("identify-leaving"))),
            (Some(Trouble::Refused(notice)), _) => Some(widget::refused(style, notice)),
            (_, Some(hint)) => Some(widget::body(style, words.text(hint)).color(style.palette.muted).into()),
            _ => None,
        };
        column![self.header(style, words.text(lead)), person, below].spacing(20).into()
    }

    fn leave_buttons<'a>(&self, style: &Style) -> Vec<Element<'a, Message>> {
        let free = self.asked.is_none();
        vec![
            widget::secondary(style, style.words.text("identify-stay"), free.then_some(Message::GoOn)),
            widget::primary(style, style.words.text("identify-leave"), GO_ON, free.then_some(Message::SignOut)),
        ]
    }
}

/// Large, and spoken one by one, with what they are for.
fn shown_digits<'a>(style: &'a Style, digits: &str) -> Element<'a, Message> {
    let words = &style.words;
    let apart = digits.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let hint = words.text("identify-digits-hint");
    let spoken = format!("{}. {hint}", words.with("identify-digits", &[("digits", &apart)]));
    let line = row![widget::figures(style, apart), widget::body(style, hint).width(Fill)]
        .spacing(style.size(16.0))
        .align_y(Alignment::Center);
    widget::region(Role::Status, widget::card(style, line)).label(spoken).live().into()
}

fn link<'a>(style: &Style, id: &str, message: Message) -> Element<'a, Message> {
    let words = style.words.text(id);
    row![widget::link(style, None, words.clone(), words, message)].into()
}
