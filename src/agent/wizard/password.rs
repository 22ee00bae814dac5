//! Page 2: the password of the new mailbox, and the one button that commits.

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::{Id, column, radio, row};
use iced::{Alignment, Element, Fill};

use crate::agent::host;
use crate::agent::notice::Notice;
use crate::agent::theme::{FONT, Style};
use crate::agent::widget::{self, Icon, Illustration};
use crate::agent::wizard::{Choice, Facts, frame::Frame};
use crate::protocol::{Helpdesk, PasswordPolicy, PasswordRule};
use crate::secret::Secret;

const FIELD: &str = "password-field";
const REPEAT: &str = "password-repeat";
const MAIN: &str = "password-set-up";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Existing,
    Create,
}

#[derive(Debug, Clone)]
pub enum Message {
    Choose(Kind),
    Typed(Secret),
    Repeated(Secret),
    Show,
    SetUp,
    Back,
    Help(String),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    None,
    SetUp(Choice),
    Back,
    Focus(Id),
    OpenLink(String),
}

/// Why the button did not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slip {
    Empty,
    Rules,
    RepeatEmpty,
    RepeatDiffers,
}

pub struct Password {
    policy: PasswordPolicy,
    address: String,
    helpdesk: Helpdesk,
    client: String,
    signs_in_there: bool,
    /// Whom an existing password is sent to, and besides whom a new one.
    hosts: (String, String),
    /// What a guess at the password would try first.
    known: [String; 4],
    kind: Kind,
    existing: Secret,
    created: Secret,
    repeated: Secret,
    /// 0 (guessed at once) to 4 (strong), of the created one.
    strength: u8,
    shown: bool,
    slip: Option<Slip>,
    refused: Option<Notice>,
}

impl Password {
    pub fn new(facts: &Facts) -> Self {
        let policy = facts.project.password.clone();
        let kind = if policy.may_create && policy.prefer_create { Kind::Create } else { Kind::Existing };
        let user = &facts.user;
        Self {
            policy,
            address: user.new_address.clone(),
            helpdesk: facts.project.helpdesk.clone(),
            client: facts.client.clone(),
            signs_in_there: facts.signs_in_there,
            hosts: hosts(facts),
            known: [user.name.clone(), user.old_address.clone(), user.new_address.clone(), facts.project.name.clone()],
            kind,
            existing: Secret::default(),
            created: Secret::default(),
            repeated: Secret::default(),
            strength: 0,
            shown: false,
            slip: None,
            refused: None,
        }
    }

    /// What is known by now; what was typed and chosen stays.
    pub fn renew(&mut self, facts: &Facts) {
        let fresh = Self::new(facts);
        let kind = if fresh.policy.may_create { self.kind } else { Kind::Existing };
        let old = std::mem::replace(self, fresh);
        *self = Self {
            policy: self.policy.clone(),
            address: self.address.clone(),
            helpdesk: self.helpdesk.clone(),
            client: self.client.clone(),
            signs_in_there: self.signs_in_there,
            hosts: self.hosts.clone(),
            known: self.known.clone(),
            kind,
            ..old
        };
    }

    /// Whom the password is sent to.
    fn recipients<'a>(&self, style: &'a Style) -> Option<Element<'a, Message>> {
        let (host, server) = (host::shown(&self.hosts.0), host::shown(&self.hosts.1));
        let line = match self.kind {
            Kind::Create => style.words.with("password-sent-new", &[("host", &host), ("server", &server)]),
            Kind::Existing if host.is_empty() => return None,
            Kind::Existing => style.words.with("password-sent", &[("host", &host)]),
        };
        Some(widget::small(style, line).into())
    }

    pub fn focus_target(&self) -> Id {
        Id::new(if self.asks_nothing() { MAIN } else { FIELD })
    }

    /// An existing password that is typed into the mail client's own window only.
    fn asks_nothing(&self) -> bool {
        self.signs_in_there && self.kind == Kind::Existing
    }

    /// The mail server or the directory did not take it; what was typed stays.
    pub fn refused(&mut self, notice: Notice) {
        self.refused = Some(notice);
        self.slip = None;
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Choose(kind) => {
                self.kind = kind;
                self.forget_trouble();
            }
            Message::Typed(text) => {
                self.forget_trouble();
                match self.kind {
                    Kind::Existing => self.existing = text,
                    Kind::Create => {
                        self.strength = self.strength_of(&text);
                        self.created = text;
                    }
                }
            }
            Message::Repeated(text) => {
                self.forget_trouble();
                self.repeated = text;
            }
            Message::Show => self.shown = !self.shown,
            Message::SetUp => return self.set_up(),
            Message::Back => return Action::Back,
            Message::Help(link) => return Action::OpenLink(link),
        }
        Action::None
    }

    fn forget_trouble(&mut self) {
        self.slip = None;
        self.refused = None;
    }

    fn strength_of(&self, text: &Secret) -> u8 {
        let known: Vec<&str> = self.known.iter().map(String::as_str).collect();
        zxcvbn::zxcvbn(text.reveal(), &known).score().into()
    }

    fn set_up(&mut self) -> Action {
        if self.asks_nothing() {
            return Action::SetUp(Choice::SignInThere);
        }
        let creates = self.kind == Kind::Create;
        let typed = if creates { &self.created } else { &self.existing };
        let slip = if typed.is_empty() {
            Some(Slip::Empty)
        } else if creates && !self.policy.rules.all_met_by(typed.reveal()) {
            Some(Slip::Rules)
        } else if creates && self.repeated.is_empty() {
            Some(Slip::RepeatEmpty)
        } else if creates && self.repeated != *typed {
            Some(Slip::RepeatDiffers)
        } else {
            None
        };
        self.refused = None;
        self.slip = slip;
        match (slip, self.kind) {
            (Some(Slip::Empty | Slip::Rules), _) => Action::Focus(Id::new(FIELD)),
            (Some(Slip::RepeatEmpty | Slip::RepeatDiffers), _) => Action::Focus(Id::new(REPEAT)),
            (None, Kind::Existing) => Action::SetUp(Choice::Existing(self.existing.clone())),
            (None, Kind::Create) => Action::SetUp(Choice::Create(self.created.clone())),
        }
    }

    pub fn view<'a>(&'a self, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let fields = match self.kind {
            Kind::Existing if self.signs_in_there => self.there(style),
            Kind::Existing => self.existing(style),
            Kind::Create => self.create(style),
        };
        // Above the fields: it is seen even where the page scrolls. Always in one place of its own: the field would lose
        // the keyboard if it moved when the notice goes, which is at the first key.
        let mut above = column![].spacing(16).width(Fill);
        above = above.push(self.policy.may_create.then(|| self.choice(style)));
        above = above.push(self.refused.as_ref().map(|notice| widget::notice(style, notice)));
        let gap = if self.policy.may_create || self.refused.is_some() { 16 } else { 0 };
        let content = column![above, fields].spacing(gap).width(Fill);
        Frame {
            step: 1,
            drawing: Illustration::Password,
            dense: false,
            title: words.text("password-title"),
            lead: Some(words.with("password-lead", &[("address", &self.address)])),
            content: content.into(),
            help: widget::question(style, &self.helpdesk, Message::Help),
            buttons: vec![
                widget::secondary(style, words.text("back"), Some(Message::Back)),
                widget::primary(style, words.text("password-set-up"), MAIN, Some(Message::SetUp)),
            ],
        }
        .view(style)
    }

    fn choice<'a>(&self, style: &'a Style) -> Element<'a, Message> {
        let options = [(Kind::Existing, "password-existing"), (Kind::Create, "password-create")];
        let radios = options.map(|(kind, id)| {
            radio(style.words.text(id), kind, Some(self.kind), Message::Choose)
                .size(style.size(18.0))
                .text_size(style.size(14.0))
                .spacing(10)
                .font(FONT)
                .style(style.choice())
        });
        let radios = radios.map(|radio| widget::named(radio).ring(style.palette.accent, 4.0).into());
        let group: Element<'a, Message> =
            if style.is_large() { column(radios).spacing(10).into() } else { row(radios).spacing(24).into() };
        widget::region(Role::RadioGroup, group).label(style.words.text("password-choice")).into()
    }

    /// What will happen, in place of a field.
    fn there<'a>(&'a self, style: &'a Style) -> Element<'a, Message> {
        let facts = [("client", self.client.as_str()), ("address", &self.address)];
        widget::note(style, Icon::Info, style.words.with("password-there", &facts))
    }

    fn existing<'a>(&'a self, style: &'a Style) -> Element<'a, Message> {
        let empty = self.slip.map(|_| style.words.text("password-slip-empty"));
        let label = style.words.text("password-field");
        let mut content = column![self.labelled(style, FIELD, label, &self.existing, empty.clone())].spacing(8);
        content = content.push(match empty {
            Some(line) => widget::slip(style, line),
            None => widget::small(style, style.words.text("password-existing-hint")).into(),
        });
        content.push(self.recipients(style)).into()
    }

    fn create<'a>(&'a self, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let (first, second) = match self.slip {
            Some(Slip::Empty) => (Some(words.text("password-slip-new")), None),
            Some(Slip::Rules) => (Some(words.text("password-slip-rules")), None),
            Some(Slip::RepeatEmpty) => (None, Some(words.text("password-slip-repeat"))),
            Some(Slip::RepeatDiffers) => (None, Some(words.text("password-slip-differs"))),
            None => (None, None),
        };
        let field = self.labelled(style, FIELD, words.text("password-new"), &self.created, first.clone());
        let repeat = self.labelled(style, REPEAT, words.text("password-repeat"), &self.repeated, second.clone());
        // Each slip beside its own field: what comes and goes must not move the other field, or it loses the keyboard.
        let with_slip =
            |field, slip: Option<String>| column![field].spacing(8).push(slip.map(|line| widget::slip(style, line)));
        let fields = column![with_slip(field, first), self.rules(style), with_slip(repeat, second)].spacing(8);
        fields.push(self.recipients(style)).into()
    }

    fn labelled<'a>(
        &self,
        style: &'a Style,
        id: &'static str,
        label: String,
        value: &'a Secret,
        wrong: Option<String>,
    ) -> Element<'a, Message> {
        let message = if id == REPEAT { Message::Repeated } else { Message::Typed };
        let field =
            widget::Field { id, label: label.clone(), value: value.reveal(), secure: !self.shown, wrong, revision: 0 };
        let input = widget::field(style, field, Some(move |text: String| message(text.into())), Message::SetUp);
        let mut line = row![input].spacing(8).align_y(Alignment::Center);
        if id == FIELD {
            let (sign, id) = if self.shown { (Icon::EyeOff, "password-hide") } else { (Icon::Eye, "password-show") };
            let label = style.words.text(&format!("{id}-label"));
            line = line.push(widget::link(style, Some(sign), style.words.text(id), label, Message::Show));
        }
        column![widget::body(style, label), line].spacing(4).into()
    }

    fn rules<'a>(&self, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let p = &style.palette;
        let mut cells: Vec<Element<'a, Message>> = Vec::new();
        for (rule, met) in self.policy.rules.met_by(self.created.reveal()) {
            let text = match rule {
                PasswordRule::MinLength(count) => words.with("rule-length", &[("count", &count.to_string())]),
                PasswordRule::UpperAndLower => words.text("rule-upper-and-lower"),
                PasswordRule::Digit => words.text("rule-digit"),
                PasswordRule::Symbol => words.text("rule-symbol"),
            };
            let (sign, color) = if met { (Icon::Tick, p.success) } else { (Icon::Ring, p.muted) };
            let state = words.with(if met { "rule-met" } else { "rule-open" }, &[("rule", &text)]);
            cells.push(widget::region(Role::ListItem, widget::item(style, sign, color, text)).label(state).into());
        }
        let mut list = column![].spacing(4);
        let mut cells = cells.into_iter().peekable();
        while cells.peek().is_some() {
            // Two beside each other, so that the whole page is seen at once.
            let beside = if style.is_large() { 1 } else { 2 };
            list = list.push(row(cells.by_ref().take(beside)).spacing(8));
        }
        let list = widget::region(Role::List, list).label(words.text("password-rules"));
        column![list, self.strength(style)].spacing(4).into()
    }

    fn strength<'a>(&self, style: &'a Style) -> Option<Element<'a, Message>> {
        let p = &style.palette;
        let (sign, color) = match self.strength {
            0..=1 => (Icon::Warning, p.danger),
            2 => (Icon::Warning, p.warning),
            _ => (Icon::Tick, p.success),
        };
        let line = style.words.text(&format!("strength-{}", self.strength));
        let item = widget::item(style, sign, color, line.clone());
        (!self.created.is_empty()).then(|| widget::region(Role::Status, item).label(line).live().into())
    }
}

fn hosts(facts: &Facts) -> (String, String) {
    let account = facts.project.account.as_ref();
    (account.map(|account| account.incoming.host.clone()).unwrap_or_default(), facts.server.clone())
}

#[cfg(test)]
mod tests;
