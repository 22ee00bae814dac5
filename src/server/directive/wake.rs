//! Wakes the questions that are held open: one login's when it reported something itself or an operator meant it alone,
//! those of a project when an operator changed something there, also through another process; and the pages that show
//! everything when anything was written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use uuid::Uuid;

use crate::server::db::{Called, Change, Db, Watcher};
use crate::server::directive::cache::Memory;

/// How often pages that show everything hear of changes at most.
const PAGES: Duration = Duration::from_millis(250);
/// The pause after the database could not be looked at.
const TROUBLE_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub struct Signals {
    written: watch::Sender<u64>,
    changed: watch::Sender<u64>,
    /// Of logins and of projects.
    bells: Mutex<HashMap<Uuid, Weak<Notify>>>,
    /// What is remembered until something changes.
    pub memory: Memory,
}

impl Signals {
    /// What the questions of a login, or of a project's logins, wait on: each of them on the same bell.
    pub fn bell(&self, id: Uuid) -> Arc<Notify> {
        let mut bells = self.bells();
        if let Some(bell) = bells.get(&id).and_then(Weak::upgrade) {
            return bell;
        }
        let bell = Arc::new(Notify::new());
        bells.insert(id, Arc::downgrade(&bell));
        bell
    }

    /// Something changed for this login.
    pub fn wake(&self, login: Uuid) {
        self.memory.forget(login);
        self.ring(login);
    }

    fn wake_project(&self, project: Uuid) {
        self.memory.forget_project(project);
        self.ring(project);
    }

    fn wake_everyone(&self) {
        self.memory.forget_everything();
        let all: Vec<_> = self.bells().values().filter_map(Weak::upgrade).collect();
        for bell in all {
            bell.notify_waiters();
        }
    }

    fn ring(&self, id: Uuid) {
        let bell = self.bells().get(&id).and_then(Weak::upgrade);
        if let Some(bell) = bell {
            bell.notify_waiters();
        }
    }

    /// Forgets those who wait no longer.
    pub fn tidy(&self) {
        self.memory.tidy();
        self.bells().retain(|_, bell| bell.strong_count() > 0);
    }

    fn bells(&self) -> MutexGuard<'_, HashMap<Uuid, Weak<Notify>>> {
        self.bells.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves when anything was written, at most every [`PAGES`].
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Watches the database for changes of this and of other processes, for ever.
    pub async fn watch(&self, db: &Db) {
        tokio::join!(self.look(db), self.publish());
    }

    async fn look(&self, db: &Db) {
        loop {
            if let Err(error) = self.look_until_trouble(db).await {
                tracing::warn!(%error, "the database cannot be watched; trying again");
            }
            tokio::time::sleep(TROUBLE_PAUSE).await;
        }
    }

    async fn look_until_trouble(&self, db: &Db) -> Result<(), sqlx::Error> {
        let mut watcher = Watcher::open(db).await?;
        // Nobody knows what was written while nobody looked.
        let mut change = Change::Everyone;
        loop {
            match change {
                Change::Everyone => self.wake_everyone(),
                Change::Called(called) => called.into_iter().for_each(|called| match called {
                    Called::Project(project) => self.wake_project(project),
                    Called::Login(login) => self.wake(login),
                }),
                Change::Other => {}
            }
            self.written.send_modify(|times| *times += 1);
            change = watcher.next().await?;
        }
    }

    async fn publish(&self) {
        let mut written = self.written.subscribe();
        // The sender lives as long as this.
        while written.changed().await.is_ok() {
            self.changed.send_modify(|times| *times += 1);
            tokio::time::sleep(PAGES).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use futures::FutureExt;

    use super::*;
    use crate::server::db::{self, MEMORY};

    const LIMIT: Duration = Duration::from_secs(10);

    async fn moves<T>(changed: &mut watch::Receiver<T>) {
        tokio::time::timeout(LIMIT, changed.changed()).await.expect("in time").expect("watched");
    }

    /// Signals that are watched until the test ends.
    async fn watched(database: &str) -> (Db, Arc<Signals>) {
        let (db, signals) = (Db::create(database).await.expect("a database").0, Arc::new(Signals::default()));
        tokio::spawn({
            let (db, signals) = (db.clone(), Arc::clone(&signals));
            async move { signals.watch(&db).await }
        });
        moves(&mut signals.changed()).await;
        (db, signals)
    }

    /// A write that is not for agents.
    async fn write(db: &Db) {
        let mut tx = db.write().await.expect("a turn");
        let insert = "INSERT INTO project (id, name, settings, activation_code, created_at) VALUES ($1, $1, '', $1, 0)";
        sqlx::query(insert).bind(db::new_id()).execute(&mut *tx).await.expect("written");
        tx.commit().await.expect("committed");
    }

    #[tokio::test]
    async fn pages_hear_of_every_write_but_at_most_four_times_a_second() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("m.db");
        for database in [MEMORY, &file.to_string_lossy()] {
            let (db, signals) = watched(database).await;
            let mut changed = signals.changed();
            write(&db).await;
            moves(&mut changed).await;
            let (before, start) = (*changed.borrow_and_update(), Instant::now());
            // For a second, or as long as a busy machine takes to tell of one.
            while start.elapsed() < Duration::from_secs(1) || *changed.borrow() == before {
                assert!(start.elapsed() < LIMIT, "{database}: heard of nothing");
                write(&db).await;
                tokio::task::yield_now().await;
            }
            let times = *changed.borrow_and_update() - before;
            // One for what came before, one for what had waited.
            let most = u64::try_from(start.elapsed().as_millis() / 250).unwrap_or(u64::MAX) + 2;
            assert!((1..=most).contains(&times), "{database}: {times} times in {:?}", start.elapsed());
        }
    }

    /// Whether the bell rings before pages hear of the change.
    async fn rings(bell: &Notify, changed: &mut watch::Receiver<u64>, change: impl Future<Output = ()>) -> bool {
        let mut rung = std::pin::pin!(bell.notified());
        rung.as_mut().enable();
        changed.mark_unchanged();
        change.await;
        moves(changed).await;
        rung.now_or_never().is_some()
    }

    #[tokio::test]
    async fn a_ring_is_heard_by_those_who_are_meant_and_a_write_by_nobody() {
        let (db, signals) = watched(MEMORY).await;
        let mut changed = signals.changed();
        let (project, other, login) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let bells = [project, other, login].map(|id| signals.bell(id));
        let name = project.to_string();
        let told = async |logins: &[Uuid]| {
            let mut tx = db.write().await.expect("a turn");
            match logins {
                [] => db::ring(&mut tx, &name).await.expect("rung"),
                logins => db::ring_logins(&mut tx, &name, logins).await.expect("rung"),
            }
            tx.commit().await.expect("committed");
        };
        for (bell, [by_project, by_login]) in bells.iter().zip([[true, false], [false, false], [false, true]]) {
            assert!(!rings(bell, &mut changed, write(&db)).await);
            assert_eq!(rings(bell, &mut changed, told(&[])).await, by_project);
            assert_eq!(rings(bell, &mut changed, told(&[login])).await, by_login);
        }
        let many: Vec<Uuid> = (0..100).map(|_| Uuid::now_v7()).collect();
        assert!(rings(&bells[0], &mut changed, told(&many)).await, "so many are called together");
    }
}
