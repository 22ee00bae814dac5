//! Whom a signal wakes: the agents that it is for, and nobody else.

use crate::server_support::{Agent, Backend, PROJECT, World, eventually, settings, stays_open, stories};
use reqwest::{Method, Response, StatusCode};
use serde_json::json;
use tokio::task::JoinHandle;

stories! {
    a_signal_in_one_project_lets_the_agents_of_another_sleep,
    an_order_for_one_computer_lets_all_others_sleep,
}

const OTHER: &str = "Other";
/// Agents of each project.
const AGENTS: usize = 4;

type Held = JoinHandle<reqwest::Result<Response>>;

/// A figure of the server.
async fn figure(world: &World, name: &str) -> usize {
    let text = world.request(Method::GET, "/metrics").send().await.expect("an answer").text().await.expect("text");
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map_or(0, |value| value.parse().expect("a number"))
}

/// How many logins the server has looked up.
async fn looked_up(world: &World) -> usize {
    figure(world, "mailshift_directives_looked_up_total").await
}

fn recolour(world: &World, project: &str, colour: &str) {
    let file = world.file("new.json", &settings(json!({"brand": {"colour": colour}})));
    world.done(&["project", "set", project, "--file", &file]);
}

/// Bound agents of users that are made for them.
async fn agents<'a>(world: &'a World, project: &str) -> Vec<Agent<'a>> {
    let rows = (0..AGENTS).map(|i| format!("P {i},p{i}@{project}.example,n{i}@{project}.example,p{i}\n"));
    let users = "name,old address,new address,login\n".to_owned() + &rows.collect::<String>();
    world.done(&["users", "import", project, &world.file("people.csv", &users)]);
    let mut agents = Vec::new();
    for i in 0..AGENTS {
        let code = world.done(&["code", project, &format!("p{i}@{project}.example")]);
        let activation: mailshift::protocol::Activation =
            world.activate(code.trim()).await.json().await.expect("an activation");
        agents.push(Agent { world, token: activation.token.reveal().to_owned() });
    }
    // Woken once, they have heard of everything that made them.
    let held = held(&agents).await;
    all_held(world, AGENTS).await;
    recolour(world, project, "#000001");
    for held in held {
        answered(held).await;
    }
    agents
}

/// The questions of these agents, held open.
async fn held(agents: &[Agent<'_>]) -> Vec<Held> {
    let mut held = Vec::new();
    for agent in agents {
        let (_, tag) = agent.tagged().await;
        held.push(tokio::spawn(agent.held(&tag).send()));
    }
    held
}

async fn all_held(world: &World, questions: usize) {
    let name = "mailshift_requests_in_progress{route=\"/v1/directive\"}";
    eventually("all questions are held", async || figure(world, name).await == questions).await;
}

async fn answered(held: Held) {
    assert_eq!(held.await.expect("no panic").expect("an answer").status(), StatusCode::OK);
}

/// Two projects, the questions of their agents, and how many logins were looked up so far.
async fn waiting(world: &World) -> (Vec<Held>, Vec<Held>, usize) {
    world.done(&["project", "create", OTHER, "--file", &world.file("other.json", &settings(json!({})))]);
    let (here, there) = (agents(world, PROJECT).await, agents(world, OTHER).await);
    let (here, there) = (held(&here).await, held(&there).await);
    all_held(world, 2 * AGENTS).await;
    let before = looked_up(world).await;
    assert!(before >= 2 * AGENTS, "all were looked up");
    (here, there, before)
}

async fn a_signal_in_one_project_lets_the_agents_of_another_sleep(on: Backend) {
    let world = on.world().await;
    let (here, mut there, before) = waiting(&world).await;
    recolour(&world, PROJECT, "#000002");
    for held in here {
        answered(held).await;
    }
    for held in &mut there {
        stays_open(held).await;
    }
    let read = looked_up(&world).await - before;
    println!("a signal for {AGENTS} of {} agents: {read} looked up", 2 * AGENTS);
    assert_eq!(read, AGENTS);
}

async fn an_order_for_one_computer_lets_all_others_sleep(on: Backend) {
    let world = on.world().await;
    let (mut here, mut there, before) = waiting(&world).await;
    world.done(&["configure", PROJECT, &format!("p0@{PROJECT}.example")]);
    answered(here.remove(0)).await;
    for held in here.iter_mut().chain(&mut there) {
        stays_open(held).await;
    }
    assert_eq!(looked_up(&world).await - before, 1);
}
