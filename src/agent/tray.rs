//! The icon in the tray. What it shows is a value; this file only paints it, and only when it changed.

mod icon;

use std::sync::{Mutex, Once, PoisonError};

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tray_icon::menu::{IsMenuItem, MenuEvent, MenuItem, PredefinedMenuItem};
use tray_icon::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

pub use icon::Icon;

const TITLE: &str = "Mailshift";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    pub icon: Icon,
    /// How it is going, in a few words.
    pub tooltip: String,
    pub items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A line that only tells something.
    Line(String),
    Choice {
        event: Event,
        label: String,
        enabled: bool,
    },
    Separator,
}

impl Menu {
    pub fn new(icon: Icon, tooltip: impl Into<String>) -> Self {
        Self { icon, tooltip: tooltip.into(), items: Vec::new() }
    }

    #[must_use]
    pub fn line(mut self, text: impl Into<String>) -> Self {
        self.items.push(Item::Line(text.into()));
        self
    }

    #[must_use]
    pub fn choice(mut self, event: Event, label: impl Into<String>) -> Self {
        self.items.push(Item::Choice { event, label: label.into(), enabled: true });
        self
    }

    #[must_use]
    pub fn choice_if(mut self, enabled: bool, event: Event, label: impl Into<String>) -> Self {
        self.items.push(Item::Choice { event, label: label.into(), enabled });
        self
    }

    #[must_use]
    pub fn separator(mut self) -> Self {
        self.items.push(Item::Separator);
        self
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    Click,
    Open,
    EnterCode,
    Identify,
    SignOut,
    SetUp,
    Later,
    Undo,
    Report,
    CopyDiagnostics,
    Quit,
}

impl Event {
    const ALL: [Self; 11] = [
        Self::Click,
        Self::Open,
        Self::EnterCode,
        Self::Identify,
        Self::SignOut,
        Self::SetUp,
        Self::Later,
        Self::Undo,
        Self::Report,
        Self::CopyDiagnostics,
        Self::Quit,
    ];

    fn id(self) -> &'static str {
        match self {
            Self::Click => "click",
            Self::Open => "open",
            Self::EnterCode => "enter-code",
            Self::Identify => "identify",
            Self::SignOut => "sign-out",
            Self::SetUp => "set-up",
            Self::Later => "later",
            Self::Undo => "undo",
            Self::Report => "report",
            Self::CopyDiagnostics => "copy-diagnostics",
            Self::Quit => "quit",
        }
    }

    fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.id() == id)
    }
}

/// The icon in the tray. Lives on the thread that made it.
pub struct Tray {
    icon: TrayIcon,
    shown: Menu,
}

/// The library's handlers are set once per process; they forward to the tray that was started last.
static LISTENER: Mutex<Option<UnboundedSender<Event>>> = Mutex::new(None);

impl Tray {
    /// Puts the icon into the tray. None without a session bus: try again when one may have come up. With a bus but
    /// without a tray the icon appears by itself once there is one.
    pub fn start(menu: &Menu) -> Option<(Self, UnboundedReceiver<Event>)> {
        listen();
        let built = TrayIconBuilder::new()
            .with_id("mailshift")
            .with_title(TITLE)
            .with_tooltip(&menu.tooltip)
            .with_icon(menu.icon.painted())
            .with_menu(Box::new(lines(&menu.items)))
            .with_menu_on_left_click(false)
            .build();
        match built {
            Ok(icon) => {
                let (sender, events) = mpsc::unbounded_channel();
                *LISTENER.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
                Some((Self { icon, shown: menu.clone() }, events))
            }
            Err(error) => {
                tracing::info!(%error, "no tray");
                None
            }
        }
    }

    pub fn show(&mut self, menu: &Menu) {
        if self.shown.icon != menu.icon
            && let Err(error) = self.icon.set_icon(Some(menu.icon.painted()))
        {
            tracing::info!(%error, "the icon stays as it was");
        }
        if self.shown.tooltip != menu.tooltip
            && let Err(error) = self.icon.set_tooltip(Some(&menu.tooltip))
        {
            tracing::info!(%error, "the tooltip stays as it was");
        }
        if self.shown.items != menu.items {
            self.icon.set_menu(Some(Box::new(lines(&menu.items))));
        }
        self.shown.clone_from(menu);
    }
}

fn lines(items: &[Item]) -> tray_icon::menu::Menu {
    let menu = tray_icon::menu::Menu::new();
    for item in items {
        let line: Box<dyn IsMenuItem> = match item {
            Item::Line(text) => Box::new(MenuItem::new(plain(text), false, None)),
            Item::Choice { event, label, enabled } => {
                Box::new(MenuItem::with_id(event.id(), plain(label), *enabled, None))
            }
            Item::Separator => Box::new(PredefinedMenuItem::separator()),
        };
        if let Err(error) = menu.append(line.as_ref()) {
            tracing::info!(%error, "a line of the menu is missing");
        }
    }
    menu
}

/// `&` marks an access key in menus; our texts hold names such as "Smith & Sons".
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

/// Handlers run on threads of the library.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        TrayIconEvent::set_event_handler(Some(|event| {
            let up = MouseButtonState::Up;
            if let TrayIconEvent::Click { button: MouseButton::Left, button_state, .. } = event
                && button_state == up
            {
                forward(Event::Click);
            }
        }));
        MenuEvent::set_event_handler(Some(|event: MenuEvent| {
            if let Some(event) = Event::of(&event.id.0) {
                forward(event);
            }
        }));
    });
}

fn forward(event: Event) {
    if let Some(listener) = LISTENER.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
        // Nobody listens any more: the agent is ending.
        let _ = listener.send(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_found_by_its_own_id() {
        for event in Event::ALL {
            assert_eq!(Event::of(event.id()), Some(event));
        }
        assert_eq!(Event::of("dance"), None);
    }

    #[test]
    fn a_menu_is_a_value_that_can_be_compared() {
        let menu = || Menu::new(Icon::Idle, "Waiting").line("Waiting").separator().choice(Event::Quit, "Quit");
        assert_eq!(menu(), menu());
        assert_ne!(menu(), menu().choice(Event::Undo, "Undo"));
        assert_ne!(menu(), Menu { icon: Icon::Done, ..menu() });
    }

    #[test]
    fn an_ampersand_in_a_name_is_no_access_key() {
        assert_eq!(plain("Smith & Sons"), "Smith && Sons");
    }
}
