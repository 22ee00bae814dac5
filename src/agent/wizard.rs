//! The wizard: instructions, password, status, confirmation, and the settings to enter by hand when it cannot.

pub mod confirmation;
pub mod frame;
pub mod instructions;
pub mod manual;
pub mod password;
#[cfg(test)]
pub(crate) mod sample;
pub mod status;

use std::time::Duration;

use iced::Element;
use iced::widget::Id;

use crate::agent::facts::Facts;
use crate::agent::notice::Notice;
use crate::agent::theme::Style;
use crate::mail;
use crate::secret::Secret;

use manual::Manual;
use password::Password;
use status::Status;

/// The password that the person decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The mailbox has it already.
    Existing(Secret),
    /// The mailbox is to get it.
    Create(Secret),
    /// The person types it into the mail client's own sign-in window.
    SignInThere,
}

#[derive(Debug, Clone)]
pub enum Message {
    Instructions(instructions::Message),
    Password(password::Message),
    Status(status::Message),
    Confirmation(confirmation::Message),
    Manual(manual::Message),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    None,
    /// Ask again later; the tray keeps the way back.
    Later,
    /// The person has decided: set the mail up. The status page is already shown.
    SetUp {
        password: Choice,
    },
    /// Stop the running set-up where nothing is half done.
    Cancel,
    OpenClient,
    Close,
    TryAgain,
    /// Go back to how everything was: what was begun has not come to its end.
    GoBackAgain,
    /// The person has entered the settings by hand.
    FinishedByHand,
    /// Show what can be sent to the help desk.
    Report,
    Copy(String),
    OpenLink(String),
    /// A new page is shown: move the keyboard to its main control.
    Focus(Id),
}

#[derive(Default)]
enum Page {
    #[default]
    Instructions,
    Password,
    Status(Status),
    Confirmation,
    Manual(Box<Manual>),
}

#[derive(Default)]
pub struct Wizard {
    page: Page,
    /// Kept beside the pages, so that nothing typed is lost by going back or by a refusal.
    password: Password,
}

impl Wizard {
    /// Name of the window: the task at hand.
    pub fn title(&self, style: &Style) -> String {
        let id = match &self.page {
            Page::Instructions => "instructions-title",
            Page::Password => "password-title",
            Page::Status(_) => "status-title",
            Page::Confirmation => "confirmation-title",
            Page::Manual(_) => "manual-title",
        };
        style.words.text(id)
    }

    /// The control that the keyboard belongs on when a page appears.
    pub fn focus_target(&self, facts: &Facts<'_>) -> Id {
        match &self.page {
            Page::Instructions => Id::new(instructions::MAIN),
            Page::Password => self.password.focus_target(facts),
            Page::Status(_) => Id::new(status::MAIN),
            Page::Confirmation => Id::new(confirmation::MAIN),
            Page::Manual(_) => Id::new(manual::MAIN),
        }
    }

    pub fn update(&mut self, message: Message, facts: &Facts<'_>) -> Action {
        match (message, &mut self.page) {
            (Message::Instructions(message), Page::Instructions) => match instructions::update(message) {
                instructions::Action::Later => Action::Later,
                instructions::Action::OpenLink(link) => Action::OpenLink(link),
                instructions::Action::Continue => self.show(Page::Password, facts),
            },
            (Message::Password(message), Page::Password) => match self.password.update(message, facts) {
                password::Action::None => Action::None,
                password::Action::Back => self.show(Page::Instructions, facts),
                password::Action::OpenLink(link) => Action::OpenLink(link),
                password::Action::Focus(id) => Action::Focus(id),
                password::Action::SetUp(password) => {
                    self.checking();
                    Action::SetUp { password }
                }
            },
            (Message::Status(message), Page::Status(page)) => match page.update(message) {
                status::Action::None => Action::None,
                status::Action::Cancel => Action::Cancel,
                status::Action::OpenLink(link) => Action::OpenLink(link),
            },
            (Message::Confirmation(message), Page::Confirmation) => match confirmation::update(message) {
                confirmation::Action::OpenClient => Action::OpenClient,
                confirmation::Action::Close => Action::Close,
                confirmation::Action::OpenLink(link) => Action::OpenLink(link),
            },
            (Message::Manual(message), Page::Manual(page)) => match page.update(message) {
                manual::Action::None => Action::None,
                manual::Action::TryAgain => Action::TryAgain,
                manual::Action::GoBackAgain => Action::GoBackAgain,
                manual::Action::FinishedByHand => Action::FinishedByHand,
                manual::Action::Report => Action::Report,
                manual::Action::Copy(text) => Action::Copy(text),
                manual::Action::OpenLink(link) => Action::OpenLink(link),
            },
            // A second click that arrives after its page has gone.
            _ => Action::None,
        }
    }

    /// The set-up runs: shows the status page. Does nothing when it is shown already.
    pub fn checking(&mut self) {
        if !matches!(self.page, Page::Status(_)) {
            self.page = Page::Status(Status::default());
        }
    }

    pub fn progress(&mut self, progress: mail::Progress) {
        self.checking();
        if let Page::Status(page) = &mut self.page {
            page.progress(progress);
        }
    }

    /// How long the set-up has been running. The bar and the sign of the current step move by it.
    pub fn tick(&mut self, elapsed: Duration) {
        if let Page::Status(page) = &mut self.page {
            page.tick(elapsed);
        }
    }

    /// The set-up stops at the next point where nothing is half done.
    pub fn cancelling(&mut self) {
        if let Page::Status(page) = &mut self.page {
            page.cancelling();
        }
    }

    /// Nothing is being done any more, and everything is as it was: back to the password, entries kept.
    pub fn return_to_password(&mut self) {
        self.page = Page::Password;
    }

    /// The password is not the right one: back to it, entries kept.
    pub fn password_refused(&mut self, notice: Notice) {
        self.password.refused(notice);
        self.page = Page::Password;
    }

    /// The set-up works.
    pub fn completed(&mut self) {
        self.page = Page::Confirmation;
    }

    /// It cannot be done by itself: the settings to enter by hand.
    pub fn failed(&mut self, notice: Notice) {
        self.page = Page::Manual(Box::new(Manual::new(notice)));
    }

    /// It failed, and going back failed as well.
    pub fn stuck(&mut self, notice: Notice) {
        self.page = Page::Manual(Box::new(Manual::stuck(notice)));
    }

    /// Going back is tried again.
    pub fn going_back(&mut self) {
        if let Page::Manual(page) = &mut self.page {
            page.going_back();
        }
    }

    fn show(&mut self, page: Page, facts: &Facts<'_>) -> Action {
        self.page = page;
        Action::Focus(self.focus_target(facts))
    }

    pub fn view<'a>(&'a self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
        match &self.page {
            Page::Instructions => instructions::view(facts, style).map(Message::Instructions),
            Page::Password => self.password.view(facts, style).map(Message::Password),
            Page::Status(page) => page.view(facts, style).map(Message::Status),
            Page::Confirmation => match facts.outcome() {
                Some(outcome) => confirmation::view(facts, outcome, style).map(Message::Confirmation),
                None => iced::widget::space().into(),
            },
            Page::Manual(page) => page.view(facts, style).map(Message::Manual),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ResponseCode;
    use sample::{known, outcome, simulator, style};

    /// Presses what is shown and returns what the wizard asks for.
    fn press(wizard: &mut Wizard, words: &str) -> Vec<Action> {
        let (style, mut known) = (style(), known());
        known.state.outcome = Some(outcome());
        let mut shown = simulator(wizard.view(&known.facts(), &style));
        shown.click(words).unwrap_or_else(|_| panic!("{words} is shown"));
        let messages: Vec<_> = shown.into_messages().collect();
        messages.into_iter().map(|message| wizard.update(message, &known.facts())).collect()
    }

    fn type_password(wizard: &mut Wizard, text: &str) {
        let _ = wizard.update(Message::Password(password::Message::Typed(text.to_owned().into())), &known().facts());
    }

    #[test]
    fn the_way_through_by_clicks() {
        let mut wizard = Wizard::default();
        assert_eq!(press(&mut wizard, "Later"), [Action::Later]);
        assert_eq!(press(&mut wizard, "Continue"), [Action::Focus(wizard.focus_target(&known().facts()))]);
        type_password(&mut wizard, "hunter2");
        let password = Choice::Existing("hunter2".to_owned().into());
        assert_eq!(press(&mut wizard, "Set up my mail"), [Action::SetUp { password }]);
        assert_eq!(press(&mut wizard, "Cancel"), [Action::Cancel]);
        wizard.completed();
        assert_eq!(press(&mut wizard, "Open Thunderbird"), [Action::OpenClient]);
        assert_eq!(press(&mut wizard, "Close"), [Action::Close]);
    }

    #[test]
    fn the_way_through_by_keys() {
        use iced::keyboard::key::Named;
        let (mut wizard, style) = (Wizard::default(), style());
        let mut shown = simulator(wizard.view(&known().facts(), &style));
        // Help, Later, Continue.
        for _ in 0..3 {
            shown.tap_key(Named::Tab);
        }
        shown.tap_key(Named::Enter);
        let messages: Vec<_> = shown.into_messages().collect();
        assert!(matches!(messages[..], [Message::Instructions(instructions::Message::Continue)]), "{messages:?}");
        for message in messages {
            let _ = wizard.update(message, &known().facts());
        }
        assert!(matches!(wizard.page, Page::Password));
    }

    #[test]
    fn going_back_and_a_refusal_keep_what_was_typed() {
        let mut wizard = Wizard::default();
        let _ = press(&mut wizard, "Continue");
        type_password(&mut wizard, "hunter2");
        let _ = press(&mut wizard, "Back");
        let _ = press(&mut wizard, "Continue");
        assert!(matches!(press(&mut wizard, "Set up my mail")[..], [Action::SetUp { .. }]));
        wizard.password_refused(Notice::new(ResponseCode::PasswordRefused));
        assert!(matches!(press(&mut wizard, "Set up my mail")[..], [Action::SetUp { .. }]));
    }

    #[test]
    fn a_double_click_on_the_commit_button_sets_up_once() {
        let mut wizard = Wizard::default();
        let _ = press(&mut wizard, "Continue");
        type_password(&mut wizard, "hunter2");
        let twice = [0, 1].map(|_| wizard.update(Message::Password(password::Message::SetUp), &known().facts()));
        assert!(matches!(twice, [Action::SetUp { .. }, Action::None]), "{twice:?}");
    }

    #[test]
    fn the_first_page_names_a_certificate_authority_that_will_be_trusted() {
        let (style, wizard, mut known) = (style(), Wizard::default(), known());
        let line = "In the new profile, Thunderbird trusts the certificates of Sample.";
        assert!(simulator(wizard.view(&known.facts(), &style)).find(line).is_err());
        known.account().certificate_authority = Some("its own".into());
        assert!(simulator(wizard.view(&known.facts(), &style)).find(line).is_ok());
    }

    #[test]
    fn a_failure_leads_to_the_settings_and_back_to_the_password() {
        let mut wizard = Wizard::default();
        wizard.failed(Notice::new(ResponseCode::IncomingUnreachable));
        assert_eq!(press(&mut wizard, "I’m done"), [Action::FinishedByHand]);
        assert_eq!(press(&mut wizard, "Try again"), [Action::TryAgain]);
        let (style, mut known) = (style(), known());
        known.account().incoming.host = "imap.right.example".into();
        wizard.return_to_password();
        let sent = style.words.with("password-sent", &[("host", "imap.right.example")]);
        assert!(simulator(wizard.view(&known.facts(), &style)).find(sent.as_str()).is_ok());
        wizard.failed(Notice::new(ResponseCode::IncomingUnreachable));
        assert!(simulator(wizard.view(&known.facts(), &style)).find("imap.right.example").is_ok());
    }

    #[test]
    fn no_title_calls_it_a_wizard() {
        let (mut wizard, style) = (Wizard::default(), style());
        assert_eq!(wizard.title(&style), "Let’s set up your new mailbox");
        wizard.checking();
        assert_eq!(wizard.title(&style), "Setting up your mail");
    }
}
