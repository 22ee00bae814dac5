use mailshift::demo::mail_server::NEW_PASSWORD;
use super::stage::*;
#[test]
#[ignore = "x"]
fn debugging() {
    play(|_| (), |world| {
        until_password(world)?;
        let p = std::path::Path::new("/tmp/dbg");
        world.type_password("no-such-password-9")?;
        world.screen.screenshot(None, &p.join("1.png"))?;
        world.commit()?;
        let (person, field) = (world.person()?, world.word("password-field"));
        person.wait_for("PWD-3", SOON)?;
        person.wait_until("the focus on the field", SOON, |node| node.name == field && node.is("focused"))?;
        world.screen.screenshot(None, &p.join("2.png"))?;
        world.type_password(NEW_PASSWORD)?;
        world.screen.screenshot(None, &p.join("3.png"))?;
        world.commit()?;
        world.screen.screenshot(None, &p.join("4.png"))?;
        is_complete(world)
    });
}
