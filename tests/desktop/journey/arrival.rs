//! New installations that are brought a code: by a link, by the name of the file, by the computer's administrator.

use std::fs;
use std::path::PathBuf;

use mailshift::demo::mail_server::OLD_ADDRESS;
use mailshift::demo::office::PROJECT;
use mailshift::demo::screen::wait;
use mailshift::demo::world::{LIMIT, World};
use mailshift::installer_name::Stem;
use serde_json::{Value, json};

use super::stage::{SOON, Told, play, second_start, status_line, text_below};

/// The link of the personal page, for the code of the invitation.
fn link(world: &World, server: &str) -> Result<String, mailshift::demo::Error> {
    let server = server.replace(':', "%3A").replace('/', "%2F");
    Ok(format!("mailshift://activate?server={server}&code={}", world.invited_code()?.grouped()))
}

fn state(world: &World) -> Value {
    let text = fs::read_to_string(world.state_folder().join("state.json")).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

fn activation_code(world: &World) -> String {
    let shown = world.office.run(&["project", "show", PROJECT]).expect("the project");
    let code = shown.split(|c: char| !c.is_ascii_uppercase()).find(|word| word.len() == 10);
    code.expect("an activation code").to_owned()
}

/// The person sees whose server it is and goes on by one press.
fn goes_on_with_what_is_filled_in(world: &World) -> Told {
    world.screen.wait_for_window(&world.word("code-title"))?;
    let person = world.person()?;
    person.wait_for(&world.words.with("code-server", &[("host", "127.0.0.1")]), SOON)?;
    person.press_by_keyboard(&world.word("code-continue"), "space")?;
    Ok(())
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn a_link_starts_the_agent_with_server_and_code_filled_in() {
    play(
        |_| (),
        |world| {
            let link = link(world, &world.office.url())?;
            world.start_agent_with(&[&link])?;
            goes_on_with_what_is_filled_in(world)?;
            world.person()?.wait_for(&world.word("card-continue"), SOON)?;
            world.bind()?;
            let code = world.invited_code()?.grouped();
            let listed = fs::read(format!("/proc/{}/cmdline", world.agent_pid()))?;
            let listed = String::from_utf8_lossy(&listed).into_owned();
            assert!(listed.contains("mailshift") && !listed.contains(&code), "in the list of processes: {listed:?}");
            for (path, text) in text_below(&world.state_folder()) {
                assert!(!text.contains(&code), "the code is in {}", path.display());
            }
            Ok(())
        },
    );
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn the_desktop_hands_a_link_to_the_agent_that_runs() {
    play(
        |_| (),
        |world| {
            world.start_agent()?;
            world.screen.wait_for_window(&world.word("code-title"))?;
            let opened = world.screen.command("xdg-open")?.arg(link(world, &world.office.url())?).status()?;
            assert!(opened.success(), "xdg-open knows the agent");
            goes_on_with_what_is_filled_in(world)?;
            world.bind()?;
            // A second link changes nothing any more.
            let before = state(world);
            let again = second_start(world, &[&link(world, "https://elsewhere.example")?])?;
            assert!(again.status.success(), "{again:?}");
            world.screen.wait_for_window(&world.word("waiting-title"))?;
            assert_eq!(state(world)["server"], before["server"]);
            assert_eq!(state(world)["device_id"], before["device_id"]);
            Ok(())
        },
    );
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn a_link_to_another_server_than_the_placed_one_is_told_and_not_followed() {
    play(
        |_| (),
        |world| {
            world.start_agent()?;
            world.screen.wait_for_window(&world.word("code-title"))?;
            let foreign = link(world, "https://elsewhere.example")?;
            assert!(second_start(world, &[&foreign])?.status.success());
            world.person()?.wait_for(&world.word("problem-SET-5"), SOON)?;
            assert_eq!(state(world)["server"], json!(world.office.url()));
            for broken in ["mailshift://activate?server=http://elsewhere.example", "mailshift://erase", "stauts"] {
                let refused = second_start(world, &[broken])?;
                assert_eq!(refused.status.code(), Some(2), "{broken}");
                assert_eq!(String::from_utf8_lossy(&refused.stderr).lines().count(), 1, "{refused:?}");
            }
            Ok(())
        },
    );
}

/// The agent under the name that the download has.
fn downloaded(world: &World) -> PathBuf {
    let code = mailshift::code::ActivationCode::parse(&activation_code(world)).expect("a code");
    let name = Stem { code, server: Some(world.office.url()) }.text();
    let path = world.screen.home().join(format!("{name} (1)"));
    fs::copy(world.agent_program(), &path).expect("copied");
    path
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn the_name_of_the_file_fills_in_the_projects_code_in_a_new_installation_only() {
    play(
        |_| (),
        |world| {
            let program = downloaded(world);
            world.start_agent_as(&program, &[])?;
            goes_on_with_what_is_filled_in(world)?;
            wait("the computer to be activated", LIMIT, || (state(world)["stage"]["name"] == "waiting").then_some(()))?;
            assert_eq!(state(world)["was_activated"], true);
            // Everybody here is Anna; then the operator removes her computer: the next start fills in no code any more.
            world.office.run(&["lock", PROJECT, OLD_ADDRESS])?;
            world.office.wait_for_stage(OLD_ADDRESS, "waiting", LIMIT)?;
            world.office.run(&["remove", PROJECT, OLD_ADDRESS])?;
            wait("the agent to forget", LIMIT, || (state(world)["stage"]["name"] == "unactivated").then_some(()))?;
            world.kill_agent();
            world.start_agent_as(&program, &[])?;
            world.screen.wait_for_window(&world.word("code-title"))?;
            world.person()?.wait_for(&world.word("code-none"), SOON)?;
            Ok(())
        },
    );
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn a_placed_activation_code_and_a_known_login_take_no_question_at_all() {
    play(
        |options| options.environment.push(("USER".into(), "anna".into())),
        |world| {
            let path = world.office.folder().join("project.json");
            let mut settings: Value = serde_json::from_slice(&fs::read(&path)?).expect("settings");
            settings["directory_match"] = json!(true);
            fs::write(&path, settings.to_string())?;
            world.office.run(&["project", "set", PROJECT, "--file", &path.display().to_string()])?;
            let placed = world.screen.home().join(".config/mailshift");
            fs::create_dir_all(&placed)?;
            let configuration = json!({ "server": world.office.url(), "activation": activation_code(world) });
            fs::write(placed.join("config.json"), configuration.to_string())?;
            // Nobody answers yet: it tries again by itself.
            world.office.kill();
            world.start_agent_with(&["--background"])?;
            let logs = world.state_folder().join("logs");
            let missed = || text_below(&logs).iter().any(|(_, text)| text.contains("not activated yet"));
            wait("the first try", SOON, || missed().then_some(()))?;
            world.office.open()?;
            world.office.wait_for_stage(OLD_ADDRESS, "waiting", LIMIT)?;
            wait("the agent", SOON, || status_line(world).ok().filter(|line| *line == world.word("tray-waiting")))?;
            assert_eq!(world.screen.window(&world.word("code-title")), None, "no window came up");
            world.cut_over().map(drop)
        },
    );
}
