//! The pages and their notable states, with sample people.

use iced::Element;
use mailshift::agent::diagnostics::page::Report;
use mailshift::agent::enrolment::Enrolment;
use mailshift::agent::identification::Identification;
use mailshift::agent::question::Question;
use mailshift::agent::theme::Style;
use mailshift::agent::undo::Undo;
use mailshift::agent::waiting;
use mailshift::agent::wizard::Wizard;

use super::known::Known;
use super::{belonging, identity, reports, small, wizard};

pub enum Page {
    Enrolment(Enrolment),
    Question(Question),
    Identification(Box<Identification>),
    Waiting,
    Wizard(Box<Wizard>),
    Undo(Undo),
    Report(Box<Report>),
}

pub struct State {
    pub name: &'static str,
    pub size: (f32, f32),
    pub page: Page,
    pub known: Known,
}

impl State {
    /// Messages go nowhere: the gallery only looks.
    pub fn view<'a>(&'a self, style: &'a Style) -> Element<'a, ()> {
        let facts = self.known.facts();
        match &self.page {
            Page::Enrolment(page) => page.view(&facts, style).map(|_| ()),
            Page::Question(page) => page.view(&facts, style).map(|_| ()),
            Page::Identification(page) => page.view(&facts, style).map(|_| ()),
            Page::Waiting => waiting::view(&facts, style).map(|_| ()),
            Page::Wizard(page) => page.view(&facts, style).map(|_| ()),
            Page::Undo(page) => page.view(&facts, style).map(|_| ()),
            Page::Report(page) => page.view(&facts, style).map(|_| ()),
        }
    }
}

pub fn code() -> String {
    mailshift::code::AuthenticationCode::from_random([7, 19, 23, 2, 20, 4, 26, 29, 9, 13, 28, 22]).grouped()
}

pub fn all() -> Vec<State> {
    [small::states(), belonging::states(), identity::states(), wizard::states(), reports::states()]
        .into_iter()
        .flatten()
        .collect()
}
