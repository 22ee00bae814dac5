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

use crate::agent::notice::Notice;
use crate::agent::theme::Style;
use crate::mail;
use crate::protocol::{Project, User};
use crate::secret::Secret;

use confirmation::Confirmation;
use instructions::Instructions;
use manual::Manual;
use password::Password;
use status::Status;

/// What the wizard needs to know before it opens.
#[derive(Debug, Clone)]
pub struct Facts {
    pub user: User,
    pub project: Project,
    /// Name of the mail client as people know it.
    pub client: String,
    /// The mailbox is opened in the mail client's own sign-in window: there is no password to ask for here.
    pub signs_in_there: bool,
    /// The new profile will trust the project's own certificate authority, for every server.
    pub trusts_authority: bool,
    /// How long the set-up usually takes, in minutes.
    pub minutes: u32,
    /// Host of the Mailshift server, to which a new password goes.
    pub server: String,
}

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

enum Page {
    Instructions(Instructions),
    Password,
    Status(Status),
    Confirmation(Confirmation),
    Manual(Box<Manual>),
}

pub struct Wizard {
    facts: Facts,
    page: Page,
    /// Kept beside the pages, so that nothing typed is lost by going back or by a refusal.
    password: Password,
}

impl Wizard {
    pub fn new(facts: Facts) -> Self {
        let password = Password::new(&facts);
        let page = Page::Instructions(Instructions::new(&facts));
        Self { facts, page, password }
    }

    /// Name of the window: the task at hand.
    pub fn title(&self, style: &Style) -> String {
        let id = match &self.page {
            Page::Instructions(_) => "instructions-title",
            Page::Password => "password-title",
            Page::Status(_) => "status-title",
            Page::Confirmation(_) => "confirmation-title",
            Page::Manual(_) => "manual-title",
        };
        style.words.text(id)
    }

    /// The control that the keyboard belongs on when a page appears.
    pub fn focus_target(&self) -> Id {
        match &self.page {
            Page::Instructions(_) => Id::new(instructions::MAIN),
            Page::Password => self.password.focus_target(),
            Page::Status(_) => Id::new(status::MAIN),
            Page::Confirmation(_) => Id::new(confirmation::MAIN),
            Page::Manual(_) => Id::new(manual::MAIN),
        }
    }

    pub fn update(&mut self, message: Message) -> Action {
        match (message, &mut self.page) {
            (Message::Instructions(message), Page::Instructions(page)) => match page.update(message) {
                instructions::Action::Later => Action::Later,
                instructions::Action::OpenLink(link) => Action::OpenLink(link),
                instructions::Action::Continue => self.show(Page::Password),
            },
            (Message::Password(message), Page::Password) => match self.password.update(message) {
                password::Action::None => Action::None,
                password::Action::Back => self.show(Page::Instructions(Instructions::new(&self.facts))),
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
            (Message::Confirmation(message), Page::Confirmation(page)) => match page.update(message) {
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
            self.page = Page::Status(Status::new(&self.facts));
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

    /// The set-up was stopped and everything is as it was: back to the password, entries kept.
    pub fn cancelled(&mut self) {
        self.page = Page::Password;
    }

    /// The password is not the right one: back to it, entries kept.
    pub fn password_refused(&mut self, notice: Notice) {
        self.password.refused(notice);
        self.page = Page::Password;
    }

    pub fn completed(&mut self, outcome: mail::Outcome) {
        self.page = Page::Confirmation(Confirmation::new(&self.facts, outcome));
    }

    /// It cannot be done by itself: the settings to enter by hand.
    pub fn failed(&mut self, notice: Notice) {
        self.page = Page::Manual(Box::new(Manual::new(&self.facts, notice)));
    }

    /// It failed, and going back failed as well.
    pub fn stuck(&mut self, notice: Notice) {
        self.page = Page::Manual(Box::new(Manual::stuck(&self.facts, notice)));
    }

    /// Going back is tried again.
    pub fn going_back(&mut self) {
        if let Page::Manual(page) = &mut self.page {
            page.going_back();
        }
    }

    /// Back from the settings to the password page, with what is known by now; entries kept.
    pub fn again(&mut self, facts: Facts) {
        self.password.renew(&facts);
        self.facts = facts;
        self.page = Page::Password;
    }

    pub fn into_facts(self) -> Facts {
        self.facts
    }

    fn show(&mut self, page: Page) -> Action {
        self.page = page;
        Action::Focus(self.focus_target())
    }

    pub fn view<'a>(&'a self, style: &'a Style) -> Element<'a, Message> {
        match &self.page {
            Page::Instructions(page) => page.view(style).map(Message::Instructions),
            Page::Password => self.password.view(style).map(Message::Password),
            Page::Status(page) => page.view(style).map(Message::Status),
            Page::Confirmation(page) => page.view(style).map(Message::Confirmation),
            Page::Manual(page) => page.view(style).map(Message::Manual),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ResponseCode;
    use sample::{facts, outcome, simulator, style};

    /// Presses what is shown and returns what the wizard asks for.
    fn press(wizard: &mut Wizard, words: &str) -> Vec<Action> {
        let style = style();
        let mut shown = simulator(wizard.view(&style));
        shown.click(words).unwrap_or_else(|_| panic!("{words} is shown"));
        let messages: Vec<_> = shown.into_messages().collect();
        messages.into_iter().map(|message| wizard.update(message)).collect()
    }

    fn type_password(wizard: &mut Wizard, text: &str) {
        let _ = wizard.update(Message::Password(password::Message::Typed(text.to_owned().into())));
    }

    #[test]
    fn the_way_through_by_clicks() {
        let mut wizard = Wizard::new(facts());
        assert_eq!(press(&mut wizard, "Later"), [Action::Later]);
        assert_eq!(press(&mut wizard, "Continue"), [Action::Focus(wizard.focus_target())]);
        type_password(&mut wizard, "hunter2");
        let password = Choice::Existing("hunter2".to_owned().into());
        assert_eq!(press(&mut wizard, "Set up my mail"), [Action::SetUp { password }]);
        assert_eq!(press(&mut wizard, "Cancel"), [Action::Cancel]);
        wizard.completed(outcome());
        assert_eq!(press(&mut wizard, "Open Thunderbird"), [Action::OpenClient]);
        assert_eq!(press(&mut wizard, "Close"), [Action::Close]);
    }

    #[test]
    fn the_way_through_by_keys() {
        use iced::keyboard::key::Named;
        let (mut wizard, style) = (Wizard::new(facts()), style());
        let mut shown = simulator(wizard.view(&style));
        // Help, Later, Continue.
        for _ in 0..3 {
            shown.tap_key(Named::Tab);
        }
        shown.tap_key(Named::Enter);
        let messages: Vec<_> = shown.into_messages().collect();
        assert!(matches!(messages[..], [Message::Instructions(instructions::Message::Continue)]), "{messages:?}");
        for message in messages {
            let _ = wizard.update(message);
        }
        assert!(matches!(wizard.page, Page::Password));
    }

    #[test]
    fn going_back_and_a_refusal_keep_what_was_typed() {
        let mut wizard = Wizard::new(facts());
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
        let mut wizard = Wizard::new(facts());
        let _ = press(&mut wizard, "Continue");
        type_password(&mut wizard, "hunter2");
        let twice = [0, 1].map(|_| wizard.update(Message::Password(password::Message::SetUp)));
        assert!(matches!(twice, [Action::SetUp { .. }, Action::None]), "{twice:?}");
    }

    #[test]
    fn the_first_page_names_a_certificate_authority_that_will_be_trusted() {
        let style = style();
        let line = "In the new profile, Thunderbird trusts the certificates of Sample.";
        for trusts_authority in [false, true] {
            let wizard = Wizard::new(Facts { trusts_authority, ..facts() });
            assert_eq!(simulator(wizard.view(&style)).find(line).is_ok(), trusts_authority);
        }
    }

    #[test]
    fn a_failure_leads_to_the_settings_and_back_to_the_password() {
        let mut wizard = Wizard::new(facts());
        wizard.failed(Notice::new(ResponseCode::IncomingUnreachable));
        assert_eq!(press(&mut wizard, "I’m done"), [Action::FinishedByHand]);
        assert_eq!(press(&mut wizard, "Try again"), [Action::TryAgain]);
        let mut corrected = facts();
        corrected.project.account.as_mut().expect("one").incoming.host = "imap.right.example".into();
        wizard.again(corrected);
        assert!(matches!(wizard.page, Page::Password));
        let style = style();
        let sent = style.words.with("password-sent", &[("host", "imap.right.example")]);
        assert!(simulator(wizard.view(&style)).find(sent.as_str()).is_ok());
        wizard.failed(Notice::new(ResponseCode::IncomingUnreachable));
        assert!(simulator(wizard.view(&style)).find("imap.right.example").is_ok(), "the settings that were used");
    }

    #[test]
    fn no_title_calls_it_a_wizard() {
        let (mut wizard, style) = (Wizard::new(facts()), style());
        assert_eq!(wizard.title(&style), "Let’s set up your new mailbox");
        wizard.checking();
        assert_eq!(wizard.title(&style), "Setting up your mail");
    }
}
