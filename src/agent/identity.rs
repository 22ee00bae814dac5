//! From a login that is nobody's to a person, and back again.
//!
//! The server decides whose a login is: by what an operator has locked or assigned, by the directory, or by a mail that
//! the person answers. Every directive says it anew.

use iced::Task;

use super::activation::{open_link, read_clipboard};
use super::api::{self, Api};
use super::desk::Page;
use super::identification::{self, Identification};
use super::notice::Notice;
use super::state::{Stage, Standing};
use super::{Agent, Message};
use crate::account::masked;
use crate::problem::ResponseCode;
use crate::protocol::{Action, MaskedUser, Registered, RegistrationRequest, SignInRequest, SignedIn};
use crate::secret::Secret;

impl Agent {
    pub(super) fn identification(&mut self, message: identification::Message) -> Task<Message> {
        let Page::Identification(page) = &mut self.page else { return Task::none() };
        let before = page.focus_target();
        let action = page.update(message);
        let turned = page.focus_target() != before;
        let task = match action {
            identification::Action::None => Task::none(),
            identification::Action::Register(request) => self.register(request),
            identification::Action::Paste => read_clipboard(),
            identification::Action::SignIn(request) => self.sign_in(request),
            identification::Action::SignOut => self.sign_out(),
            identification::Action::GoOn => self.turn_to(self.page_for_stage()),
            identification::Action::OpenLink(url) => open_link(url),
            identification::Action::Close => self.close_window(),
        };
        if turned { Task::batch([task, self.focus_page()]) } else { task }
    }

    fn register(&mut self, request: RegistrationRequest) -> Task<Message> {
        self.ask(async move |api, token| Message::Registered(api.register(&token, &request).await))
    }

    fn sign_in(&mut self, request: SignInRequest) -> Task<Message> {
        self.ask(async move |api, token| Message::SignedIn(api.sign_in(&token, &request).await))
    }

    fn sign_out(&mut self) -> Task<Message> {
        self.ask(async |api, token| Message::SignedOut(api.sign_out(&token).await))
    }

    /// Asks the server something for the page; without the token, which may be in a locked keyring, it cannot be asked.
    fn ask<F>(&mut self, question: impl FnOnce(Api, Secret) -> F) -> Task<Message>
    where
        F: Future<Output = Message> + Send + 'static,
    {
        match (self.api.clone(), self.token.clone()) {
            (Some(api), Some(token)) => Task::future(question(api, token)),
            _ => self.identification_refused(Notice::new(ResponseCode::NoKeyring)),
        }
    }

    pub(super) fn registered(&mut self, result: Result<Registered, api::Error>) -> Task<Message> {
        match (&mut self.page, result) {
            (Page::Identification(page), Ok(registered)) => page.sent(registered),
            (_, Ok(_)) => return Task::none(),
            (_, Err(error)) => return self.not_done(&error),
        }
        self.focus_page()
    }

    pub(super) fn signed_in(&mut self, result: Result<SignedIn, api::Error>) -> Task<Message> {
        let SignedIn { user } = match result {
            Ok(signed_in) => signed_in,
            Err(error) => return self.not_done(&error),
        };
        tracing::info!("signed in");
        self.state.user = Some(user);
        // What the server wants now comes with its next directive.
        if let Some(directive) = self.state.directive.as_mut().filter(|d| d.action == Action::Identify) {
            directive.action = Action::Wait;
        }
        self.save();
        let Page::Identification(page) = &mut self.page else { return self.follow() };
        page.signed_in();
        self.focus_page()
    }

    /// The guardian asks anew: where an operator has locked the login to somebody, nothing changes that would end its
    /// held question.
    pub(super) fn signed_out(&mut self, result: Result<(), api::Error>) -> Task<Message> {
        if let Err(error) = result {
            return self.not_done(&error);
        }
        tracing::info!("signed out");
        if !matches!(&self.page, Page::Identification(page) if page.is_leaving()) {
            return Task::none();
        }
        let left = self.state.user.take();
        self.state.directive = None;
        self.asked_who = true;
        self.generation += 1;
        self.save();
        let page = Identification::looking(left);
        self.turn_to(Page::Identification(Box::new(page)))
    }

    fn not_done(&mut self, error: &api::Error) -> Task<Message> {
        tracing::info!(code = error.code().id(), "the server did not do what the person asked for");
        self.identification_refused(Notice::from(error))
    }

    fn identification_refused(&mut self, notice: Notice) -> Task<Message> {
        let Page::Identification(page) = &mut self.page else { return Task::none() };
        page.refused(notice);
        self.focus_page()
    }

    /// "This is not me": one question, on a page of its own.
    pub(super) fn ask_to_sign_out(&mut self) -> Task<Message> {
        if self.state.user.is_none() || !self.state.may_sign_out() {
            return self.show();
        }
        let page = Identification::leaving();
        Task::batch([self.turn_to(Page::Identification(Box::new(page))), self.show()])
    }

    /// Takes over whose login this is, as the newest directive says. Who is nobody is asked, once.
    pub(super) fn recognise(&mut self) -> Task<Message> {
        let Some(directive) = &self.state.directive else { return Task::none() };
        if directive.action != Action::Identify {
            let user = &directive.user;
            if !user.new_address.is_empty() {
                let address = masked(&user.new_address);
                self.state.user = Some(MaskedUser { name: user.name.clone(), address });
                self.asked_who = false;
            }
            return Task::none();
        }
        self.state.user = None;
        let was_begun = self.state.stage == Stage::Starting && self.work.is_none();
        if was_begun {
            // What was begun for somebody is not gone on with for nobody; should it be the same person, it begins again.
            self.state.stage = Stage::Waiting;
            self.state.postponed_until = None;
            self.state.begun = None;
            self.state.acted_on = self.state.acted_on.saturating_sub(1);
        }
        if self.state.stage != Stage::Waiting {
            return Task::none();
        }
        let turned = if was_begun { self.turn_to(self.page_for_stage()) } else { self.follow() };
        if std::mem::replace(&mut self.asked_who, true) {
            return turned;
        }
        if self.window.is_some() {
            return turned;
        }
        let notified = self.notify("notification-identify-title", "notification-identify-body");
        Task::batch([turned, self.show(), notified])
    }

    /// The page goes on by itself as soon as the server knows the person.
    pub(super) fn follow_identity(&mut self) -> Task<Message> {
        let Page::Identification(page) = &mut self.page else { return Task::none() };
        let before = page.focus_target();
        let stays = match (self.state.standing(), &self.state.user) {
            (Standing::Somebodys, Some(user)) => page.known(user),
            (Standing::Somebodys, None) => false,
            (Standing::Undecided, _) => true,
            (Standing::Nobodys, _) => {
                page.unknown();
                true
            }
        };
        match (stays, page.focus_target() != before) {
            (false, _) => self.turn_to(self.page_for_stage()),
            (true, true) => self.focus_page(),
            (true, false) => Task::none(),
        }
    }
}
