//! The background loop that asks the server for a directive, and changes nothing by itself.
//!
//! It asks, says what it heard, and asks again: the server may hold a question open, so a signal arrives at once;
//! plain asking in the server's rhythm is always correct. It ends when its subscription ends.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::channel::mpsc::Sender;
use futures::{SinkExt, Stream};
use uuid::Uuid;

use super::api::{Answer, Api, Error};
use crate::protocol::{Directive, Question};
use crate::schedule::{self, Trouble};
use crate::secret::Secret;

/// The least pause between two questions, so that no server can make the loop spin.
const BREATH: Duration = Duration::from_millis(100);

/// What the guardian reports.
#[derive(Debug, Clone)]
pub enum Event {
    /// The server wants something new.
    Directive(Box<Directive>),
    /// The server answered, nothing is new.
    Unchanged,
    /// No useful answer.
    Trouble(Error),
}

/// Whom to ask, as whom. The same values are the same loop.
#[derive(Debug, Clone)]
pub struct Watch {
    pub api: Api,
    pub token: Secret,
    /// The database that issued the token, when it is known.
    pub instance: Option<Uuid>,
    /// Where the agent stands, as it is at each question.
    pub standing: Arc<Mutex<Question>>,
    /// A new number starts the loop anew, for instance after "check now".
    pub generation: u64,
}

impl Hash for Watch {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.api.server().hash(state);
        self.generation.hash(state);
    }
}

/// The loop as a stream.
pub fn watch(watch: &Watch) -> impl Stream<Item = Event> + use<> {
    let watch = watch.clone();
    iced::stream::channel(4, async move |mut out: Sender<Event>| {
        let mut etag: Option<String> = None;
        let mut failures = 0;
        let mut rhythm = schedule::POLL;
        loop {
            let asked = Instant::now();
            let question = watch.standing.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let answer = watch.api.directive(&watch.token, etag.as_deref(), schedule::LONG_POLL, &question).await;
            let (event, pause) = match answer {
                Ok(Answer::Changed { directive, etag: new }) => {
                    failures = 0;
                    etag = new;
                    rhythm = Duration::from_secs(directive.poll_seconds.into());
                    // Ask again at once: the server holds the question until there is news.
                    (Event::Directive(directive), BREATH)
                }
                Ok(Answer::Unchanged) => {
                    failures = 0;
                    (Event::Unchanged, pause_after_no_news(asked.elapsed(), rhythm))
                }
                Err(error) => {
                    failures += 1;
                    let pause = if is_unknown(&error, watch.instance) {
                        schedule::unknown_pause(failures)
                    } else {
                        pause_after(&error, failures)
                    };
                    (Event::Trouble(error), pause)
                }
            };
            if out.send(event).await.is_err() {
                return;
            }
            tokio::time::sleep(pause).await;
        }
    })
}

/// A server that answers "nothing new" at once does not hold questions: then its rhythm is followed.
fn pause_after_no_news(held: Duration, rhythm: Duration) -> Duration {
    if held >= schedule::LONG_POLL / 2 { BREATH } else { schedule::next_poll(rhythm, jitter()) }
}

/// The wait after the last of so many failures in a row.
pub(super) fn pause_after(error: &Error, failures: u32) -> Duration {
    schedule::backoff(trouble(error), failures, retry_after(error), jitter())
}

/// The server that issued the token does not know it: that does not change within minutes.
fn is_unknown(error: &Error, instance: Option<Uuid>) -> bool {
    error.is_unknown_device() && (instance.is_none() || error.instance() == instance)
}

fn trouble(error: &Error) -> Trouble {
    match error {
        Error::Offline { .. } => Trouble::Offline,
        Error::Address(_)
        | Error::Client
        | Error::Certificate { .. }
        | Error::Garbage { .. }
        | Error::NotKnown { .. }
        | Error::OtherDatabase { .. }
        | Error::Refused { .. } => Trouble::Server,
    }
}

fn retry_after(error: &Error) -> Option<Duration> {
    match error {
        Error::Refused { retry_after, .. } => *retry_after,
        _ => None,
    }
}

/// A random number between 0 and 1; the middle when the system has none to give.
fn jitter() -> f64 {
    getrandom::u32().map_or(0.5, |n| f64::from(n) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_question_is_asked_again_at_once() {
        assert_eq!(pause_after_no_news(schedule::LONG_POLL, schedule::POLL), BREATH);
    }

    #[test]
    fn a_server_that_does_not_hold_questions_is_asked_in_its_own_rhythm() {
        let pause = pause_after_no_news(Duration::from_millis(5), schedule::POLL);
        assert!(pause >= schedule::POLL.mul_f64(0.85) && pause <= schedule::POLL.mul_f64(1.15), "{pause:?}");
    }
}
