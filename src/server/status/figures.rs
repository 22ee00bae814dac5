//! A project in figures, as its first page shows them. Reading them walks through everybody; so it is done once for all
//! who ask at the same time, and pages that are open ask the less often the longer it takes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::server::directive::batcher::{self, Asked, Desk, Limits};
use crate::server::http::error::Refusal;
use crate::server::projects::Project;
use crate::server::projects::alerts::{self, known};
use crate::server::status::progress::{self, Count};
use crate::server::status::table::{self, Summary};
use crate::server::{Service, db};

/// One large project must not keep all others waiting, and the agents need the database, too.
const LIMITS: Limits = Limits { size: 64, groups: 2, time: batcher::TIME };
/// So many times as long as the last walk took, an open page is told of no change: the walks take a fifth of the time.
const REST: u32 = 4;
/// However long it took, an open page hears of changes after this time.
const LONGEST_REST: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub struct Figures {
    pub summary: Summary,
    pub points: Vec<(Timestamp, Count)>,
    /// What would fail, the most severe first.
    pub expected: Vec<alerts::Sum>,
}

type Answer = Result<Arc<Figures>, Refusal>;

#[derive(Debug)]
pub struct Walks {
    desk: Arc<Desk<String, Answer>>,
    /// How long the last one took, by project.
    taken: Mutex<HashMap<String, Duration>>,
}

impl Default for Walks {
    fn default() -> Self {
        Self { desk: Desk::new(LIMITS), taken: Mutex::default() }
    }
}

impl Walks {
    /// How long an open page of a project is told nothing after a change.
    pub fn rest(&self, project: &str) -> Duration {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner).get(project).copied();
        (taken.unwrap_or_default() * REST).min(LONGEST_REST)
    }

    fn took(&self, project: &str, time: Duration) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).insert(project.to_owned(), time);
    }
}

/// The figures of a project, read after this was called.
pub async fn of(service: &Arc<Service>, project: &str) -> Answer {
    let serve = {
        let service = Arc::clone(service);
        move |group| answer(Arc::clone(&service), group)
    };
    service.walks.desk.ask(project.to_owned(), serve).await.unwrap_or(Err(Refusal::panicked()))
}

async fn answer(service: Arc<Service>, group: Vec<Asked<String, Answer>>) {
    let mut asking: HashMap<String, Vec<oneshot::Sender<Answer>>> = HashMap::new();
    for (project, sender) in group {
        asking.entry(project).or_default().push(sender);
    }
    for (project, senders) in asking {
        let start = Instant::now();
        let figures = walk(&service, &project).await.map(Arc::new);
        service.walks.took(&project, start.elapsed());
        for sender in senders {
            let _ = sender.send(figures.as_ref().map(Arc::clone).map_err(Refusal::clone)); // who went away needs no answer
        }
    }
}

async fn walk(service: &Service, id: &str) -> Result<Figures, Refusal> {
    let (pool, now) = (service.db.pool(), db::now());
    let project: Project = crate::server::projects::find(pool, id).await?;
    let alerted = known::of_project(pool, &project, now).await?;
    Ok(Figures {
        summary: table::summary(pool, id, now).await?,
        points: progress::over_time(pool, id, now).await?,
        expected: alerts::summed(alerted.iter().flat_map(|alerted| &alerted.alerts)),
    })
}
