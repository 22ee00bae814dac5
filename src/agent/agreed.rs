//! What was agreed on when the organisation first named its mail servers. A later change is shown to the person before
//! their password goes anywhere; a wizard that is open keeps to what it has shown.

use iced::Task;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::facts::Facts;
use super::question::{self, Subject};
use super::state::Stage;
use super::{Agent, Message, host};
use crate::account::Account;
use crate::problem::ResponseCode;
use crate::protocol::EventKind;

/// Whom the person's password goes to, and who vouches for them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Agreed {
    /// The mail servers' hosts, incoming first.
    pub hosts: Vec<String>,
    /// Fingerprint of the organisation's own certificate authority.
    pub authority: Option<String>,
}

impl Agreed {
    pub(super) fn on(account: &Account) -> Self {
        let mut hosts = vec![account.incoming.host.to_ascii_lowercase()];
        let outgoing = account.outgoing.host.to_ascii_lowercase();
        if !hosts.contains(&outgoing) {
            hosts.push(outgoing);
        }
        let fingerprint = |pem: &String| Sha256::digest(pem.trim()).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { hosts, authority: account.certificate_authority.as_ref().map(fingerprint) }
    }

    /// Each by its end: a long name must not push another out of sight.
    fn shown(&self) -> String {
        self.hosts.iter().map(|host| host::shown(host)).collect::<Vec<_>>().join(", ")
    }
}

impl Agent {
    /// The first account that the organisation names is what everything later is compared with.
    pub(super) fn agree(&mut self) {
        let Some(now) = self.facts().named() else { return };
        match &self.state.agreed {
            None => self.state.agreed = Some(now),
            Some(was) if *was != now => tracing::warn!(
                code = ResponseCode::NotAgreed.id(),
                was = was.shown(),
                now = now.shown(),
                same_authority = was.authority == now.authority,
                "the mail servers are others than agreed"
            ),
            Some(_) => {}
        }
    }

    /// From now on the newest order is the one that the person sees, until the wizard has ended.
    pub(super) fn freeze_order(&mut self) {
        self.state.begun.clone_from(&self.state.directive);
    }

    pub(super) fn answered_change(&mut self, subject: &Subject, action: &question::Action) -> Task<Message> {
        let asked = change(&self.facts());
        if *action == question::Action::GoOn && asked.as_ref().is_some_and(|asked| asked != subject) {
            // Nobody agrees to what they have not seen.
            return self.turn_to(self.page_for_stage());
        }
        if *action == question::Action::GoOn {
            tracing::warn!("the person has agreed to the other mail servers");
            self.state.agreed = self.facts().named();
            self.freeze_order();
            self.save();
            return self.turn_to(self.page_for_stage());
        }
        tracing::warn!(code = ResponseCode::NotAgreed.id(), "the person has not agreed to the other mail servers");
        self.report(EventKind::Failed { code: ResponseCode::NotAgreed });
        let page = self.page_for_stage();
        Task::batch([self.turn_to(page), self.postpone()])
    }
}

/// Asked before the wizard: are these the right mail servers?
pub(super) fn change(facts: &Facts<'_>) -> Option<Subject> {
    let (was, now) = (facts.state.agreed.as_ref()?, facts.named()?);
    if *was == now || facts.state.stage != Stage::Starting {
        return None;
    }
    let (hosts_stay, was, now) = (was.hosts == now.hosts, was.shown(), now.shown());
    Some(if hosts_stay { Subject::Authority { now } } else { Subject::MailServer { was, now } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::wizard::sample::known;

    #[test]
    fn another_host_or_authority_is_another_agreement_and_another_port_is_none() {
        let account = known().account().clone();
        let agreed = Agreed::on(&account);
        assert_eq!(agreed.hosts, ["imap.new.example", "smtp.new.example"]);
        let changed = |change: fn(&mut Account)| {
            let mut account = account.clone();
            change(&mut account);
            Agreed::on(&account) != agreed
        };
        assert!(changed(|account| account.incoming.host = "imap.new.example.evil.example".into()));
        assert!(changed(|account| account.outgoing.host = "evil.example".into()));
        assert!(changed(|account| account.certificate_authority = Some("a stranger's".into())));
        assert!(!changed(|account| account.incoming.port = 1143));
    }
}
