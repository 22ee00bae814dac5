//! A report to the help desk: the person sees it before it goes, and the help desk gets exactly that.

use mailshift::demo::Error;
use mailshift::demo::mail_server::{NAME, NEW_ADDRESS, NEW_PASSWORD, OLD_ADDRESS};
use mailshift::demo::screen::wait;
use mailshift::demo::world::World;
use reqwest::{Client, Response, header, redirect};

use super::stage::{SOON, play, until_password};

/// What the operator of this story chooses.
const PASSWORD: &str = "a few words in a row";

fn page(world: &World) -> String {
    world.words.with("report-title", &[("name", "Example Ltd IT")])
}

/// The text on the page, as a screen reader gets it.
fn shown(world: &World) -> Result<String, Error> {
    let name = world.word("report-text");
    let person = world.person()?;
    Ok(person.wait_until("the text of the report", SOON, |node| node.name == name)?.description)
}

/// Copies the report and gives back what is in the clipboard then.
fn copied(world: &World) -> Result<String, Error> {
    world.person()?.press_by_keyboard(&world.word("report-copy"), "space")?;
    world.person()?.wait_for(&world.word("report-copied"), SOON)?;
    Ok(wait("the report in the clipboard", SOON, || world.screen.clipboard().ok().filter(|text| !text.is_empty()))?)
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn what_the_person_saw_is_what_the_help_desk_downloads() {
    play(
        |options| options.dead = true,
        |world| {
            let code = world.invited_code()?;
            until_password(world)?;
            world.type_password(NEW_PASSWORD)?;
            world.commit()?;
            world.manual_settings()?;
            let token = std::fs::read_to_string(world.state_folder().join("token")).expect("there is no keyring here");
            world.person()?.press_by_keyboard(&world.word("manual-report"), "Return")?;
            world.screen.wait_for_window(&page(world))?;
            let seen = shown(world)?;
            assert_eq!(copied(world)?, seen);
            for said in ["NET-4", "Stage: Failed", "localhost", "check-password", "thunderbird", "\nLog\n"] {
                assert!(seen.contains(said), "{said} in\n{seen}");
            }
            let home = world.screen.home().display().to_string();
            let grouped = code.grouped();
            for secret in [NEW_PASSWORD, NEW_ADDRESS, OLD_ADDRESS, NAME, &home, &grouped, code.reveal(), token.trim()] {
                assert!(!seen.contains(secret), "{secret} in\n{seen}");
            }

            world.office.kill();
            world.person()?.press_by_keyboard(&world.word("report-send"), "space")?;
            world.person()?.wait_for("NET-1", SOON)?;
            assert_eq!(shown(world)?, seen, "the text stays");
            world.office.open()?;
            world.person()?.press_by_keyboard(&world.word("try-again"), "space")?;
            world.screen.wait_for_window(&world.word("report-title-sent"))?;
            let number = world.words.with("report-number", &[("number", "")]);
            let told = world.person()?.wait_for(&number, SOON)?.name;
            let number = told.strip_prefix(&number).expect("a number").to_owned();
            let found = tokio::runtime::Runtime::new()?.block_on(downloaded(world, &number));
            assert_eq!(found, seen);

            world.person()?.press_by_keyboard(&world.word("back"), "space")?;
            world.screen.wait_for_window(&world.word("manual-title"))?;
            Ok(())
        },
    );
}

#[test]
#[ignore = "needs thunderbird, dovecot and xfce4-panel: make test"]
fn before_the_code_a_report_can_be_copied_only() {
    play(
        |_| (),
        |world| {
            world.start_agent()?;
            world.screen.wait_for_window(&world.word("code-title"))?;
            world.screen.tray_choose(world.agent_pid(), &world.word("menu-report"))?;
            let title = world.words.with("report-title", &[("name", &world.word("report-helpdesk"))]);
            world.screen.wait_for_window(&title)?;
            let seen = shown(world)?;
            assert!(seen.contains("Stage: Unactivated"), "{seen}");
            assert_eq!(copied(world)?, seen);
            assert!(world.person()?.find(Some("button"), &world.word("report-send")).is_none());
            world.person()?.press_by_keyboard(&world.word("back"), "space")?;
            world.screen.wait_for_window(&world.word("code-title"))?;
            Ok(())
        },
    );
}

/// What an operator downloads who was told this number: from the search for computers to the file.
async fn downloaded(world: &World, number: &str) -> String {
    let url = world.office.url();
    let arguments = ["operator", "add", "Ada", "--role", "operator", "--url", &url];
    let link = world.office.run(&arguments).expect("an operator");
    let link = link.lines().find(|line| line.starts_with("http")).expect("a link");
    // The test that was first has installed it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = Client::builder().no_proxy().timeout(SOON).redirect(redirect::Policy::none()).build().expect("a client");
    let form = serde_html_form::to_string([("password", PASSWORD), ("again", PASSWORD)]).expect("a form");
    let welcome = http.post(link.trim()).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
    let welcome: Response = welcome.send().await.expect("an answer");
    let cookie = welcome.headers()[header::SET_COOKIE].to_str().expect("text");
    let cookie = cookie.split(';').next().expect("a cookie").to_owned();
    let page = async |path: &str| {
        let request = http.get(format!("{url}{path}")).header(header::COOKIE, &cookie).header(header::ACCEPT, "*/*");
        let response = request.send().await.expect("an answer");
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.text().await.expect("text")
    };
    let between = |text: &str, start: &str, end: &str| {
        let found = text.split_once(start).and_then(|(_, rest)| rest.split_once(end));
        found.unwrap_or_else(|| panic!("{start} in {text}")).0.to_owned()
    };
    let project = between(&page("/").await, "href=\"/projects/", "\"");
    let computers = page(&format!("/projects/{project}/devices?q={number}")).await;
    let device = between(&computers, "<th scope=\"row\"><a href=\"", "\"");
    let report = between(&page(&device).await, &format!("href=\"{device}/diagnostics/"), "\"");
    page(&format!("{device}/diagnostics/{}/text", report.trim_end_matches("/text"))).await
}
