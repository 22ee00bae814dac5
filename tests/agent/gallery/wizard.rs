//! The pages of the wizard.

use std::time::Duration;

use mailshift::agent::notice::Notice;
use mailshift::agent::theme;
use mailshift::agent::wizard::{self, Wizard, instructions, manual, password};
use mailshift::mail::{Progress, Step};
use mailshift::problem::ResponseCode;

use super::known::{self, Known};
use super::states::{Page, State};

/// Nobody creates a password here.
fn simple() -> Known {
    let mut known = known::called();
    known.project().password.may_create = false;
    known
}

/// The organisation vouches for its servers itself.
fn authority() -> Known {
    let mut known = known::called();
    known.project().account.as_mut().expect("the sample has one").certificate_authority = Some("its own".into());
    known
}

fn wizard_with(known: Known, name: &'static str, change: impl FnOnce(&mut Wizard)) -> State {
    let mut wizard = Wizard::default();
    change(&mut wizard);
    State { name, size: theme::WIZARD, page: Page::Wizard(Box::new(wizard)), known }
}

fn wizard(name: &'static str, change: impl FnOnce(&mut Wizard)) -> State {
    wizard_with(known::called(), name, change)
}

fn to_password(wizard: &mut Wizard) {
    let message = wizard::Message::Instructions(instructions::Message::Continue);
    let _ = wizard.update(message, &known::called().facts());
}

fn password(wizard: &mut Wizard, message: password::Message) {
    let _ = wizard.update(wizard::Message::Password(message), &known::called().facts());
}

fn run_until(wizard: &mut Wizard, last: Step) {
    wizard.checking();
    for step in Step::ALL.into_iter().filter(|step| *step < last) {
        wizard.progress(Progress::Started(step));
        wizard.progress(Progress::Finished(step));
    }
    wizard.progress(Progress::Started(last));
}

pub fn states() -> Vec<State> {
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
        wizard_with(authority(), "instructions-authority", |_| {}),
        wizard("password-sample", to_password),
        wizard_with(simple(), "password-only-existing", to_password),
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
        wizard_with(known::outlook(false), "password-there", to_password),
        wizard_with(known::outlook(true), "password-there-or-new", to_password),
        wizard("status-sample", |wizard| {
            run_until(wizard, Step::CarryOver);
            wizard.tick(Duration::from_secs(8));
        }),
        wizard("status-waiting", |wizard| {
            run_until(wizard, Step::CloseClient);
            wizard.progress(Progress::WaitingForClose);
            wizard.tick(Duration::from_secs(75));
        }),
        wizard_with(known::outlook(false), "status-sign-in", |wizard| {
            run_until(wizard, Step::CheckArrival);
            wizard.progress(Progress::WaitingForSignIn);
            wizard.tick(Duration::from_secs(25));
        }),
        wizard("status-late", |wizard| {
            run_until(wizard, Step::CheckArrival);
            wizard.tick(Duration::from_secs(42));
        }),
        wizard_with(known::moved(vec![]), "confirmation-sample", Wizard::completed),
        wizard_with(known::moved(vec![ResponseCode::PasswordNotStored]), "confirmation-left", Wizard::completed),
        wizard("manual-sample", move |wizard| wizard.failed(dead_port())),
        wizard("manual-stuck", |wizard| {
            wizard.stuck(Notice::new(ResponseCode::UndoFailed).fact("client", "Thunderbird"));
        }),
        wizard("manual-going-back", |wizard| {
            wizard.stuck(Notice::new(ResponseCode::UndoFailed).fact("client", "Thunderbird"));
            wizard.going_back();
        }),
        wizard_with(known::outlook(false), "manual-exchange", |wizard| {
            wizard
                .failed(Notice::new(ResponseCode::OutlookSignInTimedOut).fact("client", "Outlook").fact("minutes", 10));
        }),
        wizard("manual-phone", move |wizard| {
            wizard.failed(dead_port());
            let text = "IMAP imap.riverside.example:993 SSL/TLS anna.bergmann@riverside.example\n\
                        SMTP smtp.riverside.example:587 STARTTLS anna.bergmann@riverside.example";
            let shown = wizard::Message::Manual(manual::Message::Phone(Some(text.into())));
            let _ = wizard.update(shown, &known::called().facts());
        }),
    ]
}
