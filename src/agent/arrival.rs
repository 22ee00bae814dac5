//! A new installation that is brought a code: by a link, by the name of its file, or by its administrator. None of them
//! changes an installation that was activated once, even when it was deactivated since (promise I6).

use iced::Task;

use super::activation::Admitted;
use super::desk::Page;
use super::enrolment::Enrolment;
use super::notice::Notice;
use super::offer::Offer;
use super::state::Stage;
use super::{Agent, Message, api, guardian};
use crate::code::ActivationCode;
use crate::problem;
use crate::secret::Secret;

/// Activates without a question: the administrator of the computer has placed the project's code.
#[derive(Debug, Clone)]
pub(super) struct Enlistment {
    code: ActivationCode,
    /// In a row.
    failures: u32,
}

impl Enlistment {
    pub(super) fn new(code: ActivationCode) -> Self {
        Self { code, failures: 0 }
    }
}

impl Agent {
    /// What the name of the file fills in at the start. It is for new installations only.
    pub(super) fn arrive(&mut self, offer: Option<Offer>) {
        if !self.state.is_new() {
            self.enlistment = None;
        } else if let Some(offer) = offer
            && !self.knows_another_server(&offer)
        {
            self.page = Page::Enrolment(self.enrolment_with(&offer));
        }
    }

    /// A link was followed. The person still sees the server's name and presses "Continue".
    pub(super) fn offered(&mut self, offer: &Offer) -> Task<Message> {
        let is_foreign = self.knows_another_server(offer);
        if self.state.stage == Stage::Unactivated
            && self.pending.is_none()
            && let Page::Enrolment(page) = &mut self.page
            && page.is_open_for_input()
        {
            if is_foreign {
                tracing::warn!(host = offer.host(), "a link to another server was not followed");
                page.refused(Notice::new(problem::ResponseCode::OtherServer));
            } else {
                tracing::info!(host = offer.host(), "a link was followed");
                self.page = Page::Enrolment(self.enrolment_with(offer));
            }
        }
        Task::batch([self.show(), self.focus_page()])
    }

    /// The page with what an offer fills in. The server that is known stays until the person has gone on with another.
    fn enrolment_with(&mut self, offer: &Offer) -> Enrolment {
        // Whoever goes on by the code in the window needs no other.
        self.enlistment = None;
        let mut page = Enrolment::new();
        page.offer(offer);
        page
    }

    /// An address that was placed stays, also at the starts after the one that placed it.
    fn knows_another_server(&self, offer: &Offer) -> bool {
        let same = || {
            let offered = api::Api::new(&offer.server).ok();
            offered.zip(self.api.as_ref()).is_some_and(|(offered, known)| offered.server() == known.server())
        };
        self.state.server_was_placed && !same()
    }

    /// Takes the next try of an activation without a question.
    pub(super) fn enlist(&self) -> Task<Message> {
        let (Some(api), Some(server), Some(enlistment)) = (&self.api, &self.state.server, &self.enlistment) else {
            return Task::none();
        };
        let request = super::activation::request(Secret::new(enlistment.code.letters()));
        let admitted = super::activation::admitted(api.clone(), server.clone(), request);
        Task::perform(admitted, Message::Enlisted)
    }

    pub(super) fn enlisted(&mut self, result: Result<Admitted, api::Error>) -> Task<Message> {
        // The person was quicker with a code of their own.
        let Some(enlistment) = &mut self.enlistment else { return Task::none() };
        match result {
            Ok(admitted) => {
                self.enlistment = None;
                self.pending = Some(admitted);
                self.bind()
            }
            Err(error) if error.passes() => {
                enlistment.failures += 1;
                let pause = guardian::pause_after(&error, enlistment.failures);
                tracing::info!(code = error.code().id(), ?pause, "not activated yet");
                Task::future(async move {
                    tokio::time::sleep(pause).await;
                    Message::EnlistmentDue
                })
            }
            Err(error) => {
                tracing::warn!(%error, code = error.code().id(), "the placed activation code was not accepted");
                self.enlistment = None;
                if let Page::Enrolment(page) = &mut self.page {
                    page.refused(Notice::from(&error));
                }
                Task::batch([self.show(), self.notify("notification-code-title", "notification-code-body")])
            }
        }
    }
}
