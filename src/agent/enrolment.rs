//! The window that asks for the code from the mail, and for whom it is.

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::{Id, column, container, row};
use iced::{Alignment, Element, Fill, Padding};

use crate::agent::notice::Notice;
use crate::agent::offer::Offer;
use crate::agent::theme::Look;
use crate::agent::widget::{self, Icon, Illustration};
use crate::code::{self, Slip};
use crate::protocol::Helpdesk;
use crate::secret::Secret;

const FIELD: &str = "code-field";
const CONTINUE: &str = "code-continue";
const CONFIRM: &str = "code-confirm";
/// Characters that the field takes at most when a text that is no code is pasted; a mail is cut, a slip is not.
const FIELD_LIMIT: usize = 40;

/// For whom a code is, as the server tells it before anything is bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    pub project: String,
    pub helpdesk: Helpdesk,
    pub name: String,
    /// Masked: `a***@example.org`.
    pub address: String,
}

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
    /// Ask the server whose code this is.
    Submit(code::Code),
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
    Found(Card),
    /// The code is being spent.
    Binding(Card),
}

#[derive(Debug)]
enum Trouble {
    Slip(Slip),
    Refused { notice: Notice, tries_left: Option<u32> },
}

#[derive(Debug)]
pub struct Enrolment {
    typed: Secret,
    /// Rises whenever the field's text was changed by us, so that the caret goes to its end.
    revision: u64,
    stage: Stage,
    trouble: Option<Trouble>,
    /// Host of the server that a link or the name of a file has brought. The person looks whether it is theirs.
    offered_by: Option<String>,
}

impl Default for Enrolment {
    fn default() -> Self {
        Self::new()
    }
}

impl Enrolment {
    pub fn new() -> Self {
        Self { typed: Secret::default(), revision: 0, stage: Stage::Entry, trouble: None, offered_by: None }
    }

    /// With the code filled in, from the server that is named.
    pub fn offered(offer: &Offer) -> Self {
        let typed = offer.code.clone().unwrap_or_default();
        Self { typed, revision: 1, offered_by: Some(offer.host()), ..Self::new() }
    }

    /// Nothing was sent, and nobody is being asked whether it is them.
    pub fn is_open_for_input(&self) -> bool {
        matches!(self.stage, Stage::Entry)
    }

    /// Name of the window.
    pub fn title(&self, look: &Look) -> String {
        match &self.stage {
            Stage::Entry | Stage::Asking => look.words.text("code-title"),
            Stage::Found(card) | Stage::Binding(card) => {
                look.words.with("code-title-project", &[("project", &card.project)])
            }
        }
    }

    /// Where the keyboard is to be when the page appears.
    pub fn focus_target(&self) -> Id {
        match self.stage {
            Stage::Entry | Stage::Asking if self.is_filled() => Id::new(CONTINUE),
            Stage::Entry | Stage::Asking => Id::new(FIELD),
            Stage::Found(_) | Stage::Binding(_) => Id::new(CONFIRM),
        }
    }

    pub fn update(&mut self, message: Message) -> Action {
        match (message, &self.stage) {
            (Message::Typed(text), Stage::Entry) => self.typed(text.reveal()),
            (Message::Pasted(text), Stage::Entry) => self.pasted(text.reveal().to_owned()),
            (Message::Paste, Stage::Entry) => return Action::Paste,
            (Message::Continue, Stage::Entry) => return self.submit(),
            (Message::Mine, Stage::Found(card)) => {
                self.stage = Stage::Binding(card.clone());
                return Action::Bind;
            }
            (Message::NotMine, Stage::Found(_)) => {
                *self = Self::new();
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
        let text = Secret::new(text);
        self.trouble = None;
        self.revision += 1;
        self.typed = match code::Code::parse(text.reveal()) {
            Ok(code) => code.grouped().into(),
            Err(slip) => {
                self.trouble = Some(Trouble::Slip(slip));
                let line = text.reveal().split_whitespace().collect::<Vec<_>>().join(" ");
                line.chars().take(FIELD_LIMIT).collect::<String>().into()
            }
        };
    }

    /// The server did not take the code, or could not be asked.
    pub fn refused(&mut self, notice: Notice, tries_left: Option<u32>) {
        self.stage = Stage::Entry;
        self.trouble = Some(Trouble::Refused { notice, tries_left });
    }

    /// The server knows the code.
    pub fn found(&mut self, card: Card) {
        self.stage = Stage::Found(card);
        self.trouble = None;
    }

    fn is_filled(&self) -> bool {
        self.offered_by.is_some() && !self.typed.is_empty() && self.trouble.is_none()
    }

    fn typed(&mut self, text: &str) {
        self.trouble = None;
        let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
        let (before, after) = (plain(self.typed.reveal()), plain(&code::grouped(text)));
        let appended = after.len() > before.len() && after.starts_with(&before);
        let grouped = code::grouped(text);
        // Grouping in the middle of an edit would move what the person looks at.
        if appended && grouped != text {
            self.typed = grouped.into();
            self.revision += 1;
        } else {
            self.typed = Secret::new(text);
        }
    }

    fn submit(&mut self) -> Action {
        match code::Code::parse(self.typed.reveal()) {
            Ok(code) => {
                self.stage = Stage::Asking;
                self.trouble = None;
                Action::Submit(code)
            }
            Err(slip) => {
                self.trouble = Some(Trouble::Slip(slip));
                Action::None
            }
        }
    }

    pub fn view<'a>(&'a self, look: &'a Look) -> Element<'a, Message> {
        match &self.stage {
            Stage::Entry => self.entry(look, false),
            Stage::Asking => self.entry(look, true),
            Stage::Found(card) => self.card(look, card, false),
            Stage::Binding(card) => self.card(look, card, true),
        }
    }

    fn entry<'a>(&'a self, look: &'a Look, busy: bool) -> Element<'a, Message> {
        let words = &look.words;
        let trouble = self.trouble.as_ref().map(|trouble| explain(look, trouble));
        let field = widget::Field {
            id: FIELD,
            label: words.text("code-field"),
            value: self.typed.reveal(),
            secure: false,
            wrong: trouble.clone(),
            revision: self.revision,
        };
        let on_input = (!busy).then_some(|text: String| Message::Typed(text.into()));
        let input = widget::field(look, field, on_input, Message::Continue);
        let paste = widget::link(
            look,
            Some(Icon::Paste),
            words.text("code-paste"),
            words.text("code-paste-label"),
            Message::Paste,
        );
        let below = match (&self.trouble, trouble, busy) {
            (_, _, true) => widget::busy(look, words.text("code-busy")),
            (Some(Trouble::Refused { notice, .. }), Some(line), _) => {
                column![widget::slip(look, line), widget::small(look, notice.reference(words))].spacing(4).into()
            }
            (_, Some(line), _) => widget::slip(look, line),
            _ if self.is_filled() => self.offer(look),
            _ => widget::body(look, words.text("code-none")).color(look.palette.muted).into(),
        };
        let content = column![
            header(look, self.title(look), words.text("code-lead")),
            column![
                widget::body(look, words.text("code-field")),
                row![input, paste].spacing(8).align_y(Alignment::Center),
                below,
            ]
            .spacing(8),
        ]
        .spacing(20);
        let go_on = (!busy).then_some(Message::Continue);
        let buttons = vec![widget::primary(look, words.text("code-continue"), CONTINUE, go_on)];
        widget::page(look, content, None, buttons)
    }

    /// Whose server it is, to be looked at before anything goes there.
    fn offer<'a>(&self, look: &Look) -> Element<'a, Message> {
        let words = &look.words;
        let server = words.with("code-server", &[("host", self.offered_by.as_deref().unwrap_or_default())]);
        let told = words.text("code-filled");
        let label = format!("{told} {server}");
        let lines =
            column![widget::body(look, told).color(look.palette.muted), widget::strong(look, server)].spacing(4);
        widget::region(Role::Status, lines).label(label).live().into()
    }

    fn card<'a>(&'a self, look: &'a Look, card: &'a Card, busy: bool) -> Element<'a, Message> {
        let words = &look.words;
        let person = column![
            widget::strong(look, card.name.clone()),
            widget::body(look, card.address.as_str()).color(look.palette.muted)
        ]
        .spacing(4);
        let label = format!("{}, {}", card.name, card.address);
        let mut content = column![
            header(look, self.title(look), words.text("card-lead")),
            widget::region(Role::Group, widget::card(look, person)).label(label).live(),
        ]
        .spacing(20);
        content = content.push(if busy {
            widget::busy(look, words.text("card-busy"))
        } else {
            widget::body(look, words.text("card-hint")).color(look.palette.muted).into()
        });
        let buttons = vec![
            widget::secondary(look, words.text("card-not-me"), (!busy).then_some(Message::NotMine)),
            widget::primary(look, words.text("card-continue"), CONFIRM, (!busy).then_some(Message::Mine)),
        ];
        let help = widget::question(look, &card.helpdesk, Message::Help);
        widget::page(look, content, help, buttons)
    }
}

fn header<'a>(look: &Look, title: String, lead: String) -> Element<'a, Message> {
    let texts = column![widget::title(look, title), widget::lead(look, lead)].spacing(8).width(Fill);
    if look.is_large() {
        return texts.into();
    }
    let drawing =
        container(widget::illustration(look, Illustration::Code, look.size(96.0))).padding(Padding::ZERO.top(4.0));
    row![texts, drawing].spacing(16).into()
}

fn explain(look: &Look, trouble: &Trouble) -> String {
    let words = &look.words;
    match trouble {
        Trouble::Slip(Slip::Empty) => words.text("code-slip-empty"),
        Trouble::Slip(Slip::Character(c)) => words.with("code-slip-character", &[("character", &c.to_string())]),
        Trouble::Slip(Slip::TooShort(count)) => words.with("code-slip-short", &[("count", &count.to_string())]),
        Trouble::Slip(Slip::TooLong(count)) => words.with("code-slip-long", &[("count", &count.to_string())]),
        Trouble::Slip(Slip::Check) => words.text("code-slip-check"),
        Trouble::Refused { notice, tries_left } => {
            let mut told = format!("{} {}", notice.what(words), notice.remedy(words));
            if let Some(tries) = tries_left {
                told = format!("{told} {}", words.with("code-tries-left", &[("tries", &tries.to_string())]));
            }
            told
        }
    }
}

#[cfg(test)]
mod tests;
