//! What is known, as views are told it: borrowed while they are drawn, kept by none of them.
//!
//! Two directives may be known at once. What is being set up goes by the one that the person has seen; whom they can ask,
//! what is recommended and which passwords are taken always go by the newest.

use std::sync::LazyLock;

use jiff::Timestamp;

use super::agreed::Agreed;
use super::notice::Notice;
use super::state::State;
use super::{api, host};
use crate::account::Account;
use crate::mail::Outcome;
use crate::problem::ResponseCode;
use crate::protocol::{
    Activation, Article, ClientKind, Directive, Helpdesk, InstalledClient, Inventory, PasswordPolicy, Project, User,
};

#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub state: &'a State,
    /// None until this computer was looked at.
    pub inventory: Option<&'a Inventory>,
    /// Why the server cannot be asked just now.
    pub trouble: Option<&'a api::Error>,
    /// What a server has answered to a code, while nobody has said "that's me".
    pub pending: Option<&'a Activation>,
    /// Another server than this computer's was configured, and nobody has decided between them.
    pub other_server: Option<&'a str>,
    /// The server can be asked on behalf of this computer.
    pub is_bound: bool,
    pub is_working: bool,
    pub can_undo: bool,
    /// Decides what "today" is.
    pub now: Timestamp,
}

static NO_HELPDESK: Helpdesk = Helpdesk { name: String::new(), email: String::new(), phone: String::new() };
static NO_USER: User = User { name: String::new(), old_address: String::new(), new_address: String::new() };
static NO_POLICY: LazyLock<PasswordPolicy> = LazyLock::new(PasswordPolicy::default);

impl<'a> Facts<'a> {
    /// What a state says by itself.
    pub fn of(state: &'a State) -> Self {
        Self {
            state,
            inventory: None,
            trouble: None,
            pending: None,
            other_server: None,
            is_bound: false,
            is_working: false,
            can_undo: false,
            now: Timestamp::now(),
        }
    }

    /// The newest.
    fn project(&self) -> Option<&'a Project> {
        self.state.directive.as_ref().map(|directive| &directive.project)
    }

    /// The directive that the person has seen and agreed to, else the newest.
    pub fn order(&self) -> Option<&'a Directive> {
        self.state.begun.as_ref().or(self.state.directive.as_ref())
    }

    pub fn helpdesk(&self) -> &'a Helpdesk {
        let bound = || self.state.project.as_ref().map(|project| &project.helpdesk);
        let pending = || self.pending.map(|activation| &activation.project.helpdesk);
        self.project().map(|project| &project.helpdesk).or_else(bound).or_else(pending).unwrap_or(&NO_HELPDESK)
    }

    pub fn project_name(&self) -> &'a str {
        self.project().map_or("", |project| &project.name)
    }

    pub fn articles(&self) -> &'a [Article] {
        self.project().map_or(&[], |project| &project.articles)
    }

    pub fn policy(&self) -> &'a PasswordPolicy {
        self.project().map_or_else(|| &*NO_POLICY, |project| &project.password)
    }

    pub fn cutover(&self) -> Option<Timestamp> {
        self.project()?.cutover
    }

    /// Whose mail is set up.
    pub fn user(&self) -> &'a User {
        self.order().map_or(&NO_USER, |order| &order.user)
    }

    /// The address that is shown before anything is set up.
    pub fn masked_address(&self) -> &'a str {
        self.state.user.as_ref().map_or("", |user| &user.address)
    }

    /// The name of whoever said, or was found, to be the person here. None when the code named the person.
    pub fn signed_in(&self) -> Option<&'a str> {
        self.state.user.as_ref().filter(|_| self.state.by_project).map(|user| user.name.as_str())
    }

    /// Where the mail is set up.
    pub fn account(&self) -> Option<&'a Account> {
        self.order()?.project.account.as_ref()
    }

    pub fn outcome(&self) -> Option<&'a Outcome> {
        self.state.outcome.as_ref()
    }

    /// Host of this computer's server.
    pub fn server(&self) -> Option<String> {
        host::of(self.state.server.as_deref()?)
    }

    pub fn offline(&self) -> Option<Notice> {
        self.trouble.map(Notice::from)
    }

    /// The server answers, and does not mean this computer.
    pub fn is_unknown(&self) -> bool {
        let code = self.trouble.map(api::Error::code);
        matches!(code, Some(ResponseCode::ServerForgotAgent | ResponseCode::OtherDatabase))
    }

    fn preferred(&self) -> Option<&'a InstalledClient> {
        self.inventory.and_then(Inventory::preferred)
    }

    pub fn has_client(&self) -> bool {
        self.preferred().is_some()
    }

    /// The mail program that will be set up, as people call it.
    pub fn client(&self) -> &'static str {
        match self.preferred().map(|client| &client.kind) {
            Some(ClientKind::Outlook | ClientKind::NewOutlook) => "Outlook",
            _ => "Thunderbird",
        }
    }

    /// The mailbox is opened in the mail program's own sign-in window: Outlook with an Exchange mailbox that takes no
    /// password from programs.
    pub fn signs_in_there(&self) -> bool {
        let is_outlook = self.preferred().is_some_and(|client| client.kind != ClientKind::Thunderbird);
        is_outlook && self.account().is_some_and(Account::signs_in_there)
    }

    /// The new profile is to trust a certificate authority of the project's own. Outlook has no such list of its own.
    pub fn trusts_authority(&self) -> bool {
        let is_thunderbird = self.preferred().is_none_or(|client| client.kind == ClientKind::Thunderbird);
        is_thunderbird && self.account().is_some_and(|account| account.certificate_authority.is_some())
    }

    /// What the person's mail addresses end with.
    pub fn sites(&self) -> Vec<String> {
        let accounts = self.inventory.iter().flat_map(|inventory| &inventory.clients).flat_map(|it| &it.accounts);
        let mut sites: Vec<_> =
            accounts.filter_map(|account| Some(host::site(account.address.rsplit_once('@')?.1))).collect();
        sites.sort();
        sites.dedup();
        sites
    }

    /// What the organisation names now, to be compared with what was agreed on.
    pub fn named(&self) -> Option<Agreed> {
        self.project()?.account.as_ref().map(Agreed::on)
    }
}
