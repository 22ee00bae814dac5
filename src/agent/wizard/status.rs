//! Page 3: what is being done, as it happens.

use std::time::Duration;

use iced::advanced::widget::operation::accessible::Role;
use iced::widget::{column, progress_bar, row};
use iced::{Alignment, Element, Fill};

use crate::agent::facts::Facts;
use crate::agent::theme::Style;
use crate::agent::widget::{self, Icon, Illustration};
use crate::agent::wizard::frame::Frame;
use crate::mail::{Progress, Step};

/// There is no control here that the keyboard should wait on: Enter, pressed once too often, must not cancel.
pub const MAIN: &str = "status-title";
/// From here on the time so far is told.
const TELL_TIME: Duration = Duration::from_secs(30);
/// The bar ends only when the page does.
const NEARLY: f32 = 0.98;

#[derive(Debug, Clone)]
pub enum Message {
    Cancel,
    Help(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    None,
    Cancel,
    OpenLink(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Running,
    Finished,
}

/// What only the person can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Close,
    SignIn,
}

impl Waiting {
    /// The line above the bar, and the hint below.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Close => ("status-waiting-for-close", "status-close-hint"),
            Self::SignIn => ("status-waiting-for-sign-in", "status-sign-in-hint"),
        }
    }
}

pub struct Status {
    states: [State; Step::ALL.len()],
    elapsed: Duration,
    /// When the current step began, on the clock of `elapsed`.
    since: Duration,
    waiting: Option<Waiting>,
    cancelling: bool,
    /// Never sinks.
    fraction: f32,
}

/// Usual share of a step in the whole, and its usual time in seconds.
fn share(step: Step) -> (f32, f32) {
    match step {
        Step::CheckPassword => (0.10, 2.0),
        Step::CloseClient => (0.10, 4.0),
        Step::CreateProfile => (0.15, 2.0),
        Step::CarryOver => (0.20, 8.0),
        Step::SwitchDefault => (0.05, 1.0),
        Step::StartClient => (0.20, 6.0),
        Step::CheckArrival => (0.20, 15.0),
    }
}

impl Default for Status {
    fn default() -> Self {
        Self {
            states: [State::Open; Step::ALL.len()],
            elapsed: Duration::ZERO,
            since: Duration::ZERO,
            waiting: None,
            cancelling: false,
            fraction: 0.0,
        }
    }
}

impl Status {
    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Cancel if self.can_cancel() => {
                self.cancelling = true;
                Action::Cancel
            }
            // A second click.
            Message::Cancel => Action::None,
            Message::Help(link) => Action::OpenLink(link),
        }
    }

    pub fn progress(&mut self, progress: Progress) {
        let place = |step: Step| Step::ALL.iter().position(|known| *known == step);
        match progress {
            Progress::WaitingForClose => self.waiting = Some(Waiting::Close),
            Progress::WaitingForSignIn => self.waiting = Some(Waiting::SignIn),
            Progress::Started(step) => {
                self.waiting = None;
                if let Some(place) = place(step) {
                    self.states[place] = State::Running;
                    self.since = self.elapsed;
                }
            }
            Progress::Finished(step) => {
                self.waiting = None;
                if let Some(place) = place(step) {
                    self.states[place] = State::Finished;
                }
            }
        }
        self.advance();
    }

    pub fn tick(&mut self, elapsed: Duration) {
        self.elapsed = elapsed;
        self.advance();
    }

    pub fn cancelling(&mut self) {
        self.cancelling = true;
    }

    /// Before the new profile becomes the default, stopping leaves everything as it was.
    fn can_cancel(&self) -> bool {
        let switched = self.steps().any(|(step, state)| step >= Step::SwitchDefault && state != State::Open);
        !self.cancelling && !switched
    }

    fn steps(&self) -> impl Iterator<Item = (Step, State)> {
        Step::ALL.into_iter().zip(self.states)
    }

    fn current(&self) -> Option<Step> {
        self.steps().filter(|(_, state)| *state == State::Running).map(|(step, _)| step).last()
    }

    /// A running step fills its share ever more slowly, so that the bar moves but never runs ahead.
    fn advance(&mut self) {
        let running = self.elapsed.saturating_sub(self.since).as_secs_f32();
        let reached: f32 = self
            .steps()
            .map(|(step, state)| match (state, share(step)) {
                (State::Finished, (part, _)) => part,
                (State::Running, (part, usual)) => part * 0.9 * (1.0 - (-running / usual).exp()),
                (State::Open, _) => 0.0,
            })
            .sum();
        self.fraction = self.fraction.max(reached.min(NEARLY));
    }

    pub fn view<'a>(&'a self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
        let words = &style.words;
        let now = self.now(facts, style);
        let bar = progress_bar(0.0..=1.0, self.fraction).girth(8).style(style.bar()).label(words.text("status-bar"));
        let mut content = column![
            widget::region(Role::Status, widget::lead(style, now.clone())).label(now).live(),
            bar,
            self.list(facts, style),
        ]
        .spacing(16)
        .width(Fill);
        content = content.push(match self.waiting {
            Some(waiting) => widget::note(
                style,
                Icon::Info,
                words.with(waiting.words().1, &[("client", facts.client()), ("address", &facts.user().new_address)]),
            ),
            None => widget::small(style, self.remark(facts, style)).into(),
        });
        let cancel = if self.cancelling || self.can_cancel() {
            let press = (!self.cancelling).then_some(Message::Cancel);
            vec![widget::secondary(style, words.text("cancel"), press)]
        } else {
            vec![]
        };
        Frame {
            step: 2,
            drawing: Illustration::Status,
            dense: false,
            title: words.text("status-title"),
            lead: None,
            content: content.into(),
            help: widget::question(style, facts.helpdesk(), Message::Help),
            buttons: cancel,
        }
        .view(style)
    }

    /// The line above the bar.
    fn now(&self, facts: &Facts<'_>, style: &Style) -> String {
        let client = [("client", facts.client())];
        if self.cancelling {
            return style.words.text("status-cancelling");
        }
        if let Some(waiting) = self.waiting {
            return style.words.with(waiting.words().0, &client);
        }
        match self.current() {
            Some(step) => style.words.with(&format!("step-{}.now", step.id()), &client),
            None => style.words.text("status-starting"),
        }
    }

    fn remark(&self, facts: &Facts<'_>, style: &Style) -> String {
        let client = [("client", facts.client())];
        let remark = if self.can_cancel() || self.cancelling {
            style.words.with("status-keep-closed", &client)
        } else {
            style.words.text("status-no-way-back")
        };
        if self.elapsed < TELL_TIME {
            return remark;
        }
        let seconds = self.elapsed.as_secs();
        let (minutes, seconds) = ((seconds / 60).to_string(), (seconds % 60).to_string());
        let time = style.words.with("status-elapsed", &[("minutes", &minutes), ("seconds", &seconds)]);
        format!("{remark} {time}")
    }

    fn list<'a>(&self, facts: &Facts<'_>, style: &'a Style) -> Element<'a, Message> {
        let p = &style.palette;
        let mut list = column![].spacing(5);
        // Where the mail program asks for the password, none is checked here.
        let is_checked = !facts.signs_in_there();
        for (step, state) in self.steps().filter(|(step, _)| is_checked || *step != Step::CheckPassword) {
            let text = style.words.with(&format!("step-{}", step.id()), &[("client", facts.client())]);
            let (sign, color, told) = match state {
                State::Finished => (widget::icon(style, Icon::Tick, p.success), p.text, "state-done"),
                State::Running => (widget::spinner(style, self.elapsed.as_secs_f32() / 1.2), p.text, "state-running"),
                State::Open => (widget::icon(style, Icon::Dash, p.muted), p.muted, "state-open"),
            };
            let label = style.words.with(told, &[("step", &text)]);
            let words = if state == State::Running { widget::strong(style, text) } else { widget::body(style, text) };
            let line = row![sign, words.color(color).width(Fill)].spacing(8).align_y(Alignment::Center);
            list = list.push(widget::region(Role::ListItem, line).label(label));
        }
        widget::region(Role::List, list).label(style.words.text("status-steps")).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::wizard::sample::{known, simulator, style};

    #[test]
    fn the_bar_never_sinks_and_is_never_full_before_the_end() {
        let mut page = Status::default();
        let mut before = 0.0;
        let mut elapsed = Duration::ZERO;
        for step in Step::ALL {
            for progress in [Progress::Started(step), Progress::WaitingForClose, Progress::Finished(step)] {
                page.progress(progress);
                elapsed += Duration::from_secs(100);
                page.tick(elapsed);
                assert!(page.fraction >= before, "{step:?}");
                assert!(page.fraction < 1.0, "{step:?}");
                before = page.fraction;
            }
        }
        page.progress(Progress::Started(Step::CheckPassword));
        assert!(page.fraction >= before, "a step that runs again does not restart the bar");
    }

    #[test]
    fn shares_make_a_whole() {
        let whole: f32 = Step::ALL.into_iter().map(|step| share(step).0).sum();
        assert!((whole - 1.0).abs() < 0.001, "{whole}");
    }

    #[test]
    fn it_can_be_cancelled_once_and_only_while_nothing_was_switched() {
        let mut page = Status::default();
        page.progress(Progress::Started(Step::CarryOver));
        assert_eq!(page.update(Message::Cancel), Action::Cancel);
        assert_eq!(page.update(Message::Cancel), Action::None);
        let (mut page, style) = (Status::default(), style());
        page.progress(Progress::Started(Step::SwitchDefault));
        assert_eq!(page.update(Message::Cancel), Action::None);
        let mut shown = simulator(page.view(&known().facts(), &style));
        assert!(shown.find("Cancel").is_err());
        assert!(shown.find(style.words.text("status-no-way-back").as_str()).is_ok(), "and it says so");
    }

    #[test]
    fn an_open_mail_program_is_asked_for_kindly() {
        let (mut page, style) = (Status::default(), style());
        page.progress(Progress::Started(Step::CloseClient));
        page.progress(Progress::WaitingForClose);
        let hint = "Thunderbird is still open. Finish what you are writing, then close it.";
        assert!(simulator(page.view(&known().facts(), &style)).find(hint).is_ok());
        page.progress(Progress::Finished(Step::CloseClient));
        assert!(simulator(page.view(&known().facts(), &style)).find(hint).is_err());
    }

    #[test]
    fn the_time_is_told_when_it_takes_long() {
        let (mut page, style) = (Status::default(), style());
        page.tick(Duration::from_secs(29));
        assert!(!page.remark(&known().facts(), &style).contains("So far"));
        page.tick(Duration::from_secs(95));
        assert!(
            page.remark(&known().facts(), &style).contains("1 min 35 s"),
            "{}",
            page.remark(&known().facts(), &style)
        );
    }
}
