//! The window between the code and the move: everything is ready, nothing changes yet.

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::{Id, column};
use iced::{Color, Element};
use jiff::Timestamp;

use crate::agent::notice::Notice;
use crate::agent::theme::Style;
use crate::agent::widget::{self, Icon};
use crate::protocol::Helpdesk;

const CLOSE: &str = "waiting-close";

/// What is known while the person waits.
#[derive(Debug, Clone)]
pub struct Facts {
    pub project: String,
    pub helpdesk: Helpdesk,
    /// None while the organisation has not set it.
    pub cutover: Option<Timestamp>,
    pub address: String,
    /// The name of whoever said, or was found, to be the person here. None when the code named the person.
    pub signed_in: Option<String>,
    /// This computer is being looked at: what it has is not known yet.
    pub looking: bool,
    /// Name of the mail client that will be set up; None when none was found.
    pub client: Option<String>,
    /// Why the server cannot be asked at the moment.
    pub offline: Option<Notice>,
    /// Decides what "today" is.
    pub now: Timestamp,
}

#[derive(Debug, Clone)]
pub enum Message {
    Help(String),
    NotMe,
    Close,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    None,
    OpenLink(String),
    /// Somebody else is signed in here.
    NotMe,
    Close,
}

/// How far the move is for this person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    #[default]
    Waiting,
    /// The new profile is set up and proven.
    Moved,
    /// The person has gone back to the old profile.
    Undone,
}

#[derive(Debug, Clone)]
pub struct Waiting {
    pub facts: Facts,
    stage: Stage,
}

impl Waiting {
    pub fn new(facts: Facts) -> Self {
        Self { facts, stage: Stage::Waiting }
    }

    /// The same page for later, when it is opened from the tray after the move.
    #[must_use]
    pub fn at(mut self, stage: Stage) -> Self {
        self.stage = stage;
        self
    }

    /// Name of the window.
    pub fn title(&self, style: &Style) -> String {
        style.words.text(match self.stage {
            Stage::Waiting => "waiting-title",
            Stage::Moved => "confirmation-title",
            Stage::Undone => "undo-title-done",
        })
    }

    pub fn focus_target(&self) -> Id {
        Id::new(CLOSE)
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Help(link) => Action::OpenLink(link),
            Message::NotMe => Action::NotMe,
            Message::Close => Action::Close,
        }
    }

    /// "today at 17:40 (CET)"; None while it is not known or over.
    fn when(&self, style: &Style) -> Option<String> {
        let cutover = self.facts.cutover.filter(|cutover| *cutover > self.facts.now)?;
        let zoned = |moment: Timestamp| moment.to_zoned(style.zone.clone());
        Some(style.words.when(&zoned(cutover), &zoned(self.facts.now)))
    }

    pub fn view<'a>(&'a self, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let facts = &self.facts;
        let lead = match (self.when(style), facts.cutover) {
            _ if self.stage == Stage::Moved => words.with("waiting-lead-moved", &[("address", &facts.address)]),
            _ if self.stage == Stage::Undone => words.text("waiting-lead-undone"),
            (Some(when), _) => words.with("waiting-lead", &[("when", &when)]),
            (None, Some(_)) => words.text("waiting-lead-soon"),
            (None, None) => words.text("waiting-lead-unknown"),
        };
        let mut content = column![
            column![widget::title(style, self.title(style)), widget::lead(style, lead)].spacing(4),
            (self.stage == Stage::Waiting).then(|| self.timeline(style)),
        ]
        .spacing(12);
        content = content.push(match &facts.offline {
            _ if self.stage != Stage::Waiting => {
                widget::body(style, words.text("waiting-after")).color(style.palette.muted).into()
            }
            Some(notice) => widget::offline(style, notice),
            None => {
                let before = if facts.client.is_some() || facts.looking { "waiting-before" } else { "waiting-install" };
                widget::body(style, words.text(before)).color(style.palette.muted).into()
            }
        });
        let not_me = (self.stage == Stage::Waiting && facts.signed_in.is_some())
            .then(|| widget::secondary(style, words.text("card-not-me"), Some(Message::NotMe)));
        let close = widget::primary(style, words.text("close"), CLOSE, Some(Message::Close));
        let buttons = not_me.into_iter().chain([close]).collect();
        let help = widget::question(style, &facts.helpdesk, Message::Help);
        widget::page(style, content, help, buttons)
    }

    fn timeline<'a>(&self, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let p = &style.palette;
        let checked = match &self.facts.client {
            Some(client) => (Icon::Tick, p.success, words.with("waiting-checked", &[("client", client)])),
            None if self.facts.looking => (Icon::Dot, p.accent, words.text("waiting-looking")),
            None => (Icon::Warning, p.warning, words.text("waiting-no-client")),
        };
        let address = ("address", self.facts.address.as_str());
        let entered = match &self.facts.signed_in {
            Some(name) => words.with("waiting-signed-in", &[("name", name), address]),
            None => words.with("waiting-entered", &[address]),
        };
        let lines: [(Icon, Color, String); 4] = [
            (Icon::Tick, p.success, entered),
            checked,
            (Icon::Dot, p.accent, words.text("waiting-move")),
            (Icon::Ring, p.muted, words.text("waiting-done")),
        ];
        let list = lines.map(|(sign, color, line)| {
            widget::region(Role::ListItem, widget::item(style, sign, color, line.clone())).label(line).into()
        });
        widget::region(Role::List, widget::card(style, column(list).spacing(6)))
            .label(words.text("waiting-list"))
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::wizard::sample::{simulator, style};

    fn at(time: &str) -> Timestamp {
        time.parse().expect("a time")
    }

    fn page(cutover: Option<Timestamp>) -> Waiting {
        Waiting::new(Facts {
            project: "Sample".into(),
            helpdesk: Helpdesk::default(),
            cutover,
            address: "anna@new.example".into(),
            signed_in: None,
            looking: false,
            client: None,
            offline: None,
            now: at("2026-11-30T08:00:00Z"),
        })
    }

    #[test]
    fn the_time_of_the_move_is_told_with_its_zone() {
        let style = style();
        let page = page(Some(at("2026-11-30T17:40:00Z")));
        let lead = "Your mail moves today at 17:40 (UTC). Nothing changes on this computer until then.";
        assert!(simulator(page.view(&style)).find(lead).is_ok());
    }

    #[test]
    fn an_unknown_and_a_past_time_are_told_as_such() {
        let style = style();
        for (cutover, id) in [(None, "waiting-lead-unknown"), (Some(at("2026-11-30T07:59:00Z")), "waiting-lead-soon")] {
            let page = page(cutover);
            assert!(simulator(page.view(&style)).find(style.words.text(id).as_str()).is_ok(), "{id}");
        }
    }

    #[test]
    fn after_the_move_it_no_longer_promises_one() {
        let (page, style) = (page(Some(at("2026-11-30T07:00:00Z"))), style());
        for (stage, title) in
            [(Stage::Moved, "Your mail has moved"), (Stage::Undone, "You’re back on your old mailbox")]
        {
            let page = page.clone().at(stage);
            assert_eq!(page.title(&style), title);
            let mut shown = simulator(page.view(&style));
            assert!(shown.find(style.words.text("waiting-lead-soon").as_str()).is_err());
            assert!(shown.find(style.words.text("waiting-after").as_str()).is_ok());
        }
    }

    #[test]
    fn who_is_signed_in_is_named_and_can_say_that_it_is_somebody_else() {
        let (mut page, style) = (page(None), style());
        assert!(simulator(page.view(&style)).find("Not you?").is_err(), "the code named the person");
        page.facts.signed_in = Some("Anna".into());
        let mut shown = simulator(page.view(&style));
        assert!(shown.find("Signed in: Anna, anna@new.example").is_ok());
        shown.click("Not you?").expect("a button");
        let messages: Vec<_> = shown.into_messages().collect();
        assert!(matches!(messages[..], [Message::NotMe]));
        assert_eq!(page.update(Message::NotMe), Action::NotMe);
    }

    #[test]
    fn a_missing_mail_program_is_told_while_there_is_time() {
        let (page, style) = (page(None), style());
        assert!(simulator(page.view(&style)).find("No mail program found yet").is_ok());
    }
}
