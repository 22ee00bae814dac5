//! A second session of the same person: Mailshift runs in the first one, and can go on here instead.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use iced::{Element, Task, Theme, window};

use super::activation::open_link;
use super::facts::Facts;
use super::instance::{Running, TakenOver};
use super::question::{self, Question, Subject};
use super::state::State;
use super::theme::{self, Style};
use super::tray;
use crate::os::{self, Places};

/// Longest wait for the other session: for its answer, and until it has ended.
const LIMIT: Duration = Duration::from_secs(20);

#[derive(Debug, Clone)]
enum Message {
    Question(question::Message),
    TakenOver(TakenOver),
    Opened,
    Close,
    /// Assistive technology's actions are handled at the next event only.
    Tick,
    Nothing,
}

struct Elsewhere {
    running: Arc<Running>,
    places: Places,
    style: Style,
    page: Question,
    wanted: Arc<AtomicBool>,
}

/// Asks the person. True when the other session has ended and this one is to go on.
pub(super) fn is_wanted_here(running: Running, places: &Places, style: Style) -> Result<bool, iced::Error> {
    let wanted = Arc::new(AtomicBool::new(false));
    let (running, answer, places) = (Arc::new(running), Arc::clone(&wanted), places.clone());
    let boot = move || {
        let page = Question::new(subject(&running, None));
        let (places, style) = (places.clone(), style.clone());
        let here = Elsewhere { running: Arc::clone(&running), places, style, page, wanted: Arc::clone(&answer) };
        let (_, opened) = window::open(window::Settings {
            size: here.style.window(theme::SMALL),
            resizable: false,
            position: window::Position::Centered,
            icon: tray::Icon::YourTurn.for_window(),
            ..window::Settings::default()
        });
        (here, opened.map(|_| Message::Opened))
    };
    iced::daemon(boot, Elsewhere::update, Elsewhere::view)
        .title(|here: &Elsewhere, _| here.page.title(&here.style))
        .theme(Elsewhere::theme)
        .default_font(theme::FONT)
        .subscription(|_| {
            let ticks = iced::time::every(Duration::from_millis(100)).map(|_| Message::Tick);
            iced::Subscription::batch([ticks, window::close_events().map(|_| Message::Close)])
        })
        .run()?;
    Ok(wanted.load(Ordering::Relaxed))
}

fn subject(running: &Running, refused: Option<TakenOver>) -> Subject {
    let holder = running.elsewhere().cloned().unwrap_or_default();
    Subject::OtherSession { host: holder.host, display: holder.display, refused }
}

impl Elsewhere {
    fn update(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Question(message) => match self.page.update(message) {
                question::Action::None => Task::none(),
                question::Action::Stay => iced::exit(),
                question::Action::OpenLink(url) => open_link(url).map(|_| Message::Nothing),
                question::Action::GoOn => {
                    let (running, places) = (Arc::clone(&self.running), self.places.clone());
                    let taken = os::in_background(LIMIT, move || running.take_over(&places));
                    Task::future(async move { Message::TakenOver(taken.await.unwrap_or(TakenOver::Silent)) })
                }
            },
            Message::TakenOver(TakenOver::Free) => {
                self.wanted.store(true, Ordering::Relaxed);
                iced::exit()
            }
            Message::TakenOver(refused) => {
                self.page = Question::new(subject(&self.running, Some(refused)));
                iced::widget::operation::focus(Question::focus_target())
            }
            Message::Opened => iced::widget::operation::focus(Question::focus_target()),
            Message::Close => iced::exit(),
            Message::Tick | Message::Nothing => Task::none(),
        }
    }

    fn view(&self, _window: window::Id) -> Element<'_, Message> {
        // Nobody has been asked for anything yet.
        let state = State::default();
        self.page.view(&Facts::of(&state), &self.style).map(Message::Question)
    }

    fn theme(&self, _window: window::Id) -> Theme {
        self.style.iced_theme()
    }
}
