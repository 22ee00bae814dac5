//! The page that goes back to the old profile.

use iced::widget::{Id, column};
use iced::{Element, Fill};
use jiff::Timestamp;

use crate::agent::facts::Facts;
use crate::agent::notice::Notice;
use crate::agent::theme::Style;
use crate::agent::widget::{self, Icon};

const GO_BACK: &str = "undo-go-back";
const CLOSE: &str = "undo-close";

#[derive(Debug, Clone)]
pub enum Message {
    GoBack,
    Keep,
    Help(String),
    Close,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    None,
    /// Go back now; then call [`Undo::done`] or [`Undo::failed`].
    GoBack,
    /// Leave everything as it is.
    Keep,
    OpenLink(String),
    Close,
}

#[derive(Debug, Clone, Default)]
enum Stage {
    #[default]
    Asking,
    Busy,
    /// The mail client is still open: the person is asked to close it.
    WaitingForClose,
    Done,
    Failed {
        notice: Notice,
        /// It was begun, and is gone on with.
        unfinished: bool,
    },
}

#[derive(Debug, Clone, Default)]
pub struct Undo {
    stage: Stage,
}

impl Undo {
    /// Name of the window.
    pub fn title(&self, style: &Style) -> String {
        style.words.text(if matches!(self.stage, Stage::Done) { "undo-title-done" } else { "undo-title" })
    }

    pub fn focus_target(&self) -> Id {
        Id::new(if matches!(self.stage, Stage::Done) { CLOSE } else { GO_BACK })
    }

    pub fn update(&mut self, message: Message) -> Action {
        match (message, &self.stage) {
            (Message::GoBack, Stage::Asking | Stage::Failed { .. }) => {
                self.stage = Stage::Busy;
                Action::GoBack
            }
            (Message::Keep, Stage::Asking | Stage::Failed { .. }) => Action::Keep,
            (Message::Help(link), _) => Action::OpenLink(link),
            (Message::Close, _) => Action::Close,
            // A second click on a button that has already done its work.
            (Message::GoBack | Message::Keep, _) => Action::None,
        }
    }

    /// The way back has begun, by the person or by the operator.
    pub fn busy(&mut self) {
        self.stage = Stage::Busy;
    }

    pub fn waiting_for_close(&mut self) {
        self.stage = Stage::WaitingForClose;
    }

    /// The old profile is the default again.
    pub fn done(&mut self) {
        self.stage = Stage::Done;
    }

    pub fn failed(&mut self, notice: Notice, unfinished: bool) {
        self.stage = Stage::Failed { notice, unfinished };
    }

    pub fn view<'a>(&'a self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let client = facts.client();
        let old = match &facts.state.old_profile {
            Some(name) => words.with("undo-named-profile", &[("profile", name)]),
            None => words.text("undo-old-profile"),
        };
        let arguments = [("client", client), ("profile", old.as_str())];
        let lead = match (&self.stage, facts.state.undo_due) {
            (Stage::Done, _) => words.with("undo-lead-done", &arguments),
            (Stage::Asking, Some(at)) => {
                let zoned = |at: Timestamp| at.to_zoned(style.zone.clone());
                let when = words.when(&zoned(at), &zoned(facts.now));
                words.with("undo-lead-ordered", &[arguments[0], arguments[1], ("when", &when)])
            }
            _ => words.with("undo-lead", &arguments),
        };
        let mut content =
            column![column![widget::title(style, self.title(style)), widget::lead(style, lead)].spacing(8)]
                .spacing(16)
                .width(Fill);
        content = content.push(match &self.stage {
            Stage::Asking => Some(widget::note(style, Icon::Info, words.text("undo-stays"))),
            Stage::Busy => Some(widget::busy(style, words.with("undo-busy", &arguments))),
            Stage::WaitingForClose => {
                Some(widget::note(style, Icon::Info, words.with("status-close-hint", &arguments)))
            }
            Stage::Failed { notice, .. } => Some(widget::notice(style, notice)),
            Stage::Done => None,
        });
        let buttons = match &self.stage {
            Stage::Done => vec![widget::primary(style, words.text("close"), CLOSE, Some(Message::Close))],
            stage => {
                let free = !matches!(stage, Stage::Busy | Stage::WaitingForClose);
                let (other, leave, again) = match stage {
                    // Half done: the new one cannot be kept as it is.
                    Stage::Failed { unfinished: true, .. } => ("close", Message::Close, "undo-again"),
                    Stage::Failed { .. } => ("undo-keep", Message::Keep, "try-again"),
                    _ => ("undo-keep", Message::Keep, "undo-go-back"),
                };
                vec![
                    widget::secondary(style, words.text(other), free.then_some(leave)),
                    widget::primary(style, words.text(again), GO_BACK, free.then_some(Message::GoBack)),
                ]
            }
        };
        let help = widget::question(style, facts.helpdesk(), Message::Help);
        widget::page(style, content, help, buttons)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::wizard::sample::{known, simulator, style};
    use crate::problem::ResponseCode;

    #[test]
    fn going_back_happens_once_however_often_it_is_clicked() {
        let mut page = Undo::default();
        assert_eq!(page.update(Message::GoBack), Action::GoBack);
        assert_eq!(page.update(Message::GoBack), Action::None);
        assert_eq!(page.update(Message::Keep), Action::None, "too late to keep");
    }

    #[test]
    fn after_a_failure_it_can_be_tried_again() {
        let (mut page, style) = (Undo::default(), style());
        let _ = page.update(Message::GoBack);
        page.failed(Notice::new(ResponseCode::UndoFailed), false);
        let mut shown = simulator(page.view(&known().facts(), &style));
        shown.click("Try again").expect("a button");
        let messages: Vec<_> = shown.into_messages().collect();
        assert!(matches!(messages[..], [Message::GoBack]));
        assert_eq!(page.update(Message::GoBack), Action::GoBack);
    }

    #[test]
    fn what_was_begun_is_gone_on_with() {
        let (mut page, style) = (Undo::default(), style());
        page.failed(Notice::new(ResponseCode::UndoFailed), true);
        let mut shown = simulator(page.view(&known().facts(), &style));
        shown.click(style.words.text("undo-again").as_str()).expect("a button");
        assert!(shown.find(style.words.text("undo-keep").as_str()).is_err(), "half done, it cannot be kept");
        shown.click("Close").expect("a button");
        assert!(matches!(shown.into_messages().collect::<Vec<_>>()[..], [Message::GoBack, Message::Close]));
    }

    #[test]
    fn what_the_operator_orders_is_told_with_its_time() {
        let (page, style, mut known) = (Undo::default(), style(), known());
        known.state.undo_due = Some(known.now + jiff::SignedDuration::from_mins(10));
        let lead = style.words.with(
            "undo-lead-ordered",
            &[("client", "Thunderbird"), ("profile", "your old profile"), ("when", "today at 08:10 (UTC)")],
        );
        assert!(simulator(page.view(&known.facts(), &style)).find(lead.as_str()).is_ok(), "{lead}");
    }

    #[test]
    fn when_done_there_is_only_one_way_on() {
        let (mut page, style) = (Undo::default(), style());
        page.done();
        let mut shown = simulator(page.view(&known().facts(), &style));
        assert!(shown.find("Close").is_ok());
        assert!(shown.find("Go back").is_err());
    }
}
