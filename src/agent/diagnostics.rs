//! What a person looks at, then copies or sends to the help desk. What is shown is what leaves the computer.

pub mod page;
mod redaction;
mod report;

use iced::Task;

use self::page::{Action, Report};
use self::redaction::{Known, Redaction};
use self::report::Details;
use super::activation::open_link;
use super::notice::Notice;
use super::{Agent, Message, api};
use crate::mail;
use crate::os;
use crate::protocol::{DIAGNOSTICS_LIMIT, Diagnostics, DiagnosticsTaken};

impl Agent {
    /// Everything that the help desk gets to know, without secrets.
    pub(super) fn diagnostics(&self) -> Diagnostics {
        let log = report::end_of_log(&self.places.state.join("logs"));
        let details = Details {
            kept: self.kept,
            recorded: mail::summary(&self.places),
            language: self.style.words.language(),
            log: &log,
        };
        let text = report::written(&self.facts(), &details);
        let clean = Diagnostics::clean(&self.redaction().redact(&text));
        Diagnostics { text: report::shortened(clean.text, DIAGNOSTICS_LIMIT) }
    }

    fn redaction(&self) -> Redaction {
        let directive = self.state.directive.as_ref();
        let account = directive.and_then(|directive| directive.project.account.as_ref());
        let hosts = account.iter().flat_map(|account| [&account.incoming, &account.outgoing]);
        let server = self.state.server.as_deref().and_then(|server| server.parse::<reqwest::Url>().ok());
        let server = server.and_then(|url| url.host_str().map(str::to_owned));
        Redaction::new(Known {
            secrets: self.token.iter().cloned().collect(),
            home: self.places.home.to_string_lossy().into_owned(),
            login: os::login(),
            names: directive.map(|directive| directive.user.name.clone()).into_iter().collect(),
            hosts: hosts.map(|server| server.host.clone()).chain(server).collect(),
        })
    }

    /// The page that shows it, over whatever the window shows; nothing is sent yet.
    pub(super) fn ask_for_report(&mut self) -> Task<Message> {
        if self.work.is_some() {
            // What is being done has to be seen.
            return self.show();
        }
        let report = Report::new(self.diagnostics(), self.window.is_some());
        let covered = self.cover(Some(Box::new(report)));
        Task::batch([covered, self.show()])
    }

    pub(super) fn report_page(&mut self, message: page::Message) -> Task<Message> {
        let Some(page) = &mut self.report else { return Task::none() };
        match page.update(message) {
            Action::None => Task::none(),
            Action::Copy(text) => iced::clipboard::write(text).discard(),
            Action::Send(diagnostics) => self.send_report(diagnostics),
            Action::OpenLink(url) => open_link(url),
            Action::Back => self.cover(None),
            Action::Close => self.close_window(),
        }
    }

    fn send_report(&mut self, diagnostics: Diagnostics) -> Task<Message> {
        let (Some(api), Some(token)) = (self.api.clone(), self.token.clone()) else {
            return self.report_sent(Err(api::Error::Client));
        };
        Task::perform(async move { api.diagnostics(&token, &diagnostics).await }, Message::ReportSent)
    }

    pub(super) fn report_sent(&mut self, result: Result<DiagnosticsTaken, api::Error>) -> Task<Message> {
        match (result, &mut self.report) {
            (Ok(taken), Some(page)) => {
                tracing::info!(number = taken.number, "a report was sent");
                page.sent(taken.number);
            }
            (Err(error), Some(page)) => {
                tracing::info!(code = error.code().id(), "the report was not sent");
                page.failed(Notice::from(&error));
            }
            // The window was closed in the meantime.
            (_, None) => {}
        }
        self.focus_page()
    }
}
