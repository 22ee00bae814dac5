//! Does together what many ask for at the same time: the first one is served at once, those who ask meanwhile are served
//! as one group.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

/// How long a group may take; a database that has gone without a word must not hold up everybody who asks later.
pub const TIME: Duration = Duration::from_secs(30);

/// A question and where its answer goes.
pub type Asked<Q, A> = (Q, oneshot::Sender<A>);

/// Where questions wait until they are answered.
pub struct Desk<Q, A> {
    queue: Mutex<Queue<Q, A>>,
    limits: Limits,
}

#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Questions in one group at most.
    pub size: usize,
    /// Groups at the same time at most.
    pub groups: usize,
    /// How long one group may take.
    pub time: Duration,
}

struct Queue<Q, A> {
    asked: Vec<Asked<Q, A>>,
    /// Groups that are being answered.
    groups: usize,
}

impl<Q: Send + 'static, A: Send + 'static> Desk<Q, A> {
    pub fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { queue: Mutex::new(Queue { asked: Vec::new(), groups: 0 }), limits })
    }

    /// Asks, and waits for the answer that `serve` gives to a whole group. None when it has panicked, or was
    /// not done within [`Limits::time`].
    pub async fn ask<S>(
        self: &Arc<Self>,
        question: Q,
        serve: impl Fn(Vec<Asked<Q, A>>) -> S + Send + 'static,
    ) -> Option<A>
    where
        S: Future<Output = ()> + Send,
    {
        let (answer, answered) = oneshot::channel();
        let free = {
            let mut queue = self.queue();
            queue.asked.push((question, answer));
            let free = queue.groups < self.limits.groups;
            queue.groups += usize::from(free);
            free
        };
        if free {
            // A task of its own: the one who asked may go away, the others still want to know.
            let mut turn = Turn { desk: Arc::clone(self), given_back: false };
            tokio::spawn(async move {
                while let Some(group) = turn.group() {
                    let _ = tokio::time::timeout(turn.desk.limits.time, serve(group)).await;
                }
            });
        }
        answered.await.ok()
    }
}

impl<Q, A> Desk<Q, A> {
    fn queue(&self) -> MutexGuard<'_, Queue<Q, A>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to serve one group after the other, until nobody asks.
struct Turn<Q, A> {
    desk: Arc<Desk<Q, A>>,
    given_back: bool,
}

impl<Q, A> Turn<Q, A> {
    /// Those who are next. When there is nobody, the turn is given back under the same lock, so that whoever asks from
    /// now on takes it.
    fn group(&mut self) -> Option<Vec<Asked<Q, A>>> {
        let mut queue = self.desk.queue();
        let count = queue.asked.len().min(self.desk.limits.size);
        if count == 0 {
            queue.groups -= 1;
            self.given_back = true;
            return None;
        }
        Some(queue.asked.drain(..count).collect())
    }
}

impl<Q, A> Drop for Turn<Q, A> {
    fn drop(&mut self) {
        // Only after a panic.
        if !self.given_back {
            self.desk.queue().groups -= 1;
        }
    }
}

impl<Q, A> fmt::Debug for Desk<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queue = self.queue();
        f.debug_struct("Desk").field("asked", &queue.asked.len()).field("groups", &queue.groups).finish()
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;
    use tokio::task::JoinSet;

    use super::*;

    const ONE_GROUP: Limits = Limits { size: 4, groups: 1, time: TIME };

    async fn asked(desk: &Desk<u32, usize>, count: usize) {
        while desk.queue().asked.len() < count {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn those_who_ask_while_one_is_served_are_served_together() {
        let (desk, gate) = (Desk::new(ONE_GROUP), Arc::new(Semaphore::new(0)));
        let mut asking = JoinSet::new();
        for n in 0..7 {
            let (desk, gate) = (Arc::clone(&desk), Arc::clone(&gate));
            asking.spawn({
                let desk = Arc::clone(&desk);
                async move {
                    let serve = move |group: Vec<Asked<u32, usize>>| {
                        let gate = Arc::clone(&gate);
                        async move {
                            gate.acquire().await.expect("open").forget();
                            let size = group.len();
                            for (_, answer) in group {
                                let _ = answer.send(size);
                            }
                        }
                    };
                    desk.ask(n, serve).await
                }
            });
            if n == 0 {
                // Nobody is left waiting: the first one is being served.
                while desk.queue().groups == 0 || !desk.queue().asked.is_empty() {
                    tokio::task::yield_now().await;
                }
            }
        }
        asked(&desk, 6).await;
        gate.add_permits(3);
        let mut sizes: Vec<Option<usize>> = asking.join_all().await;
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 2, 2, 4, 4, 4, 4].map(Some));
    }

    #[tokio::test]
    async fn a_group_that_takes_too_long_stops_nobody_who_asks_later() {
        let desk: Arc<Desk<u32, usize>> = Desk::new(Limits { time: Duration::from_millis(50), ..ONE_GROUP });
        let stuck = desk.ask(1, |group| async move {
            std::future::pending::<()>().await;
            drop(group);
        });
        assert_eq!(stuck.await, None);
        let serve = |group: Vec<Asked<u32, usize>>| async move {
            for (n, answer) in group {
                let _ = answer.send(n as usize);
            }
        };
        assert_eq!(desk.ask(2, serve).await, Some(2));
    }

    #[tokio::test]
    async fn a_panic_stops_nobody_who_asks_later() {
        let desk: Arc<Desk<u32, usize>> = Desk::new(ONE_GROUP);
        let broken = desk.ask(1, |group| async move { assert!(group.is_empty(), "of this test") }).await;
        assert_eq!(broken, None);
        let serve = |group: Vec<Asked<u32, usize>>| async move {
            for (n, answer) in group {
                let _ = answer.send(n as usize);
            }
        };
        assert_eq!(desk.ask(2, serve).await, Some(2));
    }
}
