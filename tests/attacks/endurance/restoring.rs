//! An older copy of the database is put back under agents that have moved on.

use mailshift::protocol::Action;

use super::follower::Follower;
use crate::server_support::{Backend, PROJECT, Process, World, stories};

stories! {
    a_computer_that_becomes_somebody_elses_moves_for_them_too,
    after_a_copy_was_put_back_no_order_is_ignored_and_nobody_is_moved_twice,
    a_copy_that_nobody_has_announced_moves_nobody_twice_and_is_obeyed,
}

const AGENTS: usize = 8;
/// Moved before the copy was made.
const EARLY: usize = 4;

struct Story {
    world: World,
    agents: Vec<Follower>,
    on: Backend,
}

fn address(i: usize) -> String {
    format!("p{i}@old.example")
}

impl Story {
    /// Half of the agents have moved when the copy is made, the others after it; one has also gone back.
    async fn begin(on: Backend) -> Self {
        let world = on.world().await;
        let mut agents = Vec::new();
        for code in world.crowd(AGENTS) {
            agents.push(Follower::activated(&world, &code).await);
        }
        let mut story = Self { world, agents, on };
        story.all_turn().await;
        for i in 0..EARLY {
            story.world.done(&["configure", PROJECT, &address(i)]);
        }
        story.all_turn().await;
        story.copy().await;
        for i in EARLY..AGENTS {
            story.world.done(&["configure", PROJECT, &address(i)]);
        }
        story.world.done(&["undo", PROJECT, &address(0)]);
        story.all_turn().await;
        assert_eq!(story.moves(), [1; AGENTS]);
        assert_eq!(story.agents[0].undone, 1);
        story.world.stop().await;
        story
    }

    async fn all_turn(&mut self) {
        for agent in &mut self.agents {
            agent.turn(&self.world).await;
        }
    }

    fn moves(&self) -> Vec<u32> {
        self.agents.iter().map(|agent| agent.moves).collect()
    }

    fn copied(&self) -> String {
        self.world.folder.path().join("copy.db").to_string_lossy().into_owned()
    }

    async fn copy(&self) {
        match self.on {
            Backend::Sqlite => drop(self.world.done(&["backup", &self.copied()])),
            Backend::Postgres => {
                self.alter(
                    "CREATE TABLE then_known AS SELECT id FROM user_order; \
                CREATE TABLE then_heard AS SELECT login_id, id FROM event; \
                CREATE TABLE then_last AS SELECT id, last_order FROM project",
                )
                .await;
            }
        }
    }

    async fn alter(&self, statements: &'static str) {
        let db = self.world.db().await;
        sqlx::raw_sql(statements).execute(db.pool()).await.expect("altered");
        db.close().await;
    }

    /// `PostgreSQL` is put back by its own means: what came since is not there any more.
    async fn put_back_postgres(&self) {
        self.alter("DELETE FROM user_order WHERE id NOT IN (SELECT id FROM then_known); \
            DELETE FROM event e WHERE NOT EXISTS (SELECT 1 FROM then_heard t WHERE t.login_id = e.login_id AND t.id = e.id); \
            UPDATE project SET last_order = (SELECT t.last_order FROM then_last t WHERE t.id = project.id)").await;
    }

    /// Everybody is ordered to go back; how many have not followed.
    async fn ignored(&mut self) -> usize {
        for i in 0..AGENTS {
            self.world.done(&["undo", PROJECT, &address(i)]);
        }
        let before: Vec<u32> = self.agents.iter().map(|agent| agent.undone).collect();
        self.all_turn().await;
        let followed = self.agents.iter().zip(before).filter(|(agent, before)| agent.undone == before + 1).count();
        AGENTS - followed
    }
}

/// What an agent says of itself must not keep the next person of its computer from moving.
async fn a_computer_that_becomes_somebody_elses_moves_for_them_too(on: Backend) {
    let world = on.world().await;
    let mut agent = Follower::activated(&world, &world.new_code("anna@old.example")).await;
    agent.turn(&world).await;
    world.done(&["configure", PROJECT, "anna@old.example"]);
    agent.turn(&world).await;
    assert_eq!(agent.moves, 1);
    let devices: serde_json::Value = serde_json::from_str(&world.done(&["devices", PROJECT, "--json"])).expect("JSON");
    let login = devices[0]["id"].as_str().expect("its id").to_owned();
    world.done(&["lock", PROJECT, "joerg@old.example", &login]);
    world.done(&["cutover", PROJECT, "now"]);
    agent.turn(&world).await;
    assert_eq!(agent.moves, 2);
}

/// F2: order numbers went on from the copy's, below what agents had acted on: they ignored every order, for ever.
async fn after_a_copy_was_put_back_no_order_is_ignored_and_nobody_is_moved_twice(on: Backend) {
    let mut story = Story::begin(on).await;
    // Those that were let through before the other server was heard of, and the last.
    let restored = std::cell::Cell::new(1);
    match on {
        Backend::Sqlite => {
            let running = Process::start(&story.world, &[]);
            assert!(story.world.fails(&["restore", &story.copied()]).contains("in use"));
            running.kill();
            let refused = story.world.fails(&["restore", &story.copied()]);
            assert!(refused.contains("--force"), "{refused}");
            let told = story.world.done(&["restore", &story.copied(), "--force"]);
            assert!(told.contains("is kept as"), "{told}");
            let kept = told.lines().find_map(|line| line.strip_prefix("what was there is kept as ")).expect("a file");
            assert!(std::path::Path::new(kept.trim()).is_file(), "{kept}");
        }
        Backend::Postgres => {
            story.put_back_postgres().await;
            let running = Process::start(&story.world, &[]);
            crate::server_support::eventually("the server listens", async || {
                let is_let_through = story.world.cli(&["restore"]).status.success();
                restored.set(restored.get() + i64::from(is_let_through));
                !is_let_through
            })
            .await;
            running.kill();
            story.world.done(&["restore"]);
        }
    }
    story.world.start().await;
    assert_eq!(story.world.status(&address(EARLY))["stage"], "waiting", "what came after the copy is not in it");
    // The operator sets again what is lost, before anybody has said where they stand.
    story.world.done(&["cutover", PROJECT, "now"]);
    story.all_turn().await;
    let twice = story.moves().iter().filter(|moves| **moves != 1).count();
    assert_eq!(twice, 0, "moved again or not at all: {:?}", story.moves());
    let lost = (1..AGENTS).filter(|i| story.world.status(&address(*i))["stage"] != "completed").count();
    assert_eq!(lost, 0, "the server knows again where everybody stands");
    assert_eq!(story.world.status(&address(0))["stage"], "undone");
    let ignored = story.ignored().await;
    println!("{AGENTS} agents under an older copy: {lost} lost, {ignored} orders ignored, {twice} moved twice");
    assert_eq!(ignored, 0);
    story.world.stop().await;
    let db = story.world.db().await;
    let recorded = "SELECT COUNT(*) FROM audit WHERE action = 'database.restore'";
    assert_eq!(sqlx::query_scalar::<_, i64>(recorded).fetch_one(db.pool()).await.expect("a number"), restored.get());
    db.close().await;
}

/// F2: the same when somebody puts a copy in its place without a word: agents say with each question what they have done.
async fn a_copy_that_nobody_has_announced_moves_nobody_twice_and_is_obeyed(on: Backend) {
    let mut story = Story::begin(on).await;
    match on {
        Backend::Sqlite => drop(std::fs::copy(story.copied(), story.world.database()).expect("copied")),
        Backend::Postgres => story.put_back_postgres().await,
    }
    story.world.start().await;
    story.world.done(&["cutover", PROJECT, "now"]);
    for agent in &story.agents[EARLY..] {
        let directive = agent.directive(&story.world).await;
        assert_eq!(directive.action, Action::Wait, "nothing new before it has said how it ended");
    }
    story.all_turn().await;
    assert_eq!(&story.moves()[1..], [1; AGENTS - 1]);
    assert_eq!(story.ignored().await, 0);
}
