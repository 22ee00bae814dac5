//! The pages and their notable states, with sample people.

use std::time::Duration;

use iced::Element;
use mailshift::account::{Account, Authentication, Exchange, Protocol, Security, Server};
use mailshift::agent::diagnostics::page::{self as report, Report};
use mailshift::agent::enrolment::{self, Enrolment};
use mailshift::agent::identification::Identification;
use mailshift::agent::notice::Notice;
use mailshift::agent::question::Question;
use mailshift::agent::theme::{self, Style};
use mailshift::agent::undo::{self, Undo};
use mailshift::agent::waiting::{self, Waiting};
use mailshift::agent::wizard::{self, Wizard, instructions, manual, password};
use mailshift::mail::{Outcome, Progress, Step};
use mailshift::problem::ResponseCode;
use mailshift::protocol::{
    Article, Brand, Diagnostics, Evidence, Helpdesk, PasswordPolicy, PasswordRules, Project, User,
};

pub enum Page {
    Enrolment(Enrolment),
    Question(Question),
    Identification(Box<Identification>),
    Waiting(Waiting),
    Wizard(Box<Wizard>),
    Undo(Undo),
    Report(Box<Report>),
}

pub struct State {
    pub name: &'static str,
    pub size: (f32, f32),
    pub page: Page,
}

impl State {
    /// Messages go nowhere: the gallery only looks.
    pub fn view<'a>(&'a self, style: &'a Style) -> Element<'a, ()> {
        match &self.page {
            Page::Enrolment(page) => page.view(style).map(|_| ()),
            Page::Question(page) => page.view(style).map(|_| ()),
            Page::Identification(page) => page.view(style).map(|_| ()),
            Page::Waiting(page) => page.view(style).map(|_| ()),
            Page::Wizard(page) => page.view(style).map(|_| ()),
            Page::Undo(page) => page.view(style).map(|_| ()),
            Page::Report(page) => page.view(style).map(|_| ()),
        }
    }
}

pub fn helpdesk() -> Helpdesk {
    Helpdesk { name: "Riverside IT".into(), email: "help@riverside.example".into(), phone: "+49 30 1234567".into() }
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

pub fn facts() -> wizard::Facts {
    let incoming = server(Protocol::Imap, "imap.riverside.example", 993, Security::Tls);
    let outgoing = server(Protocol::Smtp, "smtp.riverside.example", 587, Security::StartTls);
    let rules = PasswordRules { min_length: 12, upper_and_lower: true, digit: true, symbol: false };
    wizard::Facts {
        user: User {
            name: "Anna Bergmann".into(),
            old_address: "anna@old.example".into(),
            new_address: "anna.bergmann@riverside.example".into(),
        },
        project: Project {
            name: "Riverside Clinic".into(),
            brand: Brand { colour: Some("#1D5FBF".into()) },
            helpdesk: helpdesk(),
            cutover: Some("2026-11-30T17:00:00Z".parse().expect("a time")),
            account: Some(Account { incoming, outgoing, certificate_authority: None, exchange: None }),
            password: PasswordPolicy { may_create: true, rules, ..PasswordPolicy::default() },
            articles: vec![Article {
                title: "Set up Thunderbird".into(),
                url: "https://help.riverside.example/1".into(),
            }],
            minimum_versions: Vec::new(),
            switch_to_classic_outlook: false,
        },
        client: "Thunderbird".into(),
        signs_in_there: false,
        trusts_authority: false,
        minutes: 5,
        server: "move.riverside.example".into(),
    }
}

fn simple_facts() -> wizard::Facts {
    let mut facts = facts();
    facts.project.password.may_create = false;
    facts
}

/// Outlook with a mailbox that is opened in its own sign-in window.
fn outlook_facts(may_create: bool) -> wizard::Facts {
    let mut facts = facts();
    facts.project.password.may_create = may_create;
    facts.client = "Outlook".into();
    facts.signs_in_there = true;
    if let Some(account) = &mut facts.project.account {
        let address = facts.user.new_address.clone();
        account.exchange = Some(Exchange { address, directory_has_moved: false, leaves_own_exchange: false });
    }
    facts
}

fn wizard_with(facts: wizard::Facts, name: &'static str, change: impl FnOnce(&mut Wizard)) -> State {
    let mut wizard = Wizard::new(facts);
    change(&mut wizard);
    State { name, size: theme::WIZARD, page: Page::Wizard(Box::new(wizard)) }
}

fn wizard(name: &'static str, change: impl FnOnce(&mut Wizard)) -> State {
    wizard_with(facts(), name, change)
}

fn to_password(wizard: &mut Wizard) {
    let _ = wizard.update(wizard::Message::Instructions(instructions::Message::Continue));
}

fn password(wizard: &mut Wizard, message: password::Message) {
    let _ = wizard.update(wizard::Message::Password(message));
}

fn run_until(wizard: &mut Wizard, last: Step) {
    wizard.checking();
    for step in Step::ALL.into_iter().filter(|step| *step < last) {
        wizard.progress(Progress::Started(step));
        wizard.progress(Progress::Finished(step));
    }
    wizard.progress(Progress::Started(last));
}

fn outcome(left: Vec<ResponseCode>) -> Outcome {
    Outcome {
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
    }
}

pub fn enrolment(name: &'static str, change: impl FnOnce(&mut Enrolment)) -> State {
    let mut page = Enrolment::new();
    change(&mut page);
    State { name, size: theme::SMALL, page: Page::Enrolment(page) }
}

pub fn code() -> String {
    mailshift::code::AuthenticationCode::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22]).grouped()
}

fn card() -> enrolment::Card {
    enrolment::Card {
        project: "Riverside Clinic".into(),
        helpdesk: helpdesk(),
        name: "Anna Bergmann".into(),
        address: "a***@riverside.example".into(),
    }
}

pub fn waiting(name: &'static str, change: impl FnOnce(&mut waiting::Facts)) -> State {
    let mut facts = waiting::Facts {
        project: "Riverside Clinic".into(),
        helpdesk: helpdesk(),
        cutover: Some("2026-12-24T17:00:00Z".parse().expect("a time")),
        address: "anna.bergmann@riverside.example".into(),
        signed_in: None,
        looking: false,
        client: Some("Thunderbird".into()),
        offline: None,
        now: "2026-11-30T08:00:00Z".parse().expect("a time"),
    };
    change(&mut facts);
    State { name, size: theme::WAITING, page: Page::Waiting(Waiting::new(facts)) }
}

fn moved(name: &'static str, stage: waiting::Stage) -> State {
    let State { name, size, page } = waiting(name, |_| {});
    let Page::Waiting(page) = page else { unreachable!("made one line above") };
    State { name, size, page: Page::Waiting(page.at(stage)) }
}

fn undo(name: &'static str, change: impl FnOnce(&mut Undo)) -> State {
    let mut page = Undo::new(undo::Facts {
        client: "Thunderbird".into(),
        old_profile: Some("default-release".into()),
        helpdesk: helpdesk(),
        ordered: (name == "undo-ordered").then(|| "2026-11-30T09:10:00[Europe/Berlin]".parse().expect("a time")),
        now: "2026-11-30T09:00:00[Europe/Berlin]".parse().expect("a time"),
    });
    change(&mut page);
    State { name, size: theme::SMALL, page: Page::Undo(page) }
}

/// What a computer with a failed set-up has to say, in short.
const REPORT: &str = "Mailshift: 0.1.0
Written: 2026-11-30T08:12:44.120912Z
System: linux, en
Server: https://mailshift.riverside.example/
Device: 01a1fbbd-4046-7355-a644-654a41a43db3
Stage: Failed with NET-4, order 1
Project: Riverside Clinic
User: a***@riverside.example
Incoming: IMAP imap.riverside.example:993 SSL/TLS, Password
Outgoing: SMTP smtp.riverside.example:587 STARTTLS, Password
Device known by: InKeyring
Events not sent: 0

Mail programs
Program: thunderbird 140.1.0esr x64
  path: /usr/lib/thunderbird/thunderbird
  profiles: default-release
  account: imap a***@old.example in default-release
Free disk: 48318382080 bytes

Set-up
Recorded: none

Log
2026-11-30T08:11:07.063098Z  INFO mailshift::agent::orders: directive action=Configure order=1 is_new=true
2026-11-30T08:11:10.170352Z  INFO mailshift::mail::set_up: begins step=\"check-password\"
2026-11-30T08:11:10.186401Z  WARN mailshift::mail::sign_in: sign-in failed error=Incoming mail server \
imap.riverside.example:993 cannot be reached: Connection refused (os error 111)
";

fn report(name: &'static str, can_send: bool, change: impl FnOnce(&mut Report)) -> State {
    let facts = report::Facts { helpdesk: helpdesk(), can_send, is_over_another: name != "report-sample" };
    let mut page = Report::new(facts, Diagnostics { text: REPORT.into() });
    change(&mut page);
    State { name, size: theme::WIZARD, page: Page::Report(Box::new(page)) }
}

fn reports() -> Vec<State> {
    let send = |page: &mut Report| drop(page.update(report::Message::Send));
    let failed = move |page: &mut Report, code: ResponseCode| {
        send(page);
        page.failed(Notice::new(code).fact("server", "mailshift.riverside.example"));
    };
    vec![
        report("report-sample", true, |_| {}),
        report("report-copied", false, |page| drop(page.update(report::Message::Copy))),
        report("report-sending", true, send),
        report("report-failed", true, move |page| failed(page, ResponseCode::TooManyDiagnostics)),
        report("report-offline", true, move |page| failed(page, ResponseCode::ServerUnreachable)),
        report("report-sent", true, move |page| {
            send(page);
            page.sent("7KQ2-M4TX".into());
        }),
    ]
}

pub fn all() -> Vec<State> {
    let mut states = small_windows();
    states.extend(super::belonging::states());
    states.extend(super::identity::states());
    states.extend(wizard_pages());
    states.extend(reports());
    states
}

fn small_windows() -> Vec<State> {
    let press = |page: &mut Undo| {
        let _ = page.update(undo::Message::GoBack);
    };
    let refused = |page: &mut Enrolment| {
        page.pasted(code());
        page.refused(Notice::new(ResponseCode::InvalidCode).fact("tries", 7));
    };
    vec![
        enrolment("code-sample", |_| {}),
        enrolment("code-typed", |page| page.pasted(code())),
        enrolment("code-slip", |page| page.pasted("7KQ2-M4TX-9DWP-Z".into())),
        enrolment("code-empty", |page| drop(page.update(enrolment::Message::Continue))),
        enrolment("code-slip-letters", |page| page.pasted("ABCDEFGHJ".into())),
        enrolment("code-refused", refused),
        enrolment("code-offline", |page| {
            page.refused(Notice::new(ResponseCode::ServerUnreachable).fact("server", "mailshift.riverside.example"));
        }),
        enrolment("code-found", |page| page.found(card())),
        enrolment("code-binding", |page| {
            page.found(card());
            drop(page.update(enrolment::Message::Mine));
        }),
        waiting("waiting-sample", |_| {}),
        waiting("waiting-signed-in", |facts| {
            facts.signed_in = Some("Anna Bergmann".into());
            facts.address = "a***@riverside.example".into();
        }),
        waiting("waiting-no-client", |facts| facts.client = None),
        waiting("waiting-looking", |facts| {
            facts.client = None;
            facts.looking = true;
        }),
        waiting("waiting-offline", |facts| {
            facts.offline =
                Some(Notice::new(ResponseCode::ServerUnreachable).fact("server", "mailshift.riverside.example"));
        }),
        moved("waiting-moved", waiting::Stage::Moved),
        moved("waiting-undone", waiting::Stage::Undone),
        undo("undo-sample", |_| {}),
        undo("undo-busy", press),
        undo("undo-done", Undo::done),
        undo("undo-ordered", |_| {}),
        undo("undo-failed", |page| {
            page.failed(Notice::new(ResponseCode::UndoFailed).fact("client", "Thunderbird"), false)
        }),
        undo("undo-unfinished", |page| {
            page.failed(Notice::new(ResponseCode::UndoFailed).fact("client", "Thunderbird"), true)
        }),
    ]
}

fn wizard_pages() -> Vec<State> {
    let create = |wizard: &mut Wizard| {
        to_password(wizard);
        password(wizard, password::Message::Choose(password::Kind::Create));
    };
    let refused = |wizard: &mut Wizard| {
        to_password(wizard);
        password(wizard, password::Message::Typed("correct horse".to_owned().into()));
        password(wizard, password::Message::SetUp);
        wizard.password_refused(Notice::new(ResponseCode::PasswordRefused));
    };
    let dead_port =
        || Notice::new(ResponseCode::IncomingUnreachable).fact("host", "imap.riverside.example").fact("port", 993);
    vec![
        wizard("instructions-sample", |_| {}),
        wizard_with(wizard::Facts { trusts_authority: true, ..facts() }, "instructions-authority", |_| {}),
        wizard("password-sample", to_password),
        wizard_with(simple_facts(), "password-only-existing", to_password),
        wizard("password-empty", move |wizard| {
            to_password(wizard);
            password(wizard, password::Message::SetUp);
        }),
        wizard("password-refused", refused),
        wizard("password-create", move |wizard| {
            create(wizard);
            password(wizard, password::Message::Typed("Wandering Otter 7".to_owned().into()));
        }),
        wizard("password-differs", move |wizard| {
            create(wizard);
            password(wizard, password::Message::Typed("Wandering Otter 7".to_owned().into()));
            password(wizard, password::Message::Repeated("Wandering".to_owned().into()));
            password(wizard, password::Message::Show);
            password(wizard, password::Message::SetUp);
        }),
        wizard_with(outlook_facts(false), "password-there", to_password),
        wizard_with(outlook_facts(true), "password-there-or-new", to_password),
        wizard("status-sample", |wizard| {
            run_until(wizard, Step::CarryOver);
            wizard.tick(Duration::from_secs(8));
        }),
        wizard("status-waiting", |wizard| {
            run_until(wizard, Step::CloseClient);
            wizard.progress(Progress::WaitingForClose);
            wizard.tick(Duration::from_secs(75));
        }),
        wizard_with(outlook_facts(false), "status-sign-in", |wizard| {
            run_until(wizard, Step::CheckArrival);
            wizard.progress(Progress::WaitingForSignIn);
            wizard.tick(Duration::from_secs(25));
        }),
        wizard("status-late", |wizard| {
            run_until(wizard, Step::CheckArrival);
            wizard.tick(Duration::from_secs(42));
        }),
        wizard("confirmation-sample", |wizard| wizard.completed(outcome(vec![]))),
        wizard("confirmation-left", |wizard| wizard.completed(outcome(vec![ResponseCode::PasswordNotStored]))),
        wizard("manual-sample", move |wizard| wizard.failed(dead_port())),
        wizard("manual-stuck", |wizard| {
            wizard.stuck(Notice::new(ResponseCode::UndoFailed).fact("client", "Thunderbird"))
        }),
        wizard("manual-going-back", |wizard| {
            wizard.stuck(Notice::new(ResponseCode::UndoFailed).fact("client", "Thunderbird"));
            wizard.going_back();
        }),
        wizard_with(outlook_facts(false), "manual-exchange", |wizard| {
            wizard
                .failed(Notice::new(ResponseCode::OutlookSignInTimedOut).fact("client", "Outlook").fact("minutes", 10));
        }),
        wizard("manual-phone", move |wizard| {
            wizard.failed(dead_port());
            let _ = wizard.update(wizard::Message::Manual(manual::Message::Phone));
        }),
    ]
}
