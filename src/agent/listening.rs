//! Everything the agent listens to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt;
use iced::{Subscription, window};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc::UnboundedReceiver;

use super::guardian::{self, Watch};
use super::{Agent, Message, instance, tray};
use crate::{os, schedule};

/// While a window is open: assistive technology's actions are handled at the next event only.
const TICK: Duration = Duration::from_millis(100);

/// Receivers that a subscription takes over when it starts.
#[derive(Clone)]
pub(super) struct Inbox {
    pub(super) requests: Arc<Mutex<Option<UnboundedReceiver<instance::Request>>>>,
    pub(super) tray: Arc<Mutex<Option<UnboundedReceiver<tray::Event>>>>,
}

impl Agent {
    /// Everything the agent listens to.
    pub fn subscription(&self) -> Subscription<Message> {
        let mut all = vec![
            window::close_requests().map(|_| Message::CloseAsked),
            window::close_events().map(Message::Closed),
            received("requests", &self.inbox.requests).map(Message::Asked),
            received("tray", &self.inbox.tray).map(Message::Tray),
        ];
        if !self.fixed_theme {
            all.push(iced::system::theme_changes().map(Message::ThemeChanged));
        }
        if let (Some(api), Some(token), false) = (&self.api, &self.token, self.state.guardian_over) {
            let watch = Watch {
                api: api.clone(),
                token: token.clone(),
                instance: self.state.instance,
                standing: Arc::clone(&self.standing),
                generation: self.generation,
            };
            all.push(Subscription::run_with(watch, guardian::watch).map(Message::Heard));
        }
        if self.window.is_some() {
            all.push(iced::time::every(TICK).map(|_| Message::Tick));
            all.push(iced::event::listen_with(escape));
        }
        if let Some(until) = self.state.postponed_until {
            all.push(
                Subscription::run_with(("later", until), |(_, until)| reminder(*until, schedule::LATER))
                    .map(|()| Message::Reminded),
            );
        }
        if let Some(until) = self.state.undo_due {
            let due = |(_, until): &(&str, Timestamp)| {
                reminder(*until, schedule::UNDO_QUESTION).then(async |()| os::until_unlocked().await)
            };
            all.push(Subscription::run_with(("undo", until), due).map(|()| Message::UndoDue));
        }
        Subscription::batch(all)
    }
}

/// A subscription that takes a receiver over the first time it runs.
fn received<T: Send + 'static>(
    name: &'static str,
    receiver: &Arc<Mutex<Option<UnboundedReceiver<T>>>>,
) -> Subscription<T> {
    struct Source<T>(&'static str, Arc<Mutex<Option<UnboundedReceiver<T>>>>);
    impl<T> std::hash::Hash for Source<T> {
        fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
            self.0.hash(state);
            // Another receiver is another subscription.
            Arc::as_ptr(&self.1).hash(state);
        }
    }
    Subscription::run_with(Source(name, Arc::clone(receiver)), |source| {
        let receiver = source.1.lock().ok().and_then(|mut receiver| receiver.take());
        futures::stream::unfold(receiver, async |receiver| {
            let mut receiver = receiver?;
            let item = receiver.recv().await?;
            Some((item, Some(receiver)))
        })
    })
}

/// Also when a control has taken the key to give up its focus: one Escape closes, whatever has the focus.
fn escape(event: iced::Event, _: iced::event::Status, _: window::Id) -> Option<Message> {
    use iced::keyboard::{Event, Key, key::Named};
    let iced::Event::Keyboard(Event::KeyPressed { key: Key::Named(Named::Escape), .. }) = event else { return None };
    Some(Message::Escape)
}

fn reminder(until: Timestamp, limit: SignedDuration) -> impl futures::Stream<Item = ()> {
    futures::stream::once(async move {
        tokio::time::sleep(schedule::left_until(until, Timestamp::now(), limit)).await;
    })
}
