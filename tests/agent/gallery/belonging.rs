//! Which server the computer belongs to, and what is asked before that or anything else that was agreed changes.

use mailshift::agent::api;
use mailshift::agent::enrolment::Enrolment;
use mailshift::agent::instance::TakenOver;
use mailshift::agent::offer::Offer;
use mailshift::agent::question::{Question, Subject};
use mailshift::agent::theme;

use super::known::{self, Known};
use super::small::{enrolment, waiting};
use super::states::{Page, State, code};

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
    State { name, size: theme::SMALL, page: Page::Question(Question::new(subject)), known: known::waiting() }
}

/// The page for the code of an agent that knows this much.
fn entering(name: &'static str, change: impl FnOnce(&mut Known), page: impl FnOnce(&mut Enrolment)) -> State {
    let mut known = known::new();
    change(&mut known);
    State { known, ..enrolment(name, page) }
}

fn has_server(known: &mut Known) {
    known.state.server = Some(known::SERVER.into());
}

pub fn states() -> Vec<State> {
    let host = || "mailshift.riverside.example".to_owned();
    let other = Subject::OtherServer { known: "move.riverside.example".into(), other: strange().host() };
    let mail = Subject::MailServer {
        was: "imap.riverside.example, smtp.riverside.example".into(),
        now: "imap.riverside.example.evil.example".into(),
    };
    vec![
        entering("code-known", has_server, |_| {}),
        enrolment("code-offered", |page| page.offer(&offer())),
        entering("code-offered-other", has_server, |page| page.offer(&strange())),
        entering("code-offered-elsewhere", Known::has_mail, |page| page.offer(&strange())),
        question("question-server-sample", other),
        question("question-mail-sample", mail),
        question("question-authority", Subject::Authority { now: "imap.riverside.example".into() }),
        question("question-session-sample", session(None)),
        question("question-session-busy", session(Some(TakenOver::Busy))),
        question("question-session-silent", session(Some(TakenOver::Silent))),
        waiting("waiting-not-known", |known| known.trouble = Some(api::Error::NotKnown { host: host() })),
        waiting("waiting-other-database", |known| known.trouble = Some(api::Error::OtherDatabase { host: host() })),
    ]
}
