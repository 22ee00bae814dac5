//! Orders, for tests.

use crate::account::{Account, Authentication, Exchange, Protocol, Security, Server};
use crate::mail::Order;
use crate::secret::Secret;

pub(in crate::mail::outlook) fn order() -> Order {
    let server = |protocol, host: &str, port, security| Server {
        protocol,
        host: host.into(),
        port,
        security,
        authentication: Authentication::Password,
        username: "anna@new.example".into(),
    };
    Order {
        name: "Anna Müller".into(),
        address: "anna@new.example".into(),
        old_address: "anna@old.example".into(),
        account: Account {
            incoming: server(Protocol::Imap, "imap.new.example", 993, Security::Tls),
            outgoing: server(Protocol::Smtp, "smtp.new.example", 587, Security::StartTls),
            certificate_authority: None,
            exchange: None,
        },
        password: Secret::new("geheim"),
        hand_over: true,
        profile: "anna@new.example".into(),
        minimum_versions: Vec::new(),
        switch_to_classic_outlook: false,
    }
}

pub(in crate::mail::outlook) fn exchange_order() -> Order {
    let mut order = order();
    order.account.exchange =
        Some(Exchange { address: "anna@new.example".into(), directory_has_moved: false, leaves_own_exchange: false });
    order
}

/// Western European Windows, as far as Latin-1 goes.
pub(in crate::mail::outlook) fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}
