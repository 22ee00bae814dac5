//! A computer that was activated with the project's code: the person says who they are, or the server knows it.

use std::io::{Read, Write};
use std::net::TcpStream;

use mailshift::demo::mail_server::{NAME, OLD_ADDRESS};
use mailshift::demo::office::PROJECT;
use mailshift::demo::screen::wait;
use mailshift::demo::world::World;
use serde_json::json;

use super::codes::wrong;
use super::stage::{SOON, Told, play, status_line, text_below};

/// Where the links in mails lead; here they are followed on the server itself.
const ORIGIN: &str = "https://mailshift.example";
const OLD_MASKED: &str = "a***@old.example";
const NEW_MASKED: &str = "a***@new.example";

fn activation_code(world: &World) -> Result<String, mailshift::demo::Error> {
    let shown = world.office.run(&["project", "show", PROJECT])?;
    let code = shown.lines().find_map(|line| line.strip_prefix("activate")).expect("the project has a code");
    Ok(code.trim().to_owned())
}

/// Until the page asks who the person is.
fn until_asked(world: &mut World) -> Told {
    world.start_agent()?;
    world.type_code(&activation_code(world)?.to_lowercase())?;
    world.screen.wait_for_window(&world.word("identify-title"))?;
    Ok(())
}

/// The waiting page names the person.
fn waits_as_the_person(world: &World) -> Told {
    world.screen.wait_for_window(&world.word("waiting-title"))?;
    let named = world.words.with("waiting-signed-in", &[("name", NAME), ("address", NEW_MASKED)]);
    world.person()?.wait_for(&named, SOON)?;
    Ok(())
}

/// The path of the confirmation in the newest mail that has one.
fn confirmation(world: &World) -> Result<String, mailshift::demo::Error> {
    let start = format!("{ORIGIN}/confirm/");
    let token = |letter: &String| {
        // Long lines may be folded as RFC 2045 section 6.7 has it.
        let letter = letter.replace("=\r\n", "").replace("=\n", "");
        let (_, rest) = letter.split_once(&start)?;
        Some(rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect::<String>())
    };
    let found =
        wait("the mail with the link", SOON, || world.mail.read_inbox(OLD_ADDRESS).ok()?.iter().rev().find_map(token));
    Ok(format!("/confirm/{}", found?))
}

/// The digits that the window shows, as a screen reader says them.
fn digits(world: &World) -> Result<String, mailshift::demo::Error> {
    let spoken = world.words.with("identify-digits", &[("digits", "")]);
    let hint = world.word("identify-digits-hint");
    let is_said = |name: &str| name.starts_with(spoken.trim_end()) && name.ends_with(&hint);
    let node = world.person()?.wait_until("the digits", SOON, |node| is_said(&node.name))?;
    assert_eq!(node.role, "status bar", "it is spoken when it comes");
    Ok(node.name.chars().filter(char::is_ascii_digit).collect())
}

/// What the server answers to whoever follows the link, or presses the button behind it with these digits.
fn http(world: &World, method: &str, path: &str, digits: &str) -> Result<String, mailshift::demo::Error> {
    let url = world.office.url();
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(SOON))?;
    let form = format!("digits={digits}");
    let head = format!("Host: {host}\r\nContent-Length: {}\r\nConnection: close", form.len());
    write!(stream, "{method} {path} HTTP/1.1\r\n{head}\r\n\r\n{form}")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn a_link_by_mail_makes_the_window_go_on_by_itself() {
    play(
        |options| options.settings.push(("public_url", json!(ORIGIN))),
        |world| {
            until_asked(world)?;
            // Nothing is promised to nobody, also not by an agent that was started anew.
            world.kill_agent();
            world.start_agent_with(&["--background"])?;
            world.screen.wait_for_window(&world.word("identify-title"))?;
            assert_eq!(status_line(world)?, world.word("tray-identify"));
            let person = world.person()?;
            person.type_into(&world.word("identify-address"), "anna")?;
            world.screen.key("Return")?;
            person.wait_for(&world.word("identify-slip-address"), SOON)?;
            person.type_into(&world.word("identify-address"), "anna@elsewhere.example")?;
            world.screen.key("Return")?;
            person.wait_for(&world.word("problem-USU-3"), SOON)?;
            person.type_into(&world.word("identify-address"), OLD_ADDRESS)?;
            world.screen.key("Return")?;
            let title = world.word("identify-sent-title");
            world.screen.wait_for_window(&title)?;
            person.wait_for(&world.words.with("identify-sent-lead", &[("address", OLD_MASKED)]), SOON)?;
            // Closing is a state, never a loss.
            world.screen.close_window(&title)?;
            wait("the window to be gone", SOON, || world.screen.window(&title).is_none().then_some(()))?;
            world.screen.tray_choose(world.agent_pid(), &world.word("menu-identify"))?;
            world.screen.wait_for_window(&title)?;
            let (link, shown) = (confirmation(world)?, digits(world)?);
            assert_eq!(shown.len(), 3, "{shown}");
            let page = http(world, "GET", &link, "")?;
            assert!(page.starts_with("HTTP/1.1 200"), "{page}");
            let wrong = if shown == "000" { "001" } else { "000" };
            assert!(http(world, "POST", &link, wrong)?.starts_with("HTTP/1.1 422"));
            assert_eq!(status_line(world)?, world.word("tray-identify"), "a mail gateway may open the link");
            assert!(http(world, "POST", &link, &shown)?.starts_with("HTTP/1.1 200"));
            waits_as_the_person(world)?;
            world.cut_over()?;
            // Whoever is taken out of the move is nobody, and goes on where it was when let in again.
            world.office.run(&["suspend", PROJECT, OLD_ADDRESS])?;
            world.screen.wait_for_window(&world.word("identify-title"))?;
            world.office.run(&["resume", PROJECT, OLD_ADDRESS])?;
            world.screen.wait_for_window(&world.word("instructions-title"))?;
            Ok(())
        },
    );
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn a_code_from_a_mail_signs_in_until_the_person_signs_out() {
    play(
        |_| (),
        |world| {
            until_asked(world)?;
            let code = world.invited_code()?;
            let person = world.person()?;
            person.type_into(&world.word("identify-address"), OLD_ADDRESS)?;
            person.press_by_keyboard(&world.word("identify-have-code"), "space")?;
            world.screen.wait_for_window(&world.word("identify-code-title"))?;
            person.type_into(&world.word("code-field"), &wrong(&code).reveal().to_lowercase())?;
            world.screen.key("Return")?;
            person.wait_for(&world.word("problem-USO-1"), SOON)?;
            person.wait_for(&world.words.with("code-tries-left", &[("tries", "4")]), SOON)?;
            person.type_into(&world.word("code-field"), &code.grouped())?;
            world.screen.key("Return")?;
            world.screen.wait_for_window(&world.word("identify-known-title"))?;
            person.wait_for(NAME, SOON)?;
            person.press_by_keyboard(&world.word("code-continue"), "space")?;
            waits_as_the_person(world)?;
            for (path, text) in text_below(&world.state_folder()) {
                let there = text.contains(code.reveal()) || text.contains(&code.grouped());
                assert!(!there, "the code is in {}", path.display());
            }
            sign_out(world)?;
            world.screen.wait_for_window(&world.word("identify-title"))?;
            // The operator knows who it is: nobody has to say anything.
            let devices = world.office.run(&["devices", PROJECT, "--json"])?;
            let devices: serde_json::Value = serde_json::from_str(&devices).expect("JSON");
            let login = devices[0]["id"].as_str().expect("a login").to_owned();
            world.office.run(&["lock", PROJECT, OLD_ADDRESS, &login])?;
            waits_as_the_person(world)?;
            sign_out(world)?;
            world.screen.wait_for_window(&world.word("identify-same-title"))?;
            world.person()?.press_by_keyboard(&world.word("code-continue"), "space")?;
            waits_as_the_person(world)
        },
    );
}

/// "This is not me…"
fn sign_out(world: &World) -> Told {
    world.screen.tray_choose(world.agent_pid(), &world.word("menu-sign-out"))?;
    world.screen.wait_for_window(&world.word("identify-leave-title"))?;
    Ok(world.person()?.press_by_keyboard(&world.word("identify-leave"), "space")?)
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn who_the_directory_knows_is_asked_nothing() {
    play(
        |options| {
            options.settings.push(("directory_match", json!(true)));
            options.environment.push(("USER".into(), "anna".into()));
        },
        |world| {
            world.start_agent()?;
            world.type_code(&activation_code(world)?)?;
            waits_as_the_person(world)?;
            let logs = text_below(&world.state_folder().join("logs"));
            assert!(logs.iter().any(|(_, text)| text.contains("action=Wait")), "directives are logged");
            assert!(!logs.iter().any(|(_, text)| text.contains("action=Identify")), "nobody was asked");
            Ok(())
        },
    );
}
