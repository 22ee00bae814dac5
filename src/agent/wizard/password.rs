//! Page 2: the password of the new mailbox, and the one button that commits.

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::{Id, column, radio, row};
use iced::{Alignment, Element, Fill};

use crate::agent::facts::Facts;
use crate::agent::host;
use crate::agent::notice::Notice;
use crate::agent::theme::{FONT, Style};
use crate::agent::widget::{self, Icon, Illustration};
use crate::agent::wizard::{Choice, frame::Frame};
use crate::protocol::PasswordRule;
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

#[derive(Default)]
pub struct Password {
    /// None: what the project prefers.
    chosen: Option<Kind>,
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
    /// What the person has chosen, as far as the project allows it.
    fn kind(&self, facts: &Facts<'_>) -> Kind {
        let policy = facts.policy();
        let preferred = if policy.prefer_create { Kind::Create } else { Kind::Existing };
        if policy.may_create { self.chosen.unwrap_or(preferred) } else { Kind::Existing }
    }

    /// Whom the password is sent to.
    fn recipients<'a>(&self, facts: &Facts<'_>, style: &'a Style) -> Option<Element<'a, Message>> {
        let host = facts.account().map(|account| host::shown(&account.incoming.host)).unwrap_or_default();
        let server = host::shown(&facts.server().unwrap_or_default());
        let line = match self.kind(facts) {
            Kind::Create => style.words.with("password-sent-new", &[("host", &host), ("server", &server)]),
            Kind::Existing if host.is_empty() => return None,
            Kind::Existing => style.words.with("password-sent", &[("host", &host)]),
        };
        Some(widget::small(style, line).into())
    }

    pub fn focus_target(&self, facts: &Facts<'_>) -> Id {
        Id::new(if self.asks_nothing(facts) { MAIN } else { FIELD })
    }

    /// An existing password that is typed into the mail client's own window only.
    fn asks_nothing(&self, facts: &Facts<'_>) -> bool {
        facts.signs_in_there() && self.kind(facts) == Kind::Existing
    }

    /// The mail server or the directory did not take it; what was typed stays.
    pub fn refused(&mut self, notice: Notice) {
        self.refused = Some(notice);
        self.slip = None;
    }

    pub fn update(&mut self, message: Message, facts: &Facts<'_>) -> Action {
        match message {
            Message::Choose(kind) => {
                self.chosen = Some(kind);
                self.forget_trouble();
            }
            Message::Typed(text) => {
                self.forget_trouble();
                match self.kind(facts) {
                    Kind::Existing => self.existing = text,
                    Kind::Create => {
                        self.strength = strength(&text, facts);
                        self.created = text;
                    }
                }
            }
            Message::Repeated(text) => {
                self.forget_trouble();
                self.repeated = text;
            }
            Message::Show => self.shown = !self.shown,
            Message::SetUp => return self.set_up(facts),
            Message::Back => return Action::Back,
            Message::Help(link) => return Action::OpenLink(link),
        }
        Action::None
    }

    fn forget_trouble(&mut self) {
        self.slip = None;
        self.refused = None;
    }

    fn set_up(&mut self, facts: &Facts<'_>) -> Action {
        if self.asks_nothing(facts) {
            return Action::SetUp(Choice::SignInThere);
        }
        let kind = self.kind(facts);
        let creates = kind == Kind::Create;
        let typed = if creates { &self.created } else { &self.existing };
        let slip = if typed.is_empty() {
            Some(Slip::Empty)
        } else if creates && !facts.policy().rules.all_met_by(typed.reveal()) {
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
        match (slip, kind) {
            (Some(Slip::Empty | Slip::Rules), _) => Action::Focus(Id::new(FIELD)),
            (Some(Slip::RepeatEmpty | Slip::RepeatDiffers), _) => Action::Focus(Id::new(REPEAT)),
            (None, Kind::Existing) => Action::SetUp(Choice::Existing(self.existing.clone())),
            (None, Kind::Create) => Action::SetUp(Choice::Create(self.created.clone())),
        }
    }

    pub fn view<'a>(&'a self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let may_create = facts.policy().may_create;
        let fields = match self.kind(facts) {
            Kind::Existing if facts.signs_in_there() => there(facts, style),
            Kind::Existing => self.existing(facts, style),
            Kind::Create => self.create(facts, style),
        };
        // Above the fields: it is seen even where the page scrolls. Always in one place of its own: the field would lose
        // the keyboard if it moved when the notice goes, which is at the first key.
        let mut above = column![].spacing(16).width(Fill);
        above = above.push(may_create.then(|| choice(self.kind(facts), style)));
        above = above.push(self.refused.as_ref().map(|notice| widget::notice(style, notice)));
        let gap = if may_create || self.refused.is_some() { 16 } else { 0 };
        let content = column![above, fields].spacing(gap).width(Fill);
        Frame {
            step: 1,
            drawing: Illustration::Password,
            dense: false,
            title: words.text("password-title"),
            lead: Some(words.with("password-lead", &[("address", &facts.user().new_address)])),
            content: content.into(),
            help: widget::question(style, facts.helpdesk(), Message::Help),
            buttons: vec![
                widget::secondary(style, words.text("back"), Some(Message::Back)),
                widget::primary(style, words.text("password-set-up"), MAIN, Some(Message::SetUp)),
            ],
        }
        .view(style)
    }

    fn existing<'a>(&'a self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
        let empty = self.slip.map(|_| style.words.text("password-slip-empty"));
        let label = style.words.text("password-field");
        let mut content = column![self.labelled(style, FIELD, label, &self.existing, empty.clone())].spacing(8);
        content = content.push(match empty {
            Some(line) => widget::slip(style, line),
            None => widget::small(style, style.words.text("password-existing-hint")).into(),
        });
        content.push(self.recipients(facts, style)).into()
    }

    fn create<'a>(&'a self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
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
        let fields = column![with_slip(field, first), self.rules(facts, style), with_slip(repeat, second)].spacing(8);
        fields.push(self.recipients(facts, style)).into()
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

    fn rules<'a>(&self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let p = &style.palette;
        let mut cells: Vec<Element<'a, Message>> = Vec::new();
        for (rule, met) in facts.policy().rules.met_by(self.created.reveal()) {
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
        column![list, self.told_strength(style)].spacing(4).into()
    }

    fn told_strength<'a>(&self, style: &'a Style) -> Option<Element<'a, Message>> {
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

fn choice<'a>(chosen: Kind, style: &'a Style) -> Element<'a, Message> {
    let options = [(Kind::Existing, "password-existing"), (Kind::Create, "password-create")];
    let radios = options.map(|(kind, id)| {
        radio(style.words.text(id), kind, Some(chosen), Message::Choose)
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
fn there<'a>(facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
    let arguments = [("client", facts.client()), ("address", facts.user().new_address.as_str())];
    widget::note(style, Icon::Info, style.words.with("password-there", &arguments))
}

/// 0 (guessed at once) to 4 (strong). A guess would begin with what is known of the person.
fn strength(password: &Secret, facts: &Facts<'_>) -> u8 {
    let user = facts.user();
    let known = [user.name.as_str(), &user.old_address, &user.new_address, facts.project_name()];
    zxcvbn::zxcvbn(password.reveal(), &known).score().into()
}

#[cfg(test)]
mod tests;
