//! The page on which a person says who they are.

use mailshift::agent::identity::page::{Identification, Message};
use mailshift::agent::notice::Notice;
use mailshift::agent::theme;
use mailshift::problem::ResponseCode;
use mailshift::protocol::{Proof, Registered};

use super::known::{self, Known};
use super::states::{self, Page, State};

const ADDRESS: &str = "anna.bergmann@riverside.example";

fn known() -> Known {
    let mut known = known::waiting();
    known.state.user = Some(known::masked());
    known
}

fn offline() -> Known {
    let mut known = known();
    known.is_offline();
    known
}

fn shown(name: &'static str, page: Identification) -> State {
    State { name, size: theme::WAITING, page: Page::Identification(Box::new(page)), known: known() }
}

/// The page after the person has done this; what the page asks the server for goes nowhere.
fn after(name: &'static str, messages: Vec<Message>, change: impl FnOnce(&mut Identification)) -> State {
    let mut page = Identification::new();
    for message in messages {
        let _ = page.update(message);
    }
    change(&mut page);
    shown(name, page)
}

fn typed() -> Message {
    Message::Address(ADDRESS.into())
}

fn asked(by: Proof) -> Vec<Message> {
    vec![typed(), Message::Name("Anna Bergmann".into()), Message::Send(by)]
}

fn arrives(by: Proof) -> impl FnOnce(&mut Identification) {
    let digits = (by == Proof::Link).then(|| "471".into());
    move |page| page.sent(Registered { address: "a***@riverside.example".into(), by, digits })
}

fn refused(name: &'static str, messages: Vec<Message>, notice: Notice) -> State {
    after(name, messages, |page| page.refused(notice))
}

pub fn states() -> Vec<State> {
    let has_code = || vec![typed(), Message::HaveCode];
    let signing_in = || vec![typed(), Message::HaveCode, Message::Code(states::code().into()), Message::SignIn];
    let mut failed = Identification::leaving();
    let _ = failed.update(Message::SignOut);
    failed.refused(Notice::new(ResponseCode::ServerUnreachable).fact("server", "mailshift.riverside.example"));
    let mut same = Identification::looking(Some(known::masked()));
    assert!(same.known(&known::masked()), "there is something to tell");
    vec![
        shown("identify-sample", Identification::new()),
        after("identify-slip", vec![Message::Address("anna".into()), Message::Send(Proof::Link)], |_| {}),
        after("identify-sending", asked(Proof::Link), |_| {}),
        refused("identify-refused", asked(Proof::Link), Notice::new(ResponseCode::ForeignDomain)),
        refused("identify-unsendable", asked(Proof::Link), Notice::new(ResponseCode::UserMailFailed)),
        after("identify-sent", asked(Proof::Link), arrives(Proof::Link)),
        after("identify-sent-refused", asked(Proof::Link), |page| {
            arrives(Proof::Link)(page);
            let _ = page.update(Message::Send(Proof::Link));
            page.refused(Notice::new(ResponseCode::ServerBusy).fact("seconds", 300));
        }),
        State { known: offline(), ..after("identify-sent-offline", asked(Proof::Link), arrives(Proof::Link)) },
        after("identify-code", has_code(), |_| {}),
        after("identify-code-sent-again", asked(Proof::Code), |page| {
            arrives(Proof::Code)(page);
            let _ = page.update(Message::Send(Proof::Code));
            arrives(Proof::Code)(page);
        }),
        refused("identify-code-refused", signing_in(), Notice::new(ResponseCode::SignInRefused).fact("tries", 3)),
        after("identify-known", signing_in(), mailshift::agent::identity::page::Identification::signed_in),
        shown("identify-looking", Identification::looking(None)),
        State { known: offline(), ..shown("identify-looking-offline", Identification::looking(None)) },
        shown("identify-leaving", Identification::leaving()),
        shown("identify-leaving-failed", failed),
        shown("identify-same", same),
    ]
}
