//! What a screen reader gets: on every page each control with its role, name and states, and the focus where the person
//! goes on.

use std::collections::BTreeSet;
use std::fs;

use mailshift::demo::mail_server::NEW_PASSWORD;
use mailshift::demo::office::PROJECT;
use mailshift::demo::person::Node;
use mailshift::demo::screen::wait;
use mailshift::demo::world::{Options, World};

use super::stage::{SOON, Told, is_complete, play, slow_directory, until_password};

const HELP: &str = "button: Questions? ";
const STEPS: [&str; 7] = [
    "list item: Check the password: ",
    "list item: Close Thunderbird: ",
    "list item: Make the new profile: ",
    "list item: Carry over your settings: ",
    "list item: Make the new profile the default: ",
    "list item: Start Thunderbird: ",
    "list item: Check that mail arrives: ",
];

/// Everything in the window but plain texts and nameless groups, as `role: name`.
fn spoken(nodes: &[Node]) -> Vec<String> {
    let inside = nodes.iter().filter(|node| node.depth > 1 && node.role != "label");
    let named = inside.filter(|node| !node.name.is_empty() || node.is("focusable"));
    named.map(|node| format!("{}: {}", node.role, node.name)).collect()
}

/// The page with this title has exactly these parts, in this order, and the keyboard is on `main`. Beginnings are
/// enough: paths and states follow some names.
fn page_is(world: &World, title: &str, main: Option<&str>, parts: &[&str]) -> Told {
    world.screen.wait_for_window(title)?;
    let person = world.person()?;
    let heading = format!("heading: {title}");
    let fits = |node: &String, part: &str| node.starts_with(part);
    let mut last = Vec::new();
    let nodes = wait(&format!("the page {title:?}"), SOON, || {
        let nodes = person.tree().ok()?;
        last = spoken(&nodes);
        let wanted = parts.iter().map(|part| if *part == "heading" { heading.as_str() } else { part });
        (last.len() == parts.len() && last.iter().zip(wanted).all(|(node, part)| fits(node, part))).then_some(nodes)
    });
    let nodes = nodes.unwrap_or_else(|error| panic!("{error}: it has {last:#?}"));
    for control in nodes.iter().filter(|node| node.depth > 1 && node.is("focusable")) {
        assert!(!control.name.trim().is_empty(), "{title}: {control:?}");
        assert!(control.is("enabled") && control.is("showing"), "{title}: {control:?}");
        assert!(control.actions > 0 || control.role == "entry", "{title}: {control:?}");
    }
    if let Some(main) = main {
        let focused = |node: &Node| node.is("focused") && format!("{}: {}", node.role, node.name) == main;
        person.wait_until(&format!("the focus on {main:?}"), SOON, focused)?;
    }
    Ok(())
}

fn code_pages(world: &mut World) -> Told {
    let paste = "button: Paste the code from the clipboard";
    let server = "status bar: Server: 127.0.0.1";
    world.start_agent()?;
    let parts = ["heading", "entry: Your code", paste, server, "button: Continue"];
    page_is(world, &world.word("code-title"), Some("entry: Your code"), &parts)?;
    world.type_code("7KQ2")?;
    let alert = "notification: 9 characters are missing.";
    let parts = ["heading", "entry: Your code", paste, alert, server, "button: Continue"];
    page_is(world, &world.word("code-title"), None, &parts)?;
    world.enter_code(&world.invited_code()?)?;
    let title = world.words.with("code-title-project", &[("project", PROJECT)]);
    let card = "panel: Anna Berger, a***@new.example";
    let parts = ["heading", card, HELP, "button: Not you?", "button: Yes, continue"];
    page_is(world, &title, Some("button: Yes, continue"), &parts)?;
    world.bind()
}

fn waiting_page(world: &World) -> Told {
    let parts = [
        "heading",
        "list: What happens when",
        "list item: Code entered for a***@new.example",
        "list item: Computer checked: we will set up Thunderbird",
        "list item: Your mail moves",
        "list item: New mailbox ready",
        HELP,
        "button: Close",
    ];
    page_is(world, &world.word("waiting-title"), Some("button: Close"), &parts)
}

fn instructions_page(world: &World) -> Told {
    let parts = [
        "panel: Step 1 of 4: Instructions",
        "heading",
        "list: What happens",
        "list item: We make a new profile in Thunderbird.",
        "list item: Your old profile stays as it is",
        "list item: Thunderbird restarts once.",
        "list item: Have the password of your new mailbox at hand.",
        "list item: In the new profile, Thunderbird trusts the certificates of",
        HELP,
        "button: Later",
        "button: Continue",
    ];
    page_is(world, &world.word("instructions-title"), Some("button: Continue"), &parts)
}

fn password_pages(world: &World) -> Told {
    let title = world.word("password-title");
    let (step, choice) = ("panel: Step 2 of 4: Password", "panel: Which password");
    let radios = ["radio button: I already have one", "radio button: Create one"];
    let [existing, create] = radios;
    let (show, back, go) = ("button: Show the password", "button: Back", "button: Set up my mail");
    let parts = [step, "heading", choice, existing, create, "entry: Password", show, HELP, back, go];
    page_is(world, &title, Some("entry: Password"), &parts)?;
    is_chosen(world, existing)?;
    world.person()?.press_by_keyboard(&world.word("password-create"), "space")?;
    let (rules, first, second) =
        ("list: What the password needs", "list item: At least 10 characters: ", "list item: A digit: ");
    let (new, again) = ("entry: New password", "entry: The same password again");
    let parts = [step, "heading", choice, existing, create, new, show, rules, first, second, again, HELP, back, go];
    page_is(world, &title, Some(create), &parts)?;
    is_chosen(world, create)?;
    let person = world.person()?;
    person.type_into(&world.word("password-new"), NEW_PASSWORD)?;
    person.wait_until("the strength", SOON, |node| node.role == "status bar" && node.name == "Strong")?;
    person.wait_until("a rule", SOON, |node| node.name == "At least 10 characters: met")?;
    person.type_into(&world.word("password-repeat"), NEW_PASSWORD)?;
    Ok(())
}

fn is_chosen(world: &World, radio: &str) -> Told {
    let chosen = |node: &Node| node.is("checked") && format!("{}: {}", node.role, node.name) == radio;
    world.person()?.wait_until(&format!("{radio:?} to be chosen"), SOON, chosen)?;
    Ok(())
}

fn status_page(world: &World) -> Told {
    let before = [
        "panel: Step 3 of 4: Status",
        "heading",
        "status bar: ",
        "progress bar: How far the set-up is",
        "list: Steps of the set-up",
    ];
    let parts = [&before[..], &STEPS[..], &[HELP, "button: Cancel"]].concat();
    page_is(world, &world.word("status-title"), None, &parts)?;
    let bar = |node: &Node| node.role == "progress bar" && node.value.is_some();
    world.person()?.wait_until("how far the bar is", SOON, bar)?;
    Ok(())
}

fn confirmation_page(world: &World) -> Told {
    let parts = [
        "panel: Step 4 of 4: Confirmation",
        "heading",
        "list: What happened",
        "list item: Thunderbird now uses the new profile “anna@new.example”.",
        "list item: Your old profile is kept: default-release",
        "list item: To go back, choose “Go back to my old profile” from the Mailshift icon.",
        HELP,
        "button: Close",
        "button: Open Thunderbird",
    ];
    page_is(world, &world.word("confirmation-title"), Some("button: Open Thunderbird"), &parts)
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn every_control_of_every_page_has_a_role_a_name_and_its_states() {
    let creating = |options: &mut Options| options.may_create = true;
    play(creating, |world| {
        code_pages(world)?;
        waiting_page(world)?;
        world.cut_over()?;
        instructions_page(world)?;
        world.continue_to_password()?;
        password_pages(world)?;
        let go_on = slow_directory(world);
        world.commit()?;
        status_page(world)?;
        fs::write(go_on, "")?;
        is_complete(world)?;
        confirmation_page(world)?;
        world.screen.tray_choose(world.agent_pid(), &world.word("menu-undo"))?;
        let parts = ["heading", HELP, "button: Keep the new one", "button: Go back"];
        page_is(world, &world.word("undo-title"), Some("button: Go back"), &parts)
    });
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn the_focus_is_seen_on_every_control_that_tab_reaches() {
    play(
        |_| (),
        |world| {
            world.start_agent()?;
            world.enter_code(&world.invited_code()?)?;
            let title = world.words.with("code-title-project", &[("project", PROJECT)]);
            let person = world.person()?;
            let mut pictures = BTreeSet::new();
            for name in ["card-not-me", "card-continue"] {
                person.tab_to(&world.word(name))?;
                let path = world.screen.home().join(name).with_extension("png");
                world.screen.screenshot(Some(&title), &path)?;
                pictures.insert(fs::read(path)?);
            }
            assert_eq!(pictures.len(), 2, "what has the keyboard looks different");
            Ok(())
        },
    );
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn every_setting_of_the_manual_page_has_a_named_button_to_copy_it() {
    let dead = |options: &mut Options| options.dead = true;
    play(dead, |world| {
        until_password(world)?;
        world.type_password(NEW_PASSWORD)?;
        world.commit()?;
        world.manual_settings()?;
        let copies: Vec<String> = ["server", "port", "security", "sign-in", "user name"]
            .iter()
            .flat_map(|name| ["incoming", "outgoing"].map(|side| format!("button: Copy {side} {name}")))
            .collect();
        let mut parts = vec!["panel: Step 3 of 4: Status", "heading", "table: Settings of your new account"];
        parts.extend(copies.iter().map(String::as_str));
        parts.extend([
            "button: Set up Thunderbird step by step",
            "button: Set up your phone",
            "button: Show for my phone",
            "button: Send a report to the help desk",
        ]);
        parts.extend([HELP, "button: I’m done", "button: Try again"]);
        page_is(world, &world.word("manual-title"), Some("button: Try again"), &parts)
    });
}
