//! How many guesses of codes an attacker gets, who even knows every public part.
//!
//! The design allows five guesses for each code, then twenty of networks that were not wrong about it, then one of them an
//! hour, so that nobody locks the right person out. The secret part has 40 bits: of 10,000 codes that are valid for 14 days
//! all guesses together hit with a probability of 10,000 · (5 + 20 + 336) / 2^40 = 3.3 · 10^-6.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use crate::server_support::{Backend, World, problem, stories, wrong};
use mailshift::code;
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;

stories! {
    a_code_gives_five_guesses_to_everyone_together,
    one_address_gets_its_allowance_and_no_more,
    all_addresses_together_get_their_allowance_and_no_more,
}

/// Guesses for one code.
const TRIES: usize = 5;
/// Requests at the same time: few enough that comparing them is never too much for a slow computer.
const AT_ONCE: usize = 8;
/// How long an attack with many codes lasts at least and at most.
const ATTACK: Duration = Duration::from_secs(5);
const ATTACK_LIMIT: Duration = Duration::from_mins(1);

/// What the server made of guesses.
#[derive(Debug, Default)]
struct Outcome {
    /// Compared with the secret: what may hit.
    compared: usize,
    /// Refused because the code is locked.
    locked: usize,
    /// Refused because there were too many.
    busy: usize,
}

/// A server that believes its proxy, and codes of as many users.
async fn target(on: Backend, codes: usize) -> (World, Vec<String>) {
    let mut world = on.empty_world();
    world.settings.behind_proxy = true;
    world.furnish(json!({}));
    let codes = world.crowd(codes);
    world.start().await;
    (world, codes)
}

/// Sends guesses (a code and from where), many at once, until there are no more, or else until the attack has lasted and
/// was held back.
async fn attack(world: &World, guesses: impl Iterator<Item = (String, Ipv4Addr)>) -> Outcome {
    let (mut outcome, start) = (Outcome::default(), Instant::now());
    let mut under_way = JoinSet::new();
    let mut guesses = guesses.fuse();
    loop {
        let over = start.elapsed() > ATTACK && outcome.busy > 0 || start.elapsed() > ATTACK_LIMIT;
        while under_way.len() < AT_ONCE && !over {
            let Some((code, from)) = guesses.next() else { break };
            let body = json!({"code": code, "device": {"name": "", "system": "", "login": "", "agent": ""}});
            let request = world.request(Method::POST, mailshift::protocol::path::ACTIVATIONS);
            let request = request.header("X-Forwarded-For", from.to_string()).json(&body);
            under_way.spawn(async move { request.send().await.expect("an answer") });
        }
        let Some(response) = under_way.join_next().await else { return outcome };
        let response = response.expect("no panic");
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            outcome.busy += 1;
            continue;
        }
        let body = problem(response).await;
        match body["code"].as_str() {
            Some("ACT-2") if body["tries_left"].is_u64() => outcome.compared += 1,
            Some("ACT-7") => outcome.locked += 1,
            _ => panic!("{body}"),
        }
    }
}

fn address(n: usize) -> Ipv4Addr {
    Ipv4Addr::from_bits(0xc612_0000 + u32::try_from(n % 65_536).expect("16 bits")) // 198.18.0.0/15, RFC 2544
}

async fn a_code_gives_five_guesses_to_everyone_together(on: Backend) {
    let (world, codes) = target(on, 1).await;
    let guesses = (0..200).map(|n| (wrong(&codes[0]), address(n)));
    let outcome = attack(&world, guesses).await;
    println!("one code, 200 addresses: {outcome:?}");
    assert_eq!((outcome.compared, outcome.locked), (TRIES, 200 - TRIES));
}

async fn one_address_gets_its_allowance_and_no_more(on: Backend) {
    let (world, codes) = target(on, 20).await;
    let start = Instant::now();
    let guesses = codes.iter().cycle().map(|code| (wrong(code), address(0)));
    let outcome = attack(&world, guesses).await;
    let seconds = start.elapsed().as_secs_f64();
    let allowed = allowed(world.settings.guesses_by_peer.burst, world.settings.guesses_by_peer.refill, start.elapsed());
    println!("{} codes, one address, {seconds:.1} s: {outcome:?}, allowed {allowed}", codes.len());
    assert!(outcome.compared + outcome.locked <= allowed, "{outcome:?}");
    assert!(outcome.compared >= codes.len() && outcome.busy > 0, "the attack was real: {outcome:?}");
}

async fn all_addresses_together_get_their_allowance_and_no_more(on: Backend) {
    let (mut world, codes) = target(on, 40).await;
    // Few, so that the attack meets them soon.
    world.stop().await;
    (world.settings.guesses.burst, world.settings.guesses.refill) = (40, Duration::from_secs(1));
    world.start().await;
    let start = Instant::now();
    // Each of another block of addresses.
    let guesses = codes.iter().cycle().enumerate().map(|(n, code)| (wrong(code), address(n * 256)));
    let outcome = attack(&world, guesses).await;
    let seconds = start.elapsed().as_secs_f64();
    let allowed = 2 * allowed(world.settings.guesses.burst, world.settings.guesses.refill, start.elapsed());
    println!("{} codes, as many networks as guesses, {seconds:.1} s: {outcome:?}, allowed {allowed}", codes.len());
    assert!(outcome.compared <= allowed, "with the reserve of those who were not wrong before: {outcome:?}");
    assert!(outcome.compared >= 80 && outcome.busy > 0, "the attack was real: {outcome:?}");
    let bits = i32::try_from(5 * code::SECRET).expect("small");
    println!("10,000 codes: all guesses together hit with {:.1e}", 10_000.0 * 361.0 / 2_f64.powi(bits));
}

/// The burst and what came in again since.
fn allowed(burst: u32, refill: Duration, elapsed: Duration) -> usize {
    let refilled = elapsed.as_millis() / refill.as_millis() + 1;
    usize::try_from(u128::from(burst) + refilled).expect("small")
}
