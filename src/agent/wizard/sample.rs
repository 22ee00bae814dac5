//! Sample people and styles for the tests of the pages.
#![allow(clippy::missing_panics_doc)]

use iced::{Element, Settings};
use iced_test::Simulator;
use jiff::Timestamp;

use crate::account::{Account, Authentication, Protocol, Security, Server};
use crate::agent::api;
use crate::agent::facts::Facts;
use crate::agent::i18n::Words;
use crate::agent::state::State;
use crate::agent::theme::{FONT, Palette, Style, WIZARD};
use crate::mail::Outcome;
use crate::protocol::{
    Action, Activation, Article, Brand, ClientKind, Directive, Evidence, Helpdesk, InstalledClient, Inventory,
    PasswordPolicy, PasswordRules, Project, User,
};

pub fn style() -> Style {
    Style {
        words: Words::for_locale("en"),
        palette: Palette::light(None),
        scale: 1.0,
        zone: jiff::tz::TimeZone::UTC,
        reduced_motion: true,
    }
}

pub fn simulator<'a, Message>(view: impl Into<Element<'a, Message>>) -> Simulator<'a, Message> {
    Simulator::with_size(Settings { default_font: FONT, ..Settings::default() }, WIZARD, view)
}

/// What an agent knows.
pub struct Known {
    pub state: State,
    pub inventory: Option<Inventory>,
    pub trouble: Option<api::Error>,
    pub pending: Option<Activation>,
    pub is_bound: bool,
    pub is_working: bool,
    pub can_undo: bool,
    pub now: Timestamp,
}

impl Known {
    /// A computer with one mail program, and an agent that knows this.
    pub fn of(state: State) -> Self {
        let client = InstalledClient { kind: ClientKind::Thunderbird, ..InstalledClient::default() };
        Self {
            state,
            inventory: Some(Inventory { clients: vec![client], ..Inventory::default() }),
            trouble: None,
            pending: None,
            is_bound: true,
            is_working: false,
            can_undo: false,
            now: "2026-11-30T08:00:00Z".parse().expect("a time"),
        }
    }

    pub fn facts(&self) -> Facts<'_> {
        Facts {
            state: &self.state,
            inventory: self.inventory.as_ref(),
            trouble: self.trouble.as_ref(),
            pending: self.pending.as_ref(),
            other_server: None,
            is_bound: self.is_bound,
            is_working: self.is_working,
            can_undo: self.can_undo,
            now: self.now,
        }
    }

    pub fn project(&mut self) -> &mut Project {
        &mut self.state.directive.as_mut().expect("the sample has one").project
    }

    pub fn account(&mut self) -> &mut Account {
        self.project().account.as_mut().expect("the sample has one")
    }

    pub fn has_outlook(&mut self) {
        self.inventory.as_mut().expect("the sample has one").clients[0].kind = ClientKind::Outlook;
    }
}

fn server(protocol: Protocol, host: &str, port: u16) -> Server {
    Server {
        protocol,
        host: host.into(),
        port,
        security: Security::Tls,
        authentication: Authentication::Password,
        username: "anna@new.example".into(),
    }
}

pub fn directive(action: Action, order: u64) -> Directive {
    let incoming = server(Protocol::Imap, "imap.new.example", 993);
    let outgoing = server(Protocol::Smtp, "smtp.new.example", 465);
    let helpdesk = Helpdesk { name: "IT".into(), email: "it@new.example".into(), phone: String::new() };
    let user =
        User { name: "Anna".into(), old_address: "anna@old.example".into(), new_address: "anna@new.example".into() };
    let project = Project {
        name: "Sample".into(),
        brand: Brand::default(),
        helpdesk,
        cutover: None,
        account: Some(Account { incoming, outgoing, certificate_authority: None, exchange: None }),
        password: PasswordPolicy {
            may_create: true,
            rules: PasswordRules { min_length: 8, digit: true, ..PasswordRules::default() },
            ..PasswordPolicy::default()
        },
        articles: vec![Article { title: "By hand".into(), url: "https://help.example/1".into() }],
        minimum_versions: Vec::new(),
        switch_to_classic_outlook: false,
    };
    Directive { action, order, user, project, poll_seconds: 60, epoch: 0 }
}

/// The signal has come.
pub fn known() -> Known {
    Known::of(State {
        server: Some("https://move.new.example".into()),
        directive: Some(directive(Action::Configure, 1)),
        ..State::default()
    })
}

pub fn outcome() -> Outcome {
    Outcome {
        client: "Thunderbird".into(),
        profile: "Sample".into(),
        old_profile: Some("default, /home/anna/old".into()),
        evidence: Evidence {
            imap: true,
            smtp: true,
            default_profile: true,
            first_sync_messages: 3,
            account: true,
            store: true,
        },
        left: vec![],
    }
}
