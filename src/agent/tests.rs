//! What views are told is what is known at that moment.

use iced_test::selector::by_label;

use super::guardian;
use super::instance::Claim;
use super::wizard::sample::{self, simulator, style};
use super::*;
use crate::mail::Error;
use crate::protocol::{Action, ClientKind, Directive, Event, EventKind, InstalledClient, MaskedUser, ProjectName};

/// An agent of a folder of its own: no tray, no window, no server. What it would do elsewhere is not done.
struct Stage {
    agent: Agent,
    _home: tempfile::TempDir,
}

fn directive(order: u64, change: impl FnOnce(&mut Directive)) -> Directive {
    let mut directive = sample::directive(Action::Configure, order);
    change(&mut directive);
    directive
}

impl Stage {
    fn new(state: State) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let places = Places::below(home.path()).expect("folders");
        let Claim::First(instance) = instance::claim(&places).expect("a claim") else { panic!("nobody else runs") };
        let (agent, _) = Agent::boot(Settings {
            host: Host::of_this_session().expect("a session"),
            server: None,
            link: None,
            activation: None,
            request: None,
            style: style(),
            fixed_theme: Some("light".into()),
            instance,
            store: Store::open(&places),
            state,
            places,
        });
        let mut stage = Self { agent, _home: home };
        let thunderbird = InstalledClient { kind: ClientKind::Thunderbird, ..InstalledClient::default() };
        stage.happens(Message::InventoryTaken(Inventory { clients: vec![thunderbird], ..Inventory::default() }));
        stage.happens(undo::Message::Recovered(Ok(Recovered::Nothing), None).into());
        stage
    }

    /// Activated, at a server that is not there.
    fn activated() -> Self {
        let directive = directive(0, |directive| directive.action = Action::Wait);
        Self::new(State {
            stage: state::Stage::Waiting,
            server: Some("https://127.0.0.1:9".into()),
            was_activated: true,
            user: Some(MaskedUser { name: "Anna".into(), address: "a***@new.example".into() }),
            project: Some(ProjectName {
                name: "Sample".into(),
                brand: directive.project.brand.clone(),
                helpdesk: directive.project.helpdesk.clone(),
            }),
            directive: Some(directive),
            ..State::default()
        })
    }

    fn happens(&mut self, message: Message) {
        let _ = self.agent.update(message);
    }

    fn hears(&mut self, directive: Directive) {
        self.happens(Message::Connection(connection::Message::Guardian(guardian::Event::Directive(Box::new(
            directive,
        )))));
    }

    /// The person is there.
    fn hears_and_sees(&mut self, directive: Directive) {
        self.hears(directive);
        self.happens(Message::Unlocked);
    }

    fn ends_with(&mut self, error: Error) {
        self.happens(set_up::Message::Ended(Err(error)).into());
    }

    /// Presses what is shown.
    fn presses(&mut self, name: &str) {
        let mut shown = simulator(self.agent.view(iced::window::Id::unique()));
        shown.click(name).unwrap_or_else(|_| panic!("{name} is shown"));
        let messages: Vec<_> = shown.into_messages().collect();
        assert!(!messages.is_empty(), "{name} can be pressed");
        for message in messages {
            self.happens(message);
        }
    }

    fn shows(&self, words: &str) -> bool {
        simulator(self.agent.view(iced::window::Id::unique())).find(words).is_ok()
    }

    fn names(&self, label: &str) -> bool {
        simulator(self.agent.view(iced::window::Id::unique())).find(by_label(label)).is_ok()
    }
}

fn unreachable() -> Error {
    Error::Unsupported { what: "a server that does not answer".into() }
}

#[test]
fn a_set_up_that_fails_again_shows_the_settings_of_the_second_try() {
    let mut stage = Stage::activated();
    let with_port = |order, port| {
        directive(order, |directive| directive.project.account.as_mut().expect("one").incoming.port = port)
    };
    stage.hears_and_sees(with_port(1, 1143));
    stage.presses("Continue");
    stage.happens(
        set_up::Message::Wizard(wizard::Message::Password(wizard::password::Message::Typed("x".to_owned().into())))
            .into(),
    );
    stage.presses("Set up my mail");
    stage.ends_with(unreachable());
    assert!(stage.shows("1143"));
    stage.hears(with_port(1, 993));
    stage.presses("Try again");
    stage.presses("Set up my mail");
    stage.ends_with(unreachable());
    assert!(stage.shows("993") && !stage.shows("1143"));
}

#[test]
fn another_help_desk_is_named_on_whatever_page_is_shown() {
    let mut stage = Stage::activated();
    let with = |order, name: &str| directive(order, |directive| directive.project.helpdesk.name = name.into());
    let asks = |name| style().words.with("help-question", &[("name", name)]);
    stage.hears(Directive { action: Action::Wait, ..with(0, "Ada") });
    assert!(stage.shows(&asks("Ada")), "while it is waited");
    stage.hears_and_sees(with(1, "Bea"));
    assert!(stage.shows(&asks("Bea")), "when the wizard comes up");
    stage.hears(with(1, "Cleo"));
    assert!(stage.shows(&asks("Cleo")) && !stage.shows(&asks("Bea")), "in the open wizard");
    stage.presses("Continue");
    stage.hears(with(1, "Dora"));
    assert!(stage.shows(&asks("Dora")), "on the next page of it");
    stage.happens(
        set_up::Message::Wizard(wizard::Message::Password(wizard::password::Message::Typed("x".to_owned().into())))
            .into(),
    );
    stage.presses("Set up my mail");
    stage.ends_with(unreachable());
    stage.hears(with(1, "Emma"));
    assert!(stage.shows(&asks("Emma")), "beside the settings to enter by hand");
}

#[test]
fn other_rules_for_passwords_hold_from_the_moment_they_are_known() {
    let mut stage = Stage::activated();
    stage.hears_and_sees(directive(1, |_| ()));
    stage.presses("Continue");
    assert!(stage.names("Create one"));
    stage.hears(directive(1, |directive| directive.project.password.may_create = false));
    assert!(!stage.names("Create one"));
}

#[test]
fn behind_a_locked_screen_nothing_is_begun() {
    let mut stage = Stage::activated();
    stage.hears(directive(1, |_| ()));
    assert_eq!((stage.agent.state.stage, stage.agent.state.acted_on), (state::Stage::Waiting, 0));
    assert!(!stage.shows("Later"));
    stage.happens(Message::Unlocked);
    assert!(stage.shows("Later"));
    assert_eq!((stage.agent.state.stage, stage.agent.state.acted_on), (state::Stage::Starting, 1));
    stage.happens(Message::Unlocked);
    let opened = |event: &Event| event.kind == EventKind::WizardOpened;
    assert_eq!(stage.agent.state.outbox.iter().filter(|event| opened(event)).count(), 1, "an order is acted on once");
}

#[test]
fn what_was_taken_back_while_the_screen_was_locked_is_not_begun() {
    let mut stage = Stage::activated();
    stage.hears(directive(1, |_| ()));
    stage.hears(directive(2, |directive| directive.action = Action::Wait));
    stage.happens(Message::Unlocked);
    assert_eq!(stage.agent.state.stage, state::Stage::Waiting);
}

#[test]
fn nobody_agrees_to_mail_servers_that_they_have_not_seen() {
    let mut stage = Stage::activated();
    let with_host = |order, host: &str| {
        directive(order, |directive| directive.project.account.as_mut().expect("one").incoming.host = host.into())
    };
    stage.hears(Directive { action: Action::Wait, ..with_host(0, "imap.new.example") });
    stage.hears_and_sees(with_host(1, "imap.other.example"));
    assert!(stage.shows(&style().words.text("question-mail-title")));
    stage.hears(with_host(1, "imap.evil.example"));
    stage.presses(&style().words.text("question-mail-go-on"));
    let agreed = stage.agent.state.agreed.clone().expect("the first ones");
    assert_eq!(agreed.hosts[0], "imap.new.example", "the question has changed in the meantime");
    assert!(stage.shows(&style().words.text("question-mail-title")), "it is asked again");
    stage.presses(&style().words.text("question-mail-go-on"));
    assert!(stage.shows("Later"));
}
