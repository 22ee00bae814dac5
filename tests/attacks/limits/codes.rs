//! Guessing codes, and keeping others from entering theirs.

use std::net::IpAddr;
use std::time::Duration;

use mailshift::code::{ACTIVATION_ALPHABET, AuthenticationCode};
use mailshift::protocol::path;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::server_support::{Backend, PROJECT, World, problem, stories, wrong};

stories! {
    a_whole_block_of_addresses_does_not_keep_a_right_code_from_elsewhere_out,
    guesses_of_codes_that_do_not_exist_cost_nobody_else_anything,
    one_network_does_not_lock_a_code_for_everybody,
    no_answer_tells_whether_there_is_such_a_code,
    an_activation_code_that_leaked_is_ended,
}

const ANNA: &str = "anna@old.example";
const AT_ONCE: usize = 32;

/// A server that believes its proxy.
async fn behind_a_proxy(on: Backend) -> World {
    started(on.empty_world()).await
}

/// The same, where everybody together may guess so often, and not again while the test runs.
async fn with_so_many_guesses(on: Backend, number: u32) -> World {
    let mut world = on.empty_world();
    (world.settings.guesses.burst, world.settings.guesses.refill) = (number, Duration::from_hours(1));
    started(world).await
}

async fn started(mut world: World) -> World {
    world.settings.behind_proxy = true;
    world.furnish(json!({}));
    world.start().await;
    world
}

fn guess(world: &World, from: IpAddr, code: &str) -> impl Future<Output = Response> + Send + use<> {
    let body = json!({"code": code, "device": {"name": "", "system": "", "login": "", "agent": ""}});
    let request = world.request(Method::POST, path::ACTIVATIONS).header("X-Forwarded-For", from.to_string());
    let sent = request.json(&body).send();
    async move { sent.await.expect("an answer") }
}

async fn all(world: &World, guesses: impl Iterator<Item = (IpAddr, String)>) -> usize {
    let (mut under_way, mut busy) = (JoinSet::new(), 0);
    for (from, code) in guesses {
        while under_way.len() >= AT_ONCE {
            busy += usize::from(under_way.join_next().await.expect("one").expect("no panic"));
        }
        let guess = guess(world, from, &code);
        under_way.spawn(async move { guess.await.status() == StatusCode::SERVICE_UNAVAILABLE });
    }
    while let Some(answer) = under_way.join_next().await {
        busy += usize::from(answer.expect("no panic"));
    }
    busy
}

fn elsewhere() -> [IpAddr; 2] {
    ["203.0.113.7", "2001:db9::7"].map(|text| text.parse().expect("an address"))
}

/// One of many /64 of one /32.
fn of_a_block(n: usize) -> IpAddr {
    let number = u128::try_from(n).expect("small");
    IpAddr::V6(((0x2001_0db8_u128 << 96) | ((number * 97 % 65_536) << 80) | (number << 64) | 1).into())
}

/// M1
async fn a_whole_block_of_addresses_does_not_keep_a_right_code_from_elsewhere_out(on: Backend) {
    // What one owner may is less than what all may; where it is not, the reserve is left to the others.
    for world in [behind_a_proxy(on).await, with_so_many_guesses(on, 60).await] {
        let codes = world.crowd(20);
        let wrong: Vec<String> = codes.iter().map(|code| wrong(code)).collect();
        let busy = all(&world, (0..600).map(|n| (of_a_block(n), wrong[n % wrong.len()].clone()))).await;
        assert!(busy > 100, "the attack was held back: {busy}");
        for (from, address) in elsewhere().into_iter().zip([ANNA, "joerg@old.example"]) {
            let answer = guess(&world, from, &world.new_code(address)).await;
            assert_eq!(answer.status(), StatusCode::CREATED, "{from}");
        }
    }
}

/// M1
async fn guesses_of_codes_that_do_not_exist_cost_nobody_else_anything(on: Backend) {
    // Fewer than the guesses that follow, with the reserve.
    let world = with_so_many_guesses(on, 100).await;
    let letter = |n: usize| char::from(ACTIVATION_ALPHABET[n % ACTIVATION_ALPHABET.len()]);
    let made_up = |n: usize| match n % 2 {
        0 => format!("ZZZZZZZ{}{}{}", letter(n / 400), letter(n / 20), letter(n)),
        _ => AuthenticationCode::from_random([u8::try_from(n % 256).expect("a byte"); 12]).grouped(),
    };
    let many = |n: usize| IpAddr::V4((0xc612_0000 + (u32::try_from(n % 512).expect("small") << 8) + 1).into());
    all(&world, (0..800).map(|n| (many(n), made_up(n)))).await;
    for from in elsewhere() {
        let answer = guess(&world, from, &world.new_code(ANNA)).await;
        assert_eq!(answer.status(), StatusCode::CREATED, "{from}");
    }
}

/// M1
async fn one_network_does_not_lock_a_code_for_everybody(on: Backend) {
    let world = behind_a_proxy(on).await;
    let code = world.new_code(ANNA);
    let attacker: IpAddr = "198.51.100.7".parse().expect("an address");
    // Not once more than it takes to lock it.
    for _ in 0..5 {
        guess(&world, attacker, &wrong(&code)).await;
    }
    let neighbour = "198.51.100.8".parse().expect("an address");
    for from in [attacker, neighbour] {
        let refused = problem(guess(&world, from, &code).await).await;
        assert_eq!((&refused["code"], &refused["tries_left"]), (&json!("ACT-7"), &json!(0)), "{from}");
    }
    assert_eq!(world.status(ANNA)["code_locked"], true, "operators are told");
    let [person, stranger] = elsewhere();
    let told = problem(guess(&world, stranger, &wrong(&code)).await).await;
    assert_eq!(told["code"], "ACT-7", "who is wrong learns nothing of a second chance");
    assert_eq!(guess(&world, person, &code).await.status(), StatusCode::CREATED);
    let late = problem(guess(&world, stranger, &code).await).await;
    assert_eq!(late["code"], "ACT-7", "one wrong try of a locked code is all that a network gets");
}

/// M1
async fn no_answer_tells_whether_there_is_such_a_code(on: Backend) {
    let world = behind_a_proxy(on).await;
    let real = wrong(&world.new_code(ANNA));
    let mut made_up = AuthenticationCode::from_random([7; 12]).grouped();
    if made_up[..4] == real[..4] {
        made_up = AuthenticationCode::from_random([8; 12]).grouped();
    }
    let mut told: [Vec<Value>; 2] = Default::default();
    for n in 0..8 {
        for (code, told) in [&real, &made_up].into_iter().zip(&mut told) {
            told.push(problem(guess(&world, of_a_block(n % 2), code).await).await);
        }
    }
    assert_eq!(told[0], told[1]);
    let tries: Vec<_> = told[0].iter().map(|problem| problem["tries_left"].as_u64()).collect();
    assert_eq!(tries, [4, 3, 2, 1, 0, 0, 0, 0].map(Some));
}

/// M2
async fn an_activation_code_that_leaked_is_ended(on: Backend) {
    let world = on.world().await;
    let code = |world: &World| {
        let shown = world.done(&["project", "show", PROJECT]);
        shown.lines().find_map(|line| line.strip_prefix("activate")).expect("the code").trim().to_owned()
    };
    let leaked = code(&world);
    let activated = world.activate(&leaked).await;
    assert_eq!(activated.status(), StatusCode::CREATED);
    let activation: mailshift::protocol::Activation = activated.json().await.expect("an activation");
    let agent = crate::server_support::Agent { world: &world, token: activation.token.reveal().into() };
    agent.directive().await;
    let renewed = world.done(&["project", "renew-code", PROJECT]);
    assert_eq!(renewed.trim(), code(&world));
    assert_eq!(problem(world.activate(&leaked).await).await["code"], "ACT-2");
    assert_eq!(world.activate(renewed.trim()).await.status(), StatusCode::CREATED);
    agent.directive().await;
}
