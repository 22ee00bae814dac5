//! The tray menu as a value, made from the state alone. The status line is also the icon's tooltip and what
//! `mailshift status` prints.

use jiff::Timestamp;

use super::Agent;
use super::facts::Facts;
use super::state::{Stage, Standing};
use super::theme::Style;
use super::tray::{Event, Icon, Menu};
use crate::schedule;

impl Agent {
    /// Shows the menu that fits the state; the tray repaints only what changed.
    pub(super) fn paint_tray(&mut self) {
        let menu = self.menu();
        self.instance.say(menu.tooltip.clone());
        self.instance.is_busy(self.work.is_some() || self.recovering);
        if let Some(tray) = &mut self.tray {
            tray.show(&menu);
        }
    }

    pub(super) fn menu(&self) -> Menu {
        menu(&self.facts(), &self.style)
    }
}

fn menu(facts: &Facts<'_>, style: &Style) -> Menu {
    let text = |id: &str| style.words.text(id);
    let stage = facts.state.stage;
    let is_nobodys = stage == Stage::Waiting && facts.state.standing() == Standing::Nobodys;
    let icon = match stage {
        _ if facts.is_working => Icon::Working,
        _ if is_nobodys => Icon::YourTurn,
        Stage::Unactivated | Stage::Starting => Icon::YourTurn,
        Stage::Waiting | Stage::Undone => Icon::Idle,
        Stage::Configuring => Icon::Working,
        Stage::Failed { .. } => Icon::NeedsYou,
        Stage::Completed => Icon::Done,
    };
    let status = status(facts, style);
    let mut menu = Menu::new(icon, status.clone()).line(status).separator();
    menu = match stage {
        Stage::Unactivated => menu.choice(Event::EnterCode, text("menu-enter-code")),
        Stage::Waiting if is_nobodys => menu.choice(Event::Identify, text("menu-identify")),
        Stage::Starting if !facts.is_working => menu.choice(Event::SetUp, text("menu-set-up")).choice_if(
            facts.state.postponed_until.is_none(),
            Event::Later,
            text("menu-later"),
        ),
        _ => menu.choice(Event::Open, text("menu-open")),
    };
    if facts.state.may_sign_out() {
        menu = menu.choice(Event::SignOut, text("menu-sign-out"));
    }
    if facts.can_undo {
        menu = menu.choice_if(!facts.is_working, Event::Undo, text("menu-undo"));
    }
    menu.separator()
        .choice_if(!facts.is_working, Event::Report, text("menu-report"))
        .choice(Event::CopyDiagnostics, text("menu-diagnostics"))
        .choice(Event::Quit, text("menu-quit"))
        .separator()
        .line(style.words.with("menu-about", &[("version", env!("CARGO_PKG_VERSION"))]))
}

/// How it is going, in one line.
fn status(facts: &Facts<'_>, style: &Style) -> String {
    let words = &style.words;
    let zoned = |at: Timestamp| words.when(&at.to_zoned(style.zone.clone()), &facts.now.to_zoned(style.zone.clone()));
    match facts.state.stage {
        _ if facts.is_working => words.with("tray-working", &[("client", facts.client())]),
        Stage::Unactivated => words.text("tray-unactivated"),
        Stage::Waiting if facts.state.standing() == Standing::Nobodys => words.text("tray-identify"),
        Stage::Waiting if facts.state.standing() == Standing::Undecided => words.text("tray-looking"),
        Stage::Waiting if facts.is_unknown() => words.text("tray-not-known"),
        Stage::Waiting if facts.trouble.is_some() => words.text("tray-offline"),
        Stage::Waiting => match facts.cutover() {
            Some(cutover) if cutover > facts.now => words.with("tray-waiting-until", &[("when", &zoned(cutover))]),
            _ => words.text("tray-waiting"),
        },
        Stage::Starting => match facts.state.postponed_until {
            Some(until) if until > facts.now && until.duration_since(facts.now) <= schedule::LATER => {
                words.with("tray-postponed", &[("when", &zoned(until))])
            }
            _ => words.text("tray-starting"),
        },
        Stage::Configuring => words.with("tray-working", &[("client", facts.client())]),
        Stage::Failed { code } => words.with("tray-failed", &[("code", code.id())]),
        Stage::Completed => words.text("tray-completed"),
        Stage::Undone => words.text("tray-undone"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::api;
    use super::super::state::State;
    use super::super::tray::Item;
    use super::super::wizard::sample::{Known, directive, style};
    use super::*;
    use crate::problem::ResponseCode;
    use crate::protocol::{Action, MaskedUser};

    fn shown(stage: Stage, change: impl Fn(&mut Known)) -> Menu {
        let user = MaskedUser { name: "Anna".into(), address: "a***@new.example".into() };
        shown_of(&State { stage, user: Some(user), ..State::default() }, change)
    }

    fn shown_of(state: &State, change: impl Fn(&mut Known)) -> Menu {
        let mut known = Known::of(state.clone());
        change(&mut known);
        menu(&known.facts(), &style())
    }

    fn offers(menu: &Menu, wanted: Event) -> bool {
        menu.items.iter().any(|item| matches!(item, Item::Choice { event, enabled: true, .. } if *event == wanted))
    }

    #[test]
    fn before_the_code_the_menu_asks_for_it() {
        let menu = shown(Stage::Unactivated, |_| ());
        assert_eq!(menu.icon, Icon::YourTurn);
        assert!(offers(&menu, Event::EnterCode));
        assert!(!offers(&menu, Event::Undo));
    }

    #[test]
    fn a_login_that_is_nobodys_is_the_persons_turn() {
        let mut state = State { stage: Stage::Waiting, by_project: true, ..State::default() };
        let menu = shown_of(&state, |_| ());
        assert_eq!((menu.icon, menu.tooltip.contains("Finding out")), (Icon::Idle, true), "the server knows more");
        state.directive = Some(directive(Action::Identify, 0));
        let menu = shown_of(&state, |known| known.trouble = Some(api::Error::Client));
        assert!(menu.icon == Icon::YourTurn && offers(&menu, Event::Identify), "{menu:?}");
        assert!(!offers(&menu, Event::SignOut) && !offers(&menu, Event::Open));
    }

    #[test]
    fn only_who_was_not_named_by_the_code_can_say_that_they_are_somebody_else() {
        let user = MaskedUser { name: "Anna".into(), address: "a***@new.example".into() };
        let directive = Some(directive(Action::Wait, 0));
        let mut state = State { stage: Stage::Waiting, user: Some(user), directive, ..State::default() };
        assert!(!offers(&shown_of(&state, |_| ()), Event::SignOut), "the code was for Anna");
        state.by_project = true;
        assert!(offers(&shown_of(&state, |_| ()), Event::SignOut));
        state.stage = Stage::Configuring;
        assert!(!offers(&shown_of(&state, |_| ()), Event::SignOut), "too late");
    }

    #[test]
    fn when_the_mail_is_ready_it_can_be_set_up_or_left_for_later() {
        let menu = shown(Stage::Starting, |_| ());
        assert!(offers(&menu, Event::SetUp) && offers(&menu, Event::Later));
    }

    #[test]
    fn the_way_back_is_offered_only_when_there_is_one_and_nothing_runs() {
        assert!(!offers(&shown(Stage::Completed, |_| ()), Event::Undo));
        assert!(offers(&shown(Stage::Completed, |known| known.can_undo = true), Event::Undo));
        let busy = shown(Stage::Completed, |known| {
            known.can_undo = true;
            known.is_working = true;
        });
        assert!(!offers(&busy, Event::Undo));
    }

    #[test]
    fn a_failure_is_told_by_shape_and_by_its_code() {
        let menu = shown(Stage::Failed { code: ResponseCode::ClientStayedOpen }, |_| ());
        assert_eq!(menu.icon, Icon::NeedsYou);
        assert!(menu.tooltip.contains("CFG-2"), "{}", menu.tooltip);
    }

    #[test]
    fn quitting_is_always_possible_and_the_tooltip_is_the_status_line() {
        for stage in [Stage::Unactivated, Stage::Waiting, Stage::Configuring, Stage::Completed, Stage::Undone] {
            let menu = shown(stage, |_| ());
            assert!(offers(&menu, Event::Quit));
            assert_eq!(menu.items.first(), Some(&Item::Line(menu.tooltip.clone())));
        }
    }
}
