//! The window between the code and the move: everything is ready, nothing changes yet.

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::{Id, column};
use iced::{Color, Element};
use jiff::Timestamp;

use crate::agent::facts::Facts;
use crate::agent::state::Stage;
use crate::agent::theme::Style;
use crate::agent::widget::{self, Icon};

const CLOSE: &str = "waiting-close";

#[derive(Debug, Clone)]
pub enum Message {
    Help(String),
    NotMe,
    Close,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    OpenLink(String),
    /// Somebody else is signed in here.
    NotMe,
    Close,
}

/// Name of the window.
pub fn title(facts: &Facts<'_>, style: &Style) -> String {
    style.words.text(if has_moved(facts) { "confirmation-title" } else { "waiting-title" })
}

pub fn focus_target() -> Id {
    Id::new(CLOSE)
}

pub fn update(message: Message) -> Action {
    match message {
        Message::Help(link) => Action::OpenLink(link),
        Message::NotMe => Action::NotMe,
        Message::Close => Action::Close,
    }
}

/// The same page is opened from the tray after the move.
fn has_moved(facts: &Facts<'_>) -> bool {
    facts.state.stage == Stage::Completed
}

/// "today at 17:40 (CET)"; None while it is not known or over.
fn when(facts: &Facts<'_>, style: &Style) -> Option<String> {
    let cutover = facts.cutover().filter(|cutover| *cutover > facts.now)?;
    let zoned = |moment: Timestamp| moment.to_zoned(style.zone.clone());
    Some(style.words.when(&zoned(cutover), &zoned(facts.now)))
}

pub fn view<'a>(facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
    let words = &style.words;
    let has_moved = has_moved(facts);
    let lead = match (when(facts, style), facts.cutover()) {
        _ if has_moved => words.with("waiting-lead-moved", &[("address", facts.masked_address())]),
        (Some(when), _) => words.with("waiting-lead", &[("when", &when)]),
        (None, Some(_)) => words.text("waiting-lead-soon"),
        (None, None) => words.text("waiting-lead-unknown"),
    };
    let mut content = column![
        column![widget::title(style, title(facts, style)), widget::lead(style, lead)].spacing(4),
        (!has_moved).then(|| timeline(facts, style)),
    ]
    .spacing(12);
    content = content.push(match &facts.offline() {
        _ if has_moved => widget::body(style, words.text("waiting-after")).color(style.palette.muted).into(),
        Some(notice) => widget::offline(style, notice),
        None => {
            let before =
                if facts.has_client() || facts.inventory.is_none() { "waiting-before" } else { "waiting-install" };
            widget::body(style, words.text(before)).color(style.palette.muted).into()
        }
    });
    let not_me = (!has_moved && facts.signed_in().is_some())
        .then(|| widget::secondary(style, words.text("card-not-me"), Some(Message::NotMe)));
    let close = widget::primary(style, words.text("close"), CLOSE, Some(Message::Close));
    let buttons = not_me.into_iter().chain([close]).collect();
    let help = widget::question(style, facts.helpdesk(), Message::Help);
    widget::page(style, content, help, buttons)
}

fn timeline<'a>(facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
    let words = &style.words;
    let p = &style.palette;
    let checked = match facts.inventory {
        _ if facts.has_client() => {
            (Icon::Tick, p.success, words.with("waiting-checked", &[("client", facts.client())]))
        }
        None => (Icon::Dot, p.accent, words.text("waiting-looking")),
        Some(_) => (Icon::Warning, p.warning, words.text("waiting-no-client")),
    };
    let address = ("address", facts.masked_address());
    let entered = match facts.signed_in() {
        Some(name) => words.with("waiting-signed-in", &[("name", name), address]),
        None => words.with("waiting-entered", &[address]),
    };
    let lines: [(Icon, Color, String); 4] = [
        (Icon::Tick, p.success, entered),
        checked,
        (Icon::Dot, p.accent, words.text("waiting-move")),
        (Icon::Ring, p.muted, words.text("waiting-done")),
    ];
    let list = lines.map(|(sign, color, line)| {
        widget::region(Role::ListItem, widget::item(style, sign, color, line.clone())).label(line).into()
    });
    widget::region(Role::List, widget::card(style, column(list).spacing(6))).label(words.text("waiting-list")).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::state::State;
    use crate::agent::wizard::sample::{Known, directive, simulator, style};
    use crate::protocol::{self, MaskedUser};

    fn at(time: &str) -> Timestamp {
        time.parse().expect("a time")
    }

    fn known(cutover: Option<Timestamp>) -> Known {
        let mut known = Known::of(State {
            stage: Stage::Waiting,
            user: Some(MaskedUser { name: "Anna".into(), address: "anna@new.example".into() }),
            directive: Some(directive(protocol::Action::Wait, 0)),
            ..State::default()
        });
        known.project().cutover = cutover;
        known
    }

    fn shows(known: &Known, words: &str) -> bool {
        let style = style();
        simulator(view(&known.facts(), &style)).find(words).is_ok()
    }

    #[test]
    fn the_time_of_the_move_is_told_with_its_zone() {
        let known = known(Some(at("2026-11-30T17:40:00Z")));
        assert!(shows(&known, "Your mail moves today at 17:40 (UTC). Nothing changes on this computer until then."));
    }

    #[test]
    fn an_unknown_and_a_past_time_are_told_as_such() {
        for (cutover, id) in [(None, "waiting-lead-unknown"), (Some(at("2026-11-30T07:59:00Z")), "waiting-lead-soon")] {
            assert!(shows(&known(cutover), &style().words.text(id)), "{id}");
        }
    }

    #[test]
    fn after_the_move_it_no_longer_promises_one() {
        let (mut known, style) = (known(Some(at("2026-11-30T07:00:00Z"))), style());
        known.state.stage = Stage::Completed;
        assert_eq!(title(&known.facts(), &style), "Your mail has moved");
        assert!(!shows(&known, &style.words.text("waiting-lead-soon")));
        assert!(shows(&known, &style.words.text("waiting-after")));
    }

    #[test]
    fn who_is_signed_in_is_named_and_can_say_that_it_is_somebody_else() {
        let (mut known, style) = (known(None), style());
        assert!(!shows(&known, "Not you?"), "the code named the person");
        known.state.by_project = true;
        let mut shown = simulator(view(&known.facts(), &style));
        assert!(shown.find("Signed in: Anna, anna@new.example").is_ok());
        shown.click("Not you?").expect("a button");
        let messages: Vec<_> = shown.into_messages().collect();
        assert!(matches!(messages[..], [Message::NotMe]));
        assert_eq!(update(Message::NotMe), Action::NotMe);
    }

    #[test]
    fn a_missing_mail_program_is_told_while_there_is_time() {
        let mut known = known(None);
        known.inventory.as_mut().expect("the sample has one").clients.clear();
        assert!(shows(&known, "No mail program found yet"));
    }
}
