//! What a screen reader gets: on every page each control with its role and name, and the focus where it belongs.

use mailshift::demo::world::World;

use super::stage::SOON;

fn look(world: &World, title: &str) -> Result<(), mailshift::demo::Error> {
    world.screen.wait_for_window(title)?;
    let person = world.person()?;
    person.wait_until("the page", SOON, |node| node.role == "heading")?;
    println!("== {title}");
    for n in person.tree()? {
        if n.depth > 1 && n.role != "label" {
            println!("\"{}: {}\", // {}", n.role, n.name, n.states.join(" "));
        }
    }
    Ok(())
}

#[test]
#[ignore = "x"]
fn dump() {
    use super::stage::*;
    play(
        |options| options.may_create = true,
        |world| {
            world.start_agent()?;
            look(world, &world.word("code-title"))?;
            world.enter_code(&world.invited_code()?)?;
            look(world, "Welcome to Example Ltd")?;
            world.bind()?;
            look(world, &world.word("waiting-title"))?;
            world.cut_over()?;
            look(world, &world.word("instructions-title"))?;
            world.continue_to_password()?;
            look(world, &world.word("password-title"))?;
            let go = slow_directory(world);
            let person = world.person()?;
            person.press_by_keyboard(&world.word("password-create"), "space")?;
            person.type_into(&world.word("password-new"), "Winter-am-Fluss-2031")?;
            person.type_into(&world.word("password-repeat"), "Winter-am-Fluss-2031")?;
            look(world, &world.word("password-title"))?;
            world.commit()?;
            look(world, &world.word("status-title"))?;
            std::fs::write(go, "")?;
            world.confirmed()?;
            look(world, &world.word("confirmation-title"))?;
            world.screen.tray_choose(world.agent_pid(), &world.word("menu-undo"))?;
            look(world, &world.word("undo-title"))
        },
    );
}
