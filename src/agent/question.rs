//! A question before anything changes that was agreed on. The first button leaves everything as it is.

use iced::widget::{Id, column};
use iced::{Element, Fill};

use crate::agent::facts::Facts;
use crate::agent::host;
use crate::agent::instance::TakenOver;
use crate::agent::notice::Notice;
use crate::agent::theme::Style;
use crate::agent::widget::{self, Icon};
use crate::problem::ResponseCode;

const MAIN: &str = "question-stay";

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A setting names another server than the one that this computer belongs to.
    OtherServer { known: String, other: String },
    /// The organisation names other mail servers than before.
    MailServer { was: String, now: String },
    /// The same mail servers, vouched for by another authority.
    Authority { now: String },
    /// The agent runs in another session of the person; what it said when it was asked to end.
    OtherSession { host: String, display: String, refused: Option<TakenOver> },
}

#[derive(Debug, Clone)]
pub enum Message {
    Stay,
    GoOn,
    Help(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    None,
    /// Everything stays as it is.
    Stay,
    /// The person agrees.
    GoOn,
    OpenLink(String),
}

#[derive(Debug, Clone)]
pub struct Question {
    subject: Subject,
    answered: bool,
}

/// Ids of what it says.
struct Words {
    title: &'static str,
    lead: &'static str,
    note: &'static str,
    stay: &'static str,
    go_on: &'static str,
}

impl Question {
    pub fn new(subject: Subject) -> Self {
        Self { subject, answered: false }
    }

    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    fn words(&self) -> Words {
        match &self.subject {
            Subject::OtherServer { .. } => Words {
                title: "question-server-title",
                lead: "question-server-lead",
                note: "question-server-note",
                stay: "question-server-stay",
                go_on: "question-server-go-on",
            },
            Subject::MailServer { .. } => Words {
                title: "question-mail-title",
                lead: "question-mail-lead",
                note: "question-mail-note",
                stay: "question-mail-stay",
                go_on: "question-mail-go-on",
            },
            Subject::Authority { .. } => Words {
                title: "question-mail-title",
                lead: "question-mail-lead-authority",
                note: "question-mail-note",
                stay: "question-mail-stay",
                go_on: "question-mail-go-on",
            },
            Subject::OtherSession { refused, .. } => Words {
                title: "question-session-title",
                lead: "question-session-lead",
                note: match refused {
                    None | Some(TakenOver::Free) => "question-session-note",
                    Some(TakenOver::Busy) => "question-session-note-busy",
                    Some(TakenOver::Silent) => "question-session-note-silent",
                },
                stay: "question-session-stay",
                go_on: "question-session-go-on",
            },
        }
    }

    fn code(&self) -> ResponseCode {
        match self.subject {
            Subject::OtherServer { .. } => ResponseCode::OtherServer,
            Subject::MailServer { .. } | Subject::Authority { .. } => ResponseCode::NotAgreed,
            Subject::OtherSession { .. } => ResponseCode::OtherSession,
        }
    }

    fn arguments(&self) -> Vec<(&'static str, String)> {
        match &self.subject {
            Subject::OtherServer { known, other } => vec![("known", host::shown(known)), ("other", host::shown(other))],
            Subject::MailServer { was, now } => vec![("was", was.clone()), ("now", now.clone())],
            Subject::Authority { now } => vec![("now", now.clone())],
            Subject::OtherSession { host, display, .. } => {
                vec![("host", host::shown(host)), ("display", display.clone())]
            }
        }
    }

    /// Name of the window.
    pub fn title(&self, style: &Style) -> String {
        style.words.text(self.words().title)
    }

    pub fn focus_target() -> Id {
        Id::new(MAIN)
    }

    pub fn update(&mut self, message: Message) -> Action {
        let action = match message {
            Message::Help(link) => return Action::OpenLink(link),
            // A second click on a button that has done its work.
            _ if self.answered => return Action::None,
            Message::Stay => Action::Stay,
            Message::GoOn => Action::GoOn,
        };
        self.answered = true;
        action
    }

    pub fn view<'a>(&'a self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let arguments = self.arguments();
        let arguments: Vec<(&str, &str)> = arguments.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let ids = self.words();
        let say = |id: &str| words.with(id, &arguments);
        let content = column![
            column![widget::title(style, self.title(style)), widget::lead(style, say(ids.lead))].spacing(8),
            widget::note(style, Icon::Info, say(ids.note)),
            widget::small(style, Notice::new(self.code()).reference(words)),
        ]
        .spacing(16)
        .width(Fill);
        let buttons = vec![
            widget::secondary(style, say(ids.go_on), (!self.answered).then_some(Message::GoOn)),
            widget::primary(style, say(ids.stay), MAIN, (!self.answered).then_some(Message::Stay)),
        ];
        let help = widget::question(style, facts.helpdesk(), Message::Help);
        widget::page(style, content, help, buttons)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::wizard::sample::{known, simulator, style};

    #[test]
    fn both_servers_are_named_and_an_answer_counts_once() {
        let style = style();
        let subject = Subject::OtherServer { known: "a.example".into(), other: "b.example".into() };
        let mut page = Question::new(subject);
        let mut shown = simulator(page.view(&known().facts(), &style));
        let lead = style.words.with("question-server-lead", &[("known", "a.example"), ("other", "b.example")]);
        assert!(shown.find(lead.as_str()).is_ok());
        shown.click(style.words.text("question-server-stay").as_str()).expect("a button");
        let messages: Vec<_> = shown.into_messages().collect();
        assert!(matches!(messages[..], [Message::Stay]));
        assert_eq!(page.update(Message::Stay), Action::Stay);
        assert_eq!(page.update(Message::GoOn), Action::None, "it was answered");
    }
}
