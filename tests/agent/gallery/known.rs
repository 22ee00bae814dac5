//! What an agent of the sample organisation knows.

use mailshift::account::{Account, Authentication, Exchange, Protocol, Security, Server};
use mailshift::agent::api;
use mailshift::agent::facts::Facts;
use mailshift::agent::state::{Stage, State};
use mailshift::mail::Outcome;
use mailshift::problem::ResponseCode;
use mailshift::protocol::{
    Action, Activation, Article, Brand, ClientKind, Directive, Evidence, Helpdesk, InstalledClient, Inventory,
    KnownAccount, MaskedUser, PasswordPolicy, PasswordRules, Project, ProjectName, User,
};

pub const SERVER: &str = "https://move.riverside.example";

pub struct Known {
    pub state: State,
    pub inventory: Option<Inventory>,
    pub trouble: Option<api::Error>,
    pub pending: Option<Activation>,
    pub is_bound: bool,
}

impl Known {
    fn of(state: State) -> Self {
        let client = InstalledClient { kind: ClientKind::Thunderbird, ..InstalledClient::default() };
        let inventory = Inventory { clients: vec![client], ..Inventory::default() };
        Self { state, inventory: Some(inventory), trouble: None, pending: None, is_bound: true }
    }

    pub fn facts(&self) -> Facts<'_> {
        Facts {
            inventory: self.inventory.as_ref(),
            trouble: self.trouble.as_ref(),
            pending: self.pending.as_ref(),
            is_bound: self.is_bound,
            now: "2026-11-30T08:00:00Z".parse().expect("a time"),
            ..Facts::of(&self.state)
        }
    }

    pub fn project(&mut self) -> &mut Project {
        &mut self.state.directive.as_mut().expect("the sample has one").project
    }

    pub fn client(&mut self) -> &mut InstalledClient {
        &mut self.inventory.as_mut().expect("the sample has one").clients[0]
    }

    pub fn is_offline(&mut self) {
        self.trouble = Some(api::Error::Offline { host: "mailshift.riverside.example".into(), port: 443 });
    }

    /// The person's mail is at the organisation's own domain.
    pub fn has_mail(&mut self) {
        let address = "anna@riverside.example".into();
        self.client().accounts = vec![KnownAccount { address, ..KnownAccount::default() }];
    }
}

pub fn helpdesk() -> Helpdesk {
    Helpdesk { name: "Riverside IT".into(), email: "help@riverside.example".into(), phone: "+49 30 1234567".into() }
}

pub fn masked() -> MaskedUser {
    MaskedUser { name: "Anna Bergmann".into(), address: "a***@riverside.example".into() }
}

fn server(protocol: Protocol, host: &str, port: u16, security: Security) -> Server {
    Server {
        protocol,
        host: host.into(),
        port,
        security,
        authentication: Authentication::Password,
        username: "anna.bergmann@riverside.example".into(),
    }
}

fn directive(action: Action) -> Directive {
    let incoming = server(Protocol::Imap, "imap.riverside.example", 993, Security::Tls);
    let outgoing = server(Protocol::Smtp, "smtp.riverside.example", 587, Security::StartTls);
    let rules = PasswordRules { min_length: 12, upper_and_lower: true, digit: true, symbol: false };
    let user = User {
        name: "Anna Bergmann".into(),
        old_address: "anna@old.example".into(),
        new_address: "anna.bergmann@riverside.example".into(),
    };
    let project = Project {
        name: "Riverside Clinic".into(),
        brand: Brand { colour: Some("#1D5FBF".into()) },
        helpdesk: helpdesk(),
        cutover: Some("2026-12-24T17:00:00Z".parse().expect("a time")),
        account: Some(Account { incoming, outgoing, certificate_authority: None, exchange: None }),
        password: PasswordPolicy { may_create: true, rules, ..PasswordPolicy::default() },
        articles: vec![Article { title: "Set up Thunderbird".into(), url: "https://help.riverside.example/1".into() }],
        minimum_versions: Vec::new(),
        switch_to_classic_outlook: false,
    };
    Directive { action, order: 1, user, project, poll_seconds: 60, epoch: 0 }
}

/// Nothing was ever entered.
pub fn new() -> Known {
    Known::of(State::default())
}

/// A code was entered, and the server has said for whom it is.
pub fn asked() -> Known {
    let activation = Activation {
        device_id: uuid::Uuid::nil(),
        token: "token".to_owned().into(),
        project: ProjectName { name: "Riverside Clinic".into(), helpdesk: helpdesk(), ..ProjectName::default() },
        user: Some(masked()),
        instance: None,
    };
    Known { pending: Some(activation), ..new() }
}

/// Between the code and the move.
pub fn waiting() -> Known {
    Known::of(State {
        stage: Stage::Waiting,
        server: Some(SERVER.into()),
        user: Some(MaskedUser { address: "anna.bergmann@riverside.example".into(), ..masked() }),
        directive: Some(directive(Action::Wait)),
        ..State::default()
    })
}

/// The signal has come.
pub fn called() -> Known {
    Known::of(State {
        stage: Stage::Starting,
        server: Some(SERVER.into()),
        directive: Some(directive(Action::Configure)),
        ..State::default()
    })
}

/// Outlook with a mailbox that is opened in its own sign-in window.
pub fn outlook(may_create: bool) -> Known {
    let mut known = called();
    known.client().kind = ClientKind::Outlook;
    known.project().password.may_create = may_create;
    let account = known.project().account.as_mut().expect("the sample has one");
    let address = "anna.bergmann@riverside.example".into();
    account.exchange = Some(Exchange { address, directory_has_moved: false, leaves_own_exchange: false });
    known
}

/// The set-up works.
pub fn moved(left: Vec<ResponseCode>) -> Known {
    let mut known = called();
    known.state.stage = Stage::Completed;
    known.state.old_profile = Some("default-release".into());
    known.state.outcome = Some(Outcome {
        client: "Thunderbird".into(),
        profile: "Riverside Clinic".into(),
        old_profile: Some("default-release, /home/anna/.thunderbird/x7k2p9qa.default-release".into()),
        evidence: Evidence {
            imap: true,
            smtp: true,
            default_profile: true,
            first_sync_messages: 12,
            account: true,
            store: true,
        },
        left,
    });
    known
}
