//! The window that asks for the code from the mail, and for whom it is.

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::text::Wrapping;
use iced::widget::{Id, column};
use iced::{Element, Fill};

use crate::agent::code_entry::{CodeEntry, Handlers, Kinds};
use crate::agent::facts::Facts;
use crate::agent::host;
use crate::agent::notice::Notice;
use crate::agent::offer::Offer;
use crate::agent::theme::Style;
use crate::agent::widget::{self, Illustration};
use crate::protocol::{Activation, is_loopback};
use crate::secret::Secret;

const CONTINUE: &str = "code-continue";
const CONFIRM: &str = "code-confirm";

#[derive(Debug, Clone)]
pub enum Message {
    Typed(Secret),
    Pasted(Secret),
    Paste,
    Continue,
    Mine,
    NotMine,
    Help(String),
    Close,
}

#[derive(Debug, Clone)]
pub enum Action {
    None,
    /// Ask the server whose code this is: a person's or a project's, without grouping.
    Submit(Secret),
    /// Read the clipboard and call [`Enrolment::pasted`].
    Paste,
    /// It is this person: spend the code.
    Bind,
    /// It is someone else: forget what the server said.
    Discard,
    OpenLink(String),
    Close,
}

#[derive(Debug)]
enum Stage {
    Entry,
    /// The server was asked whose code this is.
    Asking,
    /// The server has said for whom the code is; nothing is bound.
    Found,
    /// The code is being spent.
    Binding,
}

#[derive(Debug)]
pub struct Enrolment {
    code: CodeEntry,
    stage: Stage,
    /// What a link or the name of a file has brought. The person looks whether the server is theirs.
    offer: Option<Offer>,
}

impl Default for Enrolment {
    fn default() -> Self {
        Self::new()
    }
}

impl Enrolment {
    pub fn new() -> Self {
        Self { code: CodeEntry::new(Kinds::Either), stage: Stage::Entry, offer: None }
    }

    /// Fills the code in, from the server that is named.
    pub fn offer(&mut self, offer: &Offer) {
        offer.code.iter().for_each(|code| self.code.fill(code));
        self.offer = Some(offer.clone());
    }

    /// The server that a link or the name of a file has brought.
    pub fn offered_server(&self) -> Option<&str> {
        self.offer.as_ref().map(|offer| offer.server.as_str())
    }

    /// Back to the server that is known; what was typed stays.
    pub fn leave_offer(&mut self) {
        self.offer = None;
    }

    /// Host of the server that the code goes to.
    fn host(&self, facts: &Facts<'_>) -> Option<String> {
        self.offer.as_ref().map(Offer::host).or_else(|| facts.server())
    }

    /// What is unexpected about the server that is offered, as id and argument of the words.
    fn doubt(&self, facts: &Facts<'_>) -> Option<(&'static str, &'static str, String)> {
        let host = self.offer.as_ref()?.host();
        if let Some(known) = facts.server() {
            return (known != host).then(|| ("code-server-other", "known", host::shown(&known)));
        }
        let sites = facts.sites();
        let is_elsewhere = !sites.is_empty() && !sites.contains(&host::site(&host));
        (is_elsewhere && !is_loopback(&host)).then(|| ("code-server-domain", "domain", sites.join(", ")))
    }

    /// Nothing was sent, and nobody is being asked whether it is them.
    pub fn is_open_for_input(&self) -> bool {
        matches!(self.stage, Stage::Entry)
    }

    /// Name of the window.
    pub fn title(&self, facts: &Facts<'_>, style: &Style) -> String {
        match (&self.stage, facts.pending) {
            (Stage::Found | Stage::Binding, Some(Activation { project, .. })) => {
                style.words.with("code-title-project", &[("project", &project.name)])
            }
            _ => style.words.text("code-title"),
        }
    }

    /// Where the keyboard is to be when the page appears.
    pub fn focus_target(&self) -> Id {
        match self.stage {
            Stage::Entry | Stage::Asking if self.is_filled() => Id::new(CONTINUE),
            Stage::Entry | Stage::Asking => CodeEntry::focus_target(),
            Stage::Found | Stage::Binding => Id::new(CONFIRM),
        }
    }

    pub fn update(&mut self, message: Message) -> Action {
        match (message, &self.stage) {
            (Message::Typed(text), Stage::Entry) => self.code.typed(text.reveal()),
            (Message::Pasted(text), Stage::Entry) => self.pasted(text.reveal().to_owned()),
            (Message::Paste, Stage::Entry) => return Action::Paste,
            (Message::Continue, Stage::Entry) => return self.submit(),
            (Message::Mine, Stage::Found) => {
                self.stage = Stage::Binding;
                return Action::Bind;
            }
            (Message::NotMine, Stage::Found) => {
                self.code = CodeEntry::new(Kinds::Either);
                self.stage = Stage::Entry;
                return Action::Discard;
            }
            (Message::Help(link), _) => return Action::OpenLink(link),
            (Message::Close, _) => return Action::Close,
            _ => {}
        }
        Action::None
    }

    /// What the clipboard held: a code in any form, alone or in the middle of a mail.
    pub fn pasted(&mut self, text: String) {
        self.code.pasted(text);
    }

    /// The server did not take the code, or could not be asked.
    pub fn refused(&mut self, notice: Notice) {
        self.stage = Stage::Entry;
        self.code.refused(notice);
    }

    /// The server knows the code.
    pub fn found(&mut self) {
        self.stage = Stage::Found;
    }

    fn is_filled(&self) -> bool {
        self.offer.is_some() && self.code.is_filled()
    }

    fn submit(&mut self) -> Action {
        let Some(code) = self.code.submit() else { return Action::None };
        self.stage = Stage::Asking;
        Action::Submit(code)
    }

    pub fn view<'a>(&'a self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
        match &self.stage {
            Stage::Entry => self.entry(facts, style, false),
            Stage::Asking => self.entry(facts, style, true),
            Stage::Found => self.card(facts, style, false),
            Stage::Binding => self.card(facts, style, true),
        }
    }

    fn entry<'a>(&'a self, facts: &Facts<'_>, style: &'a Style, busy: bool) -> Element<'a, Message> {
        let words = &style.words;
        let busy_line = busy.then(|| words.text("code-busy"));
        let handlers = Handlers { typed: Message::Typed, paste: Message::Paste, submit: Message::Continue };
        let hint = if self.is_filled() { "code-filled" } else { "code-none" };
        let doubt = self.doubt(facts);
        let hint = match &doubt {
            Some(_) => None,
            None => Some(words.text(hint)),
        };
        let content = column![
            widget::header(style, self.title(facts, style), words.text("code-lead"), Illustration::Code),
            self.code.view(style, busy_line, hint, handlers),
            self.host(facts).map(|host| server(style, &host)),
            doubt.map(|(id, name, value)| widget::slip(style, words.with(id, &[(name, value.as_str())]))),
        ]
        .spacing(if self.offer.is_some() { 12 } else { 20 });
        let go_on = (!busy).then_some(Message::Continue);
        let buttons = vec![widget::primary(style, words.text("code-continue"), CONTINUE, go_on)];
        widget::page(style, content, None, buttons)
    }

    fn card<'a>(&'a self, facts: &Facts<'_>, style: &'a Style, busy: bool) -> Element<'a, Message> {
        let words = &style.words;
        let user = facts.pending.and_then(|activation| activation.user.as_ref());
        let mut content = column![
            widget::header(style, self.title(facts, style), words.text("card-lead"), Illustration::Code),
            user.map(|user| widget::person(style, &user.name, &user.address)),
        ]
        .spacing(20);
        content = content.push(if busy {
            widget::busy(style, words.text("card-busy"))
        } else {
            widget::body(style, words.text("card-hint")).color(style.palette.muted).into()
        });
        let buttons = vec![
            widget::secondary(style, words.text("card-not-me"), (!busy).then_some(Message::NotMine)),
            widget::primary(style, words.text("card-continue"), CONFIRM, (!busy).then_some(Message::Mine)),
        ];
        let help = widget::question(style, facts.helpdesk(), Message::Help);
        widget::page(style, content, help, buttons)
    }
}

/// Whose server it is, to be looked at before anything goes there.
fn server<'a>(style: &'a Style, host: &str) -> Element<'a, Message> {
    let shown = style.words.with("code-server", &[("host", &host::shown(host))]);
    let told = style.words.with("code-server", &[("host", host)]);
    let line = widget::strong(style, shown).width(Fill).wrapping(Wrapping::WordOrGlyph);
    widget::region(Role::Status, line).label(told).live().into()
}

#[cfg(test)]
mod tests;
