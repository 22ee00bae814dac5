//! The page that shows a report before it is sent: exactly the text that will arrive.

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::text::{LineHeight, Wrapping};
use iced::widget::{Id, column, text_editor};
use iced::{Element, Fill};

use crate::agent::facts::Facts;
use crate::agent::notice::Notice;
use crate::agent::theme::{FONT, GROWS_TO, Style};
use crate::agent::widget::{self, Icon};
use crate::protocol::{Diagnostics, Helpdesk};

const MAIN: &str = "report-main";
/// Radius that the focus ring of the text starts from, in logical pixels.
const PAPER: f32 = 8.0;

#[derive(Debug, Clone)]
pub enum Message {
    /// The caret, the selection or the view moves.
    Read(text_editor::Action),
    Send,
    Copy,
    Close,
    Help(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    None,
    /// Send this; then call [`Report::sent`] or [`Report::failed`].
    Send(Diagnostics),
    Copy(String),
    OpenLink(String),
    /// Back to what the window showed before.
    Back,
    Close,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stage {
    Reading,
    Sending,
    Failed(Notice),
    Sent { number: String },
}

#[derive(Debug)]
pub struct Report {
    /// The window showed something else before, and will again.
    is_over_another: bool,
    diagnostics: Diagnostics,
    /// The same text as it is shown.
    shown: text_editor::Content,
    stage: Stage,
    copied: bool,
}

impl Report {
    pub fn new(diagnostics: Diagnostics, is_over_another: bool) -> Self {
        let shown = text_editor::Content::with_text(&diagnostics.text);
        Self { is_over_another, diagnostics, shown, stage: Stage::Reading, copied: false }
    }

    /// Name of the window.
    pub fn title(&self, facts: &Facts<'_>, style: &Style) -> String {
        match self.stage {
            Stage::Sent { .. } => style.words.text("report-title-sent"),
            _ => style.words.with("report-title", &[("name", &helpdesk(facts, style))]),
        }
    }

    pub fn focus_target() -> Id {
        Id::new(MAIN)
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Read(action) => {
                // What is shown is what is sent: it is read, never written.
                if !action.is_edit() {
                    self.shown.perform(action);
                }
                Action::None
            }
            Message::Send if matches!(self.stage, Stage::Reading | Stage::Failed(_)) => {
                self.stage = Stage::Sending;
                Action::Send(self.diagnostics.clone())
            }
            // A second click on a button that has already done its work.
            Message::Send => Action::None,
            Message::Copy => {
                self.copied = true;
                Action::Copy(match &self.stage {
                    Stage::Sent { number } => number.clone(),
                    _ => self.diagnostics.text.clone(),
                })
            }
            Message::Close if self.is_over_another => Action::Back,
            Message::Close => Action::Close,
            Message::Help(link) => Action::OpenLink(link),
        }
    }

    /// It arrived, and can be found by this number. Does nothing when nothing was sent.
    pub fn sent(&mut self, number: String) {
        if self.stage == Stage::Sending {
            self.stage = Stage::Sent { number };
            self.copied = false;
        }
    }

    pub fn failed(&mut self, notice: Notice) {
        if self.stage == Stage::Sending {
            self.stage = Stage::Failed(notice);
        }
    }

    pub fn view<'a>(&'a self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let lead = match &self.stage {
            Stage::Sent { .. } => words.text("report-lead-sent"),
            _ if facts.is_bound => words.text("report-lead"),
            _ => words.text("report-lead-copy"),
        };
        let head = column![widget::title(style, self.title(facts, style)), widget::lead(style, lead)].spacing(4);
        let mut content = column![head].spacing(12).width(Fill);
        content = content.push(match &self.stage {
            Stage::Reading | Stage::Sent { .. } => None,
            Stage::Sending => Some(widget::busy(style, words.text("report-sending"))),
            Stage::Failed(notice) => Some(widget::refused(style, notice)),
        });
        content = content.push(match &self.stage {
            Stage::Sent { number } => arrived(style, number),
            Stage::Reading => self.paper(style, 300.0),
            Stage::Sending => self.paper(style, 268.0),
            Stage::Failed(_) => self.paper(style, 172.0),
        });
        let help = widget::question(style, facts.helpdesk(), Message::Help);
        widget::page(style, content, help, self.buttons(facts, style))
    }

    fn buttons<'a>(&self, facts: &Facts<'_>, style: &Style) -> Vec<Element<'a, Message>> {
        let words = &style.words;
        let copy = words.text(if self.copied { "report-copied" } else { "report-copy" });
        let close = words.text(if self.is_over_another { "back" } else { "close" });
        let main = |words, message| widget::primary(style, words, MAIN, message);
        let beside = |words, message| widget::secondary(style, words, Some(message));
        match &self.stage {
            Stage::Sent { .. } => vec![beside(copy, Message::Copy), main(close, Some(Message::Close))],
            _ if !facts.is_bound => vec![beside(close, Message::Close), main(copy, Some(Message::Copy))],
            stage => {
                let send = words.text(if matches!(stage, Stage::Failed(_)) { "try-again" } else { "report-send" });
                let send = main(send, (*stage != Stage::Sending).then_some(Message::Send));
                vec![beside(close, Message::Close), beside(copy, Message::Copy), send]
            }
        }
    }

    /// The text itself, so many logical pixels high: half a line at the end shows that there is more. Screen readers get it as the description: the toolkit tells them
    /// nothing of what is in a field.
    fn paper<'a>(&'a self, style: &'a Style, height: f32) -> Element<'a, Message> {
        let text = text_editor(&self.shown)
            .on_action(Message::Read)
            .font(FONT)
            .size(style.size(12.0))
            .line_height(LineHeight::Absolute(style.size(16.0).into()))
            .wrapping(Wrapping::WordOrGlyph)
            .padding(10)
            .height(height * style.scale.clamp(1.0, GROWS_TO))
            .style(style.paper());
        widget::named(text)
            .label(style.words.text("report-text"))
            .description(self.diagnostics.text.clone())
            .ring(style.palette.accent, PAPER)
            .into()
    }
}

/// Whom people ask, in their words.
fn helpdesk(facts: &Facts<'_>, style: &Style) -> String {
    let Helpdesk { name, email, phone } = facts.helpdesk();
    let whom = [name, email, phone].into_iter().find(|text| !text.is_empty());
    whom.cloned().unwrap_or_else(|| style.words.text("report-helpdesk"))
}

/// The number that finds it.
fn arrived<'a>(style: &'a Style, number: &str) -> Element<'a, Message> {
    let told = style.words.with("report-number", &[("number", number)]);
    let line = widget::item(style, Icon::Tick, style.palette.success, told.clone());
    widget::region(Role::Status, widget::card(style, line)).label(told).live().into()
}

#[cfg(test)]
mod tests {
    use iced_test::selector::by_label;

    use super::*;
    use crate::agent::wizard::sample::{known, simulator, style};
    use crate::problem::ResponseCode;

    const TEXT: &str = "Mailshift: 0.1.0\n\nüLog\n  two  spaces\tand a tabulator\n";

    fn page() -> Report {
        Report::new(Diagnostics { text: TEXT.into() }, false)
    }

    /// Presses what is shown and returns what the page asks for.
    fn press(page: &mut Report, words: &str) -> Vec<Action> {
        let style = style();
        let mut shown = simulator(page.view(&known().facts(), &style));
        shown.click(words).unwrap_or_else(|_| panic!("{words} is shown"));
        let messages: Vec<_> = shown.into_messages().collect();
        messages.into_iter().map(|message| page.update(message)).collect()
    }

    #[test]
    fn what_is_shown_is_what_is_sent_and_copied() {
        let mut page = page();
        let shown = page.shown.text();
        assert_eq!(shown.strip_suffix('\n').unwrap_or(&shown), TEXT.strip_suffix('\n').expect("a line"));
        assert_eq!(press(&mut page, "Copy"), [Action::Copy(TEXT.into())]);
        assert_eq!(press(&mut page, "Send report"), [Action::Send(Diagnostics { text: TEXT.into() })]);
        assert_eq!(page.update(Message::Send), Action::None, "only once");
    }

    #[test]
    fn nobody_writes_into_it() {
        let mut page = page();
        let edit = text_editor::Action::Edit(text_editor::Edit::Insert('x'));
        let before = page.shown.text();
        assert_eq!(page.update(Message::Read(edit)), Action::None);
        let _ = page.update(Message::Read(text_editor::Action::SelectAll));
        assert_eq!((page.shown.text(), page.shown.selection().is_some()), (before, true));
    }

    #[test]
    fn after_a_failure_the_text_stays_and_it_can_be_tried_again() {
        let mut page = page();
        let _ = page.update(Message::Send);
        page.failed(Notice::new(ResponseCode::ServerUnreachable));
        assert!(simulator(page.view(&known().facts(), &style())).find(by_label("What will be sent")).is_ok());
        assert_eq!(press(&mut page, "Try again"), [Action::Send(Diagnostics { text: TEXT.into() })]);
    }

    #[test]
    fn the_number_is_told_and_copied() {
        let mut page = page();
        page.sent("0000-0000".into());
        assert_eq!(page.stage, Stage::Reading, "nothing was sent yet");
        let _ = page.update(Message::Send);
        page.sent("7KQ2-M4TX".into());
        assert!(simulator(page.view(&known().facts(), &style())).find("Number 7KQ2-M4TX").is_ok());
        assert_eq!(press(&mut page, "Copy"), [Action::Copy("7KQ2-M4TX".into())]);
        assert_eq!(press(&mut page, "Close"), [Action::Close]);
    }

    #[test]
    fn a_computer_that_the_server_does_not_know_offers_copying_only() {
        let (page, mut known) = (page(), known());
        known.is_bound = false;
        let style = style();
        let mut shown = simulator(page.view(&known.facts(), &style));
        assert!(shown.find("Send report").is_err());
        shown.click("Copy").expect("a button");
        assert!(matches!(shown.into_messages().collect::<Vec<_>>()[..], [Message::Copy]));
    }

    #[test]
    fn over_another_page_it_leads_back_there() {
        let mut page = page();
        page.is_over_another = true;
        assert_eq!(press(&mut page, "Back"), [Action::Back]);
    }
}
