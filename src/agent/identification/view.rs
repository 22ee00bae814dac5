//! How the page looks.

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::{column, row};
use iced::{Alignment, Element, Fill};

use super::{ADDRESS, Asked, GO_ON, Identification, Message, NAME, Stage, Trouble};
use crate::agent::code_entry::Handlers;
use crate::agent::theme::Look;
use crate::agent::widget::{self, Icon, Illustration};
use crate::problem::ResponseCode;
use crate::protocol::{MaskedUser, Proof};

impl Identification {
    /// Name of the window.
    pub fn title(&self, look: &Look) -> String {
        look.words.text(match self.stage {
            Stage::Looking { .. } => "identify-looking-title",
            Stage::Entry => "identify-title",
            Stage::Sent { .. } => "identify-sent-title",
            Stage::Code { .. } => "identify-code-title",
            Stage::Known(_) => "identify-known-title",
            Stage::Leaving(_) => "identify-leave-title",
            Stage::Same(_) => "identify-same-title",
        })
    }

    pub fn view<'a>(&'a self, look: &'a Look) -> Element<'a, Message> {
        let words = &look.words;
        let close = || widget::primary(look, words.text("close"), GO_ON, Some(Message::Close));
        let go_on = || widget::primary(look, words.text("code-continue"), GO_ON, Some(Message::GoOn));
        let (content, buttons) = match &self.stage {
            Stage::Looking { .. } => (self.looking_content(look), vec![close()]),
            Stage::Entry => (self.entry(look), vec![self.send(look)]),
            Stage::Sent { address, digits } => (self.sent_content(look, address, digits.as_deref()), vec![close()]),
            Stage::Code { sent } => (self.code_content(look, sent.as_deref()), self.code_buttons(look)),
            Stage::Known(user) => (self.card(look, "identify-known-lead", user, None), vec![go_on()]),
            Stage::Same(user) => {
                (self.card(look, "identify-same-lead", user, Some("identify-same-hint")), vec![go_on()])
            }
            Stage::Leaving(user) => {
                (self.card(look, "identify-leave-lead", user, Some("identify-leave-hint")), self.leave_buttons(look))
            }
        };
        let help = widget::question(look, &self.facts.helpdesk, Message::Help);
        widget::page(look, content, help, buttons)
    }

    fn header<'a>(&self, look: &Look, lead: String) -> Element<'a, Message> {
        widget::header(look, self.title(look), lead, Illustration::Code)
    }

    fn looking_content<'a>(&self, look: &'a Look) -> Element<'a, Message> {
        let words = &look.words;
        let state = match &self.facts.offline {
            Some(notice) => widget::offline(look, notice),
            None => widget::busy(look, words.text("identify-looking")),
        };
        column![self.header(look, words.text("identify-looking-lead")), state].spacing(20).into()
    }

    fn entry<'a>(&'a self, look: &'a Look) -> Element<'a, Message> {
        let words = &look.words;
        let wrong = match &self.trouble {
            Some(Trouble::Slip(id)) => Some(words.text(id)),
            Some(Trouble::Refused(notice)) => Some(notice.told_of_request(words)),
            None => None,
        };
        let address = self.field(look, ADDRESS, &self.address, wrong, Message::Address);
        // After a refusal it is about the address, and what is told of it needs the room.
        let is_refused = matches!(self.trouble, Some(Trouble::Refused(_)));
        let name = (!is_refused).then(|| self.field(look, NAME, &self.name, None, Message::Name));
        column![
            self.header(look, words.text("identify-lead")),
            column![address, self.what_became_of_it(look)].spacing(8),
            name,
            self.asked.is_none().then(|| column![
                link(look, "identify-have-code", Message::HaveCode),
                self.is_unsendable().then(|| link(look, "identify-send-code", Message::Send(Proof::Code))),
            ]),
        ]
        .spacing(12)
        .into()
    }

    fn field<'a>(
        &'a self,
        look: &'a Look,
        id: &'static str,
        value: &'a str,
        wrong: Option<String>,
        on_input: fn(String) -> Message,
    ) -> Element<'a, Message> {
        let label = look.words.text(id);
        let field = widget::Field { id, label: label.clone(), value, secure: false, wrong, revision: 0 };
        let on_input = self.asked.is_none().then_some(on_input);
        let input = widget::field(look, field, on_input, Message::Send(Proof::Link));
        column![widget::body(look, label), input].spacing(4).into()
    }

    fn send<'a>(&self, look: &Look) -> Element<'a, Message> {
        let message = self.asked.is_none().then_some(Message::Send(Proof::Link));
        widget::primary(look, look.words.text("identify-send-link"), GO_ON, message)
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
    fn what_became_of_it<'a>(&self, look: &'a Look) -> Option<Element<'a, Message>> {
        match &self.trouble {
            _ if self.asked.is_some() => Some(widget::busy(look, look.words.text("identify-sending"))),
            Some(Trouble::Slip(id)) => Some(widget::slip(look, look.words.text(id))),
            Some(Trouble::Refused(notice)) => Some(widget::refused(look, notice)),
            None => None,
        }
    }

    fn sent_content<'a>(&self, look: &'a Look, address: &str, digits: Option<&str>) -> Element<'a, Message> {
        let words = &look.words;
        let hint = if self.again { "identify-sent-again" } else { "identify-sent-hint" };
        let hint = || widget::item(look, Icon::Info, look.palette.muted, words.text(hint));
        let (waits, hint) = match &self.facts.offline {
            Some(notice) => (widget::offline(look, notice), None),
            None => (widget::busy(look, words.text("identify-sent-waiting")), Some(hint())),
        };
        let below = self.what_became_of_it(look).or(hint);
        // A server of before asks for none.
        let lead = if digits.is_some() { "identify-sent-lead" } else { "identify-sent-lead-alone" };
        // Beside each other, where they have room: the digits need theirs.
        let ways = row![
            link(look, "identify-again", Message::Send(Proof::Link)),
            link(look, "identify-send-code", Message::Send(Proof::Code)),
            link(look, "identify-other", Message::OtherAddress),
        ];
        let ways = ways.wrap();
        column![
            self.header(look, words.with(lead, &[("address", address)])),
            digits.map(|digits| shown_digits(look, digits)),
            waits,
            below,
            self.asked.is_none().then_some(ways),
        ]
        .spacing(10)
        .into()
    }

    fn code_content<'a>(&'a self, look: &'a Look, sent: Option<&str>) -> Element<'a, Message> {
        let words = &look.words;
        let address = sent.unwrap_or(self.address.trim());
        let busy =
            self.asked.map(|asked| words.text(if asked == Asked::Mail { "identify-sending" } else { "code-busy" }));
        let hint = self.again.then(|| words.text("identify-code-sent-again"));
        let handlers = Handlers { typed: Message::Code, paste: Message::Paste, submit: Message::SignIn };
        let again = if sent.is_some() { "identify-again" } else { "identify-get-code" };
        let refused = match &self.trouble {
            Some(Trouble::Refused(notice)) if self.asked.is_none() => Some(widget::refused(look, notice)),
            _ => None,
        };
        column![
            self.header(look, words.with("identify-code-lead", &[("address", address)])),
            self.code.view(look, busy, hint, handlers),
            refused,
            self.asked.is_none().then(|| link(look, again, Message::Send(Proof::Code))),
        ]
        .spacing(12)
        .into()
    }

    fn code_buttons<'a>(&self, look: &Look) -> Vec<Element<'a, Message>> {
        let free = self.asked.is_none();
        vec![
            widget::secondary(look, look.words.text("back"), free.then_some(Message::OtherAddress)),
            widget::primary(look, look.words.text("code-continue"), GO_ON, free.then_some(Message::SignIn)),
        ]
    }

    fn card<'a>(&self, look: &'a Look, lead: &str, user: &MaskedUser, hint: Option<&str>) -> Element<'a, Message> {
        let words = &look.words;
        let below = match (&self.trouble, hint) {
            _ if self.asked.is_some() => Some(widget::busy(look, words.text("identify-leaving"))),
            (Some(Trouble::Refused(notice)), _) => Some(widget::refused(look, notice)),
            (_, Some(hint)) => Some(widget::body(look, words.text(hint)).color(look.palette.muted).into()),
            _ => None,
        };
        column![self.header(look, words.text(lead)), widget::person(look, &user.name, &user.address), below]
            .spacing(20)
            .into()
    }

    fn leave_buttons<'a>(&self, look: &Look) -> Vec<Element<'a, Message>> {
        let free = self.asked.is_none();
        vec![
            widget::secondary(look, look.words.text("identify-stay"), free.then_some(Message::GoOn)),
            widget::primary(look, look.words.text("identify-leave"), GO_ON, free.then_some(Message::SignOut)),
        ]
    }
}

/// Large, and spoken one by one, with what they are for.
fn shown_digits<'a>(look: &'a Look, digits: &str) -> Element<'a, Message> {
    let words = &look.words;
    let apart = digits.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let hint = words.text("identify-digits-hint");
    let spoken = format!("{}. {hint}", words.with("identify-digits", &[("digits", &apart)]));
    let line = row![widget::figures(look, apart), widget::body(look, hint).width(Fill)]
        .spacing(look.size(16.0))
        .align_y(Alignment::Center);
    widget::region(Role::Status, widget::card(look, line)).label(spoken).live().into()
}

fn link<'a>(look: &Look, id: &str, message: Message) -> Element<'a, Message> {
    let words = look.words.text(id);
    row![widget::link(look, None, words.clone(), words, message)].into()
}
