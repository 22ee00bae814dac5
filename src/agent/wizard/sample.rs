//! Sample people and looks for the tests of the pages.
#![allow(clippy::missing_panics_doc)]

use iced::{Element, Settings};
use iced_test::Simulator;

use crate::account::{Account, Authentication, Protocol, Security, Server};
use crate::agent::i18n::Words;
use crate::agent::theme::{FONT, Palette, Style, WIZARD};
use crate::agent::wizard::Facts;
use crate::mail::Outcome;
use crate::protocol::{Article, Brand, Evidence, Helpdesk, PasswordPolicy, PasswordRules, Project, User};

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

pub fn facts() -> Facts {
    let incoming = server(Protocol::Imap, "imap.new.example", 993);
    let outgoing = server(Protocol::Smtp, "smtp.new.example", 465);
    let helpdesk = Helpdesk { name: "IT".into(), email: "it@new.example".into(), phone: String::new() };
    Facts {
        user: User {
            name: "Anna".into(),
            old_address: "anna@old.example".into(),
            new_address: "anna@new.example".into(),
        },
        project: Project {
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
        },
        client: "Thunderbird".into(),
        signs_in_there: false,
        trusts_authority: false,
        minutes: 5,
        server: "move.new.example".into(),
    }
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
