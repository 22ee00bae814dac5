//! Codes that are mistyped, wrong, expired, used or locked, and codes for somebody else.

use std::fs;

use mailshift::code::{ALPHABET, AuthenticationCode, PUBLIC, SECRET};
use mailshift::demo::mail_server::OLD_ADDRESS;
use mailshift::demo::office::PROJECT;
use mailshift::demo::world::World;
use mailshift::server::Db;

use super::stage::{SOON, Told, play, stage, until_waiting};

/// A code with the same public part and a right check character, but another secret.
pub fn wrong(code: &AuthenticationCode) -> AuthenticationCode {
    let values: Vec<u8> = code.reveal()[..PUBLIC + SECRET].bytes().map(value).collect();
    let mut bytes = [0; PUBLIC + SECRET];
    bytes.copy_from_slice(&values);
    bytes[PUBLIC] = (bytes[PUBLIC] + 1) % 32;
    AuthenticationCode::from_random(bytes)
}

fn value(character: u8) -> u8 {
    let place = ALPHABET.iter().position(|known| *known == character).expect("of the alphabet");
    u8::try_from(place).expect("less than 32")
}

/// The agent says why a code is not taken, with the code for the help desk.
fn refused(world: &World, code: &str) -> Told {
    let told = world.word(&format!("problem-{code}"));
    world.person()?.wait_for(&told, SOON)?;
    world.person()?.wait_for(&world.words.with("notice-reference", &[("code", code)]), SOON)?;
    Ok(())
}

fn change_database(world: &World, statement: &'static str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let db = Db::open(world.office.folder().join("mailshift.db").to_string_lossy()).await.expect("the database");
        sqlx::query(statement).execute(db.pool()).await.expect("changed");
        db.close().await;
    });
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn a_slip_is_told_without_asking_the_server_and_costs_no_try() {
    play(
        |_| (),
        |world| {
            // Whoever asks a server that is not there is told so.
            world.office.kill();
            world.start_agent()?;
            let code = world.invited_code()?;
            let mut swapped = code.grouped().into_bytes();
            let place = (5..8).find(|place| swapped[*place] != swapped[place + 1]).expect("two different characters");
            swapped.swap(place, place + 1);
            let swapped = String::from_utf8(swapped).expect("letters and digits");
            world.type_code(&swapped)?;
            world.person()?.wait_for(&world.word("code-slip-check"), SOON)?;
            world.type_code(&code.grouped()[..12])?;
            let missing = world.words.with("code-slip-short", &[("count", "3")]);
            world.person()?.wait_for(&missing, SOON)?;
            world.type_code("7KQ2-U")?;
            world.person()?.wait_for(&world.words.with("code-slip-character", &[("character", "U")]), SOON)?;
            world.type_code(" ")?;
            world.person()?.wait_for(&world.word("code-slip-empty"), SOON)?;
            world.type_code(&code.grouped())?;
            refused_by_nobody(world)
        },
    );
}

fn refused_by_nobody(world: &World) -> Told {
    world.person()?.wait_for("NET-1", SOON)?;
    Ok(())
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn a_wrong_code_costs_a_try_and_after_five_the_right_one_is_locked() {
    play(
        |_| (),
        |world| {
            world.start_agent()?;
            let code = world.invited_code()?;
            for left in ["4", "3", "2", "1"] {
                world.type_code(&wrong(&code).grouped())?;
                let tries = world.words.with("code-tries-left", &[("tries", left)]);
                world.person()?.wait_for(&tries, SOON)?;
            }
            world.type_code(&wrong(&code).grouped())?;
            world.person()?.wait_for("ACT-", SOON)?;
            world.type_code(&code.grouped())?;
            refused(world, "ACT-7")?;
            // The help desk has a new one.
            world.office.run(&["invite", PROJECT, "--user", OLD_ADDRESS])?;
            let newer = mailshift::demo::screen::wait("the newer invitation", SOON, || {
                world.invited_code().ok().filter(|newer| *newer != code)
            })?;
            world.enter_code(&newer)?;
            world.bind()
        },
    );
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn an_expired_code_is_told() {
    play(
        |_| (),
        |world| {
            world.start_agent()?;
            let code = world.invited_code()?;
            change_database(world, "UPDATE code SET expires_at = 1");
            world.type_code(&code.grouped())?;
            refused(world, "ACT-5")
        },
    );
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn a_code_that_was_used_on_another_computer_is_told() {
    play(
        |_| (),
        |world| {
            until_waiting(world)?;
            world.kill_agent();
            // Another computer: one that remembers nothing.
            fs::remove_dir_all(world.state_folder())?;
            world.start_agent()?;
            world.type_code(&world.invited_code()?.grouped())?;
            refused(world, "ACT-6")
        },
    );
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn not_you_leaves_the_code_valid() {
    play(
        |_| (),
        |world| {
            world.start_agent()?;
            let code = world.invited_code()?;
            world.enter_code(&code)?;
            let person = world.person()?;
            person.wait_for("Anna Berger", SOON)?;
            assert!(!person.text_of_page().contains("anna@new.example"), "the address is masked");
            person.press_by_keyboard(&world.word("card-not-me"), "space")?;
            world.screen.wait_for_window(&world.word("code-title"))?;
            assert_eq!(stage(world)?, "invited");
            world.enter_code(&code)?;
            world.bind()
        },
    );
}
