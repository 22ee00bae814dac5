//! Which server the computer belongs to, and what is asked before that or anything else that was agreed changes.

use mailshift::agent::enrolment::Enrolment;
use mailshift::agent::instance::TakenOver;
use mailshift::agent::notice::Notice;
use mailshift::agent::offer::Offer;
use mailshift::agent::question::{Question, Subject};
use mailshift::agent::theme;
use mailshift::problem::ResponseCode;

use super::states::{Page, State, code, enrolment, helpdesk, waiting};

/// As the name of an installer's file makes it.
fn offer() -> Offer {
    Offer::of_file_name("mailshift_ABCDEFGHJK_move.riverside.example.exe", None).expect("an offer")
}

/// Whose end is far from its beginning.
fn strange() -> Offer {
    let server = format!("https://move.riverside.example.{}.evil.example", "a".repeat(50));
    Offer::of_link(&format!("mailshift://activate?server={server}&code={}", code())).expect("an offer")
}

fn session(refused: Option<TakenOver>) -> Subject {
    Subject::OtherSession { host: "reception-2".into(), display: ":10".into(), refused }
}

fn question(name: &'static str, subject: Subject) -> State {
    State { name, size: theme::SMALL, page: Page::Question(Question::new(subject, helpdesk())) }
}

fn offline(name: &'static str, code: ResponseCode) -> State {
    waiting(name, |facts| facts.offline = Some(Notice::new(code).fact("server", "mailshift.riverside.example")))
}

pub fn states() -> Vec<State> {
    let known = || Some("move.riverside.example".to_owned());
    let other = Subject::OtherServer { known: "move.riverside.example".into(), other: strange().host() };
    let mail = Subject::MailServer {
        was: "imap.riverside.example, smtp.riverside.example".into(),
        now: "imap.riverside.example.evil.example".into(),
    };
    vec![
        enrolment("code-known", |page| *page = Enrolment::at(known(), Vec::new())),
        enrolment("code-offered", |page| page.offer(&offer())),
        enrolment("code-offered-other", |page| {
            *page = Enrolment::at(known(), Vec::new());
            page.offer(&strange());
        }),
        enrolment("code-offered-elsewhere", |page| {
            *page = Enrolment::at(None, vec!["riverside.example".into()]);
            page.offer(&strange());
        }),
        question("question-server-sample", other),
        question("question-mail-sample", mail),
        question("question-authority", Subject::Authority { now: "imap.riverside.example".into() }),
        question("question-session-sample", session(None)),
        question("question-session-busy", session(Some(TakenOver::Busy))),
        question("question-session-silent", session(Some(TakenOver::Silent))),
        offline("waiting-not-known", ResponseCode::ServerForgotAgent),
        offline("waiting-other-database", ResponseCode::OtherDatabase),
    ]
}
