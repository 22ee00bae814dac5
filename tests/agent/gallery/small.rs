//! The small windows: for the code, between the code and the move, and for going back.

use mailshift::agent::activation::page::{self as activation, ActivationPage};
use mailshift::agent::notice::Notice;
use mailshift::agent::state::Stage;
use mailshift::agent::theme;
use mailshift::agent::undo::page::{self as undo, Undo};
use mailshift::problem::ResponseCode;

use super::known::{self, Known};
use super::states::{Page, State, code};

pub fn entry(name: &'static str, change: impl FnOnce(&mut ActivationPage)) -> State {
    let mut page = ActivationPage::new();
    change(&mut page);
    State { name, size: theme::SMALL, page: Page::Activation(page), known: known::new() }
}

/// The server has said for whom the code is.
fn asked(name: &'static str, change: impl FnOnce(&mut ActivationPage)) -> State {
    let found = |page: &mut ActivationPage| {
        page.found();
        change(page);
    };
    State { known: known::asked(), ..entry(name, found) }
}

pub fn waiting(name: &'static str, change: impl FnOnce(&mut Known)) -> State {
    let mut known = known::waiting();
    change(&mut known);
    State { name, size: theme::WAITING, page: Page::Waiting, known }
}

fn undo(name: &'static str, change: impl FnOnce(&mut Undo)) -> State {
    let mut known = known::moved(Vec::new());
    known.state.undo_due = (name == "undo-ordered").then(|| "2026-11-30T08:10:00Z".parse().expect("a time"));
    let mut page = Undo::default();
    change(&mut page);
    State { name, size: theme::SMALL, page: Page::Undo(page), known }
}

pub fn states() -> Vec<State> {
    let press = |page: &mut Undo| {
        let _ = page.update(undo::Message::GoBack);
    };
    let refused = |page: &mut ActivationPage| {
        page.pasted(code());
        page.refused(Notice::new(ResponseCode::InvalidCode).fact("tries", 7));
    };
    vec![
        entry("code-sample", |_| {}),
        entry("code-typed", |page| page.pasted(code())),
        entry("code-slip", |page| page.pasted("7KQ2-M4TX-9DWP-Z".into())),
        entry("code-empty", |page| drop(page.update(activation::Message::Continue))),
        entry("code-slip-letters", |page| page.pasted("ABCDEFGHJ".into())),
        entry("code-refused", refused),
        entry("code-offline", |page| {
            page.refused(Notice::new(ResponseCode::ServerUnreachable).fact("server", "mailshift.riverside.example"));
        }),
        asked("code-found", |_| {}),
        asked("code-binding", |page| drop(page.update(activation::Message::Mine))),
        waiting("waiting-sample", |_| {}),
        waiting("waiting-signed-in", |known| {
            known.state.by_project = true;
            known.state.user = Some(known::masked());
        }),
        waiting("waiting-no-client", |known| known.inventory.iter_mut().for_each(|it| it.clients.clear())),
        waiting("waiting-looking", |known| known.inventory = None),
        waiting("waiting-offline", Known::is_offline),
        waiting("waiting-moved", |known| known.state.stage = Stage::Completed),
        undo("undo-sample", |_| {}),
        undo("undo-busy", press),
        undo("undo-done", Undo::done),
        undo("undo-ordered", |_| {}),
        undo("undo-failed", |page| {
            page.failed(Notice::new(ResponseCode::UndoFailed).fact("client", "Thunderbird"), false);
        }),
        undo("undo-unfinished", |page| {
            page.failed(Notice::new(ResponseCode::UndoFailed).fact("client", "Thunderbird"), true);
        }),
    ]
}
