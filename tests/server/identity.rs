//! Every way to become a user, over HTTP.

use crate::computer::devices;
use crate::server_support::sink::Sink;
use crate::server_support::{Backend, PROJECT, World, eventually, problem, stories};
use mailshift::protocol::{Action, path};
use reqwest::{Method, StatusCode};
use serde_json::json;

stories! {
    an_activation_code_binds_a_login_that_is_nobodys,
    a_wrong_activation_code_is_refused_and_guessing_is_slowed_down,
    a_directory_login_signs_its_one_user_in_without_a_question,
    a_link_in_a_mail_makes_the_login_the_persons,
    a_code_by_mail_signs_the_person_in_once,
    an_assignment_to_a_computer_goes_to_the_login_that_asks_first_and_is_consumed_once,
    of_many_logins_that_ask_at_once_one_gets_the_assignment,
    an_assignment_to_one_login_is_safe_on_a_shared_computer,
    a_locked_computer_signs_the_same_user_in_again,
    a_locked_project_stands_above_everything,
    a_suspended_user_is_nobody_until_resumed,
    what_was_ordered_for_one_user_is_not_done_for_the_next,
}

const ANNA: &str = "anna@old.example";
const JOERG: &str = "joerg@old.example";

fn smtp(mails: &Sink) -> serde_json::Value {
    json!({"host": "127.0.0.1", "port": mails.port, "security": "none", "from": "IT <it@old.example>"})
}

async fn an_activation_code_binds_a_login_that_is_nobodys(on: Backend) {
    let world = on.world().await;
    let code = world.activation_code();
    assert!(code.len() == 10 && code.bytes().all(|letter| letter.is_ascii_uppercase()), "{code}");
    let (first, second) = (world.login("pc-1", "x").await, world.login("pc-1", "y").await);
    let (directive, tag) = first.agent.tagged().await;
    assert_eq!((directive.action, directive.order, directive.project.account), (Action::Identify, 0, None));
    assert_eq!(directive.project.name, PROJECT);
    let held = first.agent.request(Method::GET, path::DIRECTIVE).header("If-None-Match", tag).send().await;
    assert_eq!(held.expect("an answer").status(), StatusCode::NOT_MODIFIED);
    assert_eq!(world.activation_code(), code, "it is not spent and never changes");
    let listed = devices(&world);
    assert_eq!(listed.len(), 2);
    for (line, login) in listed.iter().zip([&first, &second]) {
        assert_eq!((&line["id"], &line["device"], &line["user"]), (&json!(login.id), &json!("pc-1"), &json!(null)));
        assert_eq!(line["alerts"][0]["code"], "ALR-3");
    }
}

async fn a_wrong_activation_code_is_refused_and_guessing_is_slowed_down(on: Backend) {
    let world = on.world().await;
    let (mut unknown, mut busy) = (0, 0);
    for n in 0..60 {
        let letters = mailshift::code::ACTIVATION_ALPHABET;
        let guess = format!("ZZZZZZZZ{}{}", char::from(letters[n / 20]), char::from(letters[n % 20]));
        match problem(world.activate(&guess).await).await["code"].as_str() {
            Some("ACT-2") => unknown += 1,
            Some("NET-3") => busy += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(unknown >= 25 && busy >= 20, "{unknown} looked at, {busy} turned away");
}

async fn a_directory_login_signs_its_one_user_in_without_a_question(on: Backend) {
    let world = on.world_with(json!({"directory_match": true})).await;
    let anna = world.login("pc-1", r"OFFICE\ANNA").await;
    assert_eq!(anna.user().await, ANNA);
    assert_eq!(world.login("pc-1", "stranger").await.user().await, "");
    anna.signs_out().await;
    assert_eq!(anna.user().await, "", "what a person has ended is not begun again");
    let twin = "name,old address,new address,login\nAnna II,anna2@old.example,anna2@new.example,ANNA\n";
    world.done(&["users", "import", PROJECT, &world.file("twin.csv", twin)]);
    assert_eq!(world.login("pc-2", "anna").await.user().await, "", "two users fit");
    world.done(&["suspend", PROJECT, "anna2@old.example"]);
    assert_eq!(world.login("pc-3", "anna").await.user().await, ANNA, "only active ones count");
    let off = on.world().await;
    assert_eq!(off.login("pc-1", "anna").await.user().await, "", "the project has to want it");
}

async fn a_link_in_a_mail_makes_the_login_the_persons(on: Backend) {
    let (mut world, mails) = (on.empty_world(), Sink::new());
    world.furnish(json!({"smtp": smtp(&mails), "public_url": "https://mailshift.example"}));
    world.start().await;
    let login = world.login("pc-1", "someone").await;
    let response = login.registers("  Anna@Old.example ", "link").await;
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    let answer: serde_json::Value = response.json().await.expect("JSON");
    let digits = answer["digits"].as_str().expect("digits").to_owned();
    assert!(digits.len() == 3 && digits.bytes().all(|digit| digit.is_ascii_digit()), "{digits}");
    assert_eq!(answer, json!({"address": "a***@old.example", "by": "link", "digits": digits}));
    let mail = mails.mail();
    assert!(mail.field("To").contains("<anna@old.example>"), "{}", mail.field("To"));
    let mail = mail.text();
    assert!(mail.contains("pc-1") && !mail.contains("someone"), "{mail}");
    let link = mail.split_whitespace().find(|word| word.starts_with("https://mailshift.example/confirm/"));
    let link = link.expect("a link").trim_start_matches("https://mailshift.example").to_owned();
    for _ in 0..3 {
        let page = world.request(Method::GET, &link).send().await.expect("an answer");
        assert_eq!(page.status(), StatusCode::OK);
        let page = page.text().await.expect("text");
        assert!(page.contains("pc-1") && page.contains("<form method=\"post\">"), "{page}");
    }
    assert_eq!(login.user().await, "", "opening the link is not yet a yes");
    let (_, tag) = login.agent.tagged().await;
    let held = tokio::spawn(login.agent.held(&tag).send());
    let empty = world.request(Method::POST, &link).send().await.expect("an answer");
    assert_eq!(empty.status(), StatusCode::UNPROCESSABLE_ENTITY, "a press alone is not yet a yes");
    let typed = digits.chars().map(String::from).collect::<Vec<_>>().join("+");
    let confirmed = world.request(Method::POST, &link).body(format!("digits={typed}")).send().await.expect("an answer");
    assert_eq!(confirmed.status(), StatusCode::OK);
    let woken: mailshift::protocol::Directive =
        held.await.expect("no panic").expect("an answer").json().await.expect("a directive");
    assert_eq!((woken.user.old_address.as_str(), woken.action), (ANNA, Action::Wait));
    login.signs_out().await;
    world.request(Method::POST, &link).body(format!("digits={digits}")).send().await.expect("an answer");
    assert_eq!(login.user().await, "", "a link counts once");
    let nowhere = world.request(Method::GET, "/confirm/nothing").send().await.expect("an answer");
    assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    let secret = link.trim_start_matches("/confirm/");
    let bytes = world.database_bytes();
    assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "only its hash is kept");
}

async fn a_code_by_mail_signs_the_person_in_once(on: Backend) {
    let (mut world, mails) = (on.empty_world(), Sink::new());
    world.furnish(json!({"smtp": smtp(&mails)}));
    world.start().await;
    let (login, other) = (world.login("pc-1", "someone").await, world.login("pc-1", "other").await);
    assert_eq!(login.registers("new.person@new.example", "code").await.status(), StatusCode::ACCEPTED);
    let mail = mails.mail();
    assert_eq!(mail.field("To"), "new.person@new.example", "without a name that nobody has proved");
    let code = mail
        .text()
        .lines()
        .find_map(|line| mailshift::code::AuthenticationCode::parse(line).ok())
        .expect("a code")
        .grouped();
    let signed_in = login.signs_in("new.person@new.example", &code).await;
    assert_eq!(signed_in.status(), StatusCode::CREATED);
    let answer: serde_json::Value = signed_in.json().await.expect("JSON");
    assert_eq!(answer, json!({"user": {"name": "Pat Person", "address": "n***@new.example"}}));
    assert_eq!(login.user().await, "new.person@new.example");
    assert_eq!(problem(other.signs_in("new.person@new.example", &code).await).await["code"], "ACT-6");
    assert_eq!(other.user().await, "");
    let alerts = devices(&world).into_iter().find(|line| line["id"] == login.id).expect("the login")["alerts"].clone();
    assert_eq!(alerts[0]["code"], "ALR-4", "an operator looks over who came by themselves");
}

async fn an_assignment_to_a_computer_goes_to_the_login_that_asks_first_and_is_consumed_once(on: Backend) {
    let world = on.world().await;
    let (first, second) = (world.login("pc-1", "x").await, world.login("pc-1", "y").await);
    let elsewhere = world.login("pc-2", "z").await;
    world.done(&["assign", PROJECT, ANNA, &first.id, "--any-login"]);
    assert_eq!(elsewhere.user().await, "");
    assert_eq!(second.user().await, ANNA);
    assert_eq!(first.user().await, "");
    second.signs_out().await;
    assert_eq!(second.user().await, "", "it is consumed");
}

async fn of_many_logins_that_ask_at_once_one_gets_the_assignment(on: Backend) {
    let world = on.world().await;
    let mut logins = Vec::new();
    for n in 0..12 {
        logins.push(world.login("pc-1", &format!("login-{n}")).await);
    }
    world.done(&["assign", PROJECT, ANNA, &logins[0].id, "--any-login"]);
    let mut asked = tokio::task::JoinSet::new();
    for login in &logins {
        let request = login.agent.request(Method::GET, path::DIRECTIVE);
        asked.spawn(async move {
            let answer = request.send().await.expect("an answer");
            answer.json::<mailshift::protocol::Directive>().await.expect("a directive").user.old_address
        });
    }
    let answers = asked.join_all().await;
    assert_eq!(answers.iter().filter(|user| *user == ANNA).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|user| user.is_empty()).count(), 11, "{answers:?}");
}

async fn an_assignment_to_one_login_is_safe_on_a_shared_computer(on: Backend) {
    let world = on.world().await;
    let (first, second) = (world.login("pc-1", "x").await, world.login("pc-1", "y").await);
    world.done(&["assign", PROJECT, ANNA, &first.id]);
    assert_eq!(second.user().await, "");
    assert_eq!(first.user().await, ANNA);
    world.done(&["assign", PROJECT, JOERG, &first.id]);
    assert_eq!(first.user().await, JOERG, "an operator's word stands above who is signed in");
    let line = world.fails(&["assign", PROJECT, ANNA, "nothing"]);
    assert!(line.contains("devices"), "{line}");
}

async fn a_locked_computer_signs_the_same_user_in_again(on: Backend) {
    let world = on.world().await;
    let (login, elsewhere) = (world.login("pc-1", "x").await, world.login("pc-2", "y").await);
    world.done(&["lock", PROJECT, ANNA, &login.id]);
    assert_eq!(login.user().await, ANNA);
    login.signs_out().await;
    assert_eq!(login.user().await, ANNA);
    assert_eq!(world.login("pc-1", "later").await.user().await, ANNA, "also a login that comes later");
    assert_eq!(elsewhere.user().await, "");
    world.done(&["unlock", PROJECT, &login.id]);
    assert_eq!(login.user().await, ANNA, "who is signed in stays");
    login.signs_out().await;
    assert_eq!(login.user().await, "");
}

async fn a_locked_project_stands_above_everything(on: Backend) {
    let world = on.world().await;
    let (login, mut held) = {
        let login = world.login("pc-1", "x").await;
        let (_, tag) = login.agent.tagged().await;
        let held = tokio::spawn(login.agent.held(&tag).send());
        (login, held)
    };
    world.done(&["lock", PROJECT, ANNA, &login.id]);
    world.done(&["lock", PROJECT, JOERG]);
    let woken = tokio::time::timeout(crate::server_support::LIMIT, &mut held).await.expect("in time");
    assert_eq!(woken.expect("no panic").expect("an answer").status(), StatusCode::OK, "agents that wait are told");
    assert_eq!(login.user().await, JOERG);
    login.signs_out().await;
    assert_eq!(login.user().await, JOERG);
    let code = world.new_code(ANNA);
    let signed_in: serde_json::Value = login.signs_in(ANNA, &code).await.json().await.expect("JSON");
    assert_eq!(signed_in["user"]["name"], "Jörg Beispiel", "the answer says who the login is");
    world.done(&["unlock", PROJECT]);
    assert_eq!(login.user().await, ANNA, "the lock of the computer is below it");
}

async fn a_suspended_user_is_nobody_until_resumed(on: Backend) {
    let world = on.world().await;
    let agent = world.bound(ANNA).await;
    world.done(&["suspend", PROJECT, ANNA]);
    assert_eq!(agent.directive().await.action, Action::Identify);
    world.done(&["cutover", PROJECT, "now"]);
    assert_eq!(agent.directive().await.action, Action::Identify);
    let file = "name,old address,new address,login,state\nAnna Example,anna@old.example,anna@new.example,anna,active\n";
    world.done(&["users", "import", PROJECT, &world.file("again.csv", file)]);
    assert_eq!(agent.directive().await.action, Action::Identify, "a list does not end an operator's suspension");
    world.done(&["resume", PROJECT, ANNA]);
    assert_eq!(agent.directive().await.action, Action::Configure);
    let inactive = file.replace("active\n", "inactive\n");
    world.done(&["users", "import", PROJECT, &world.file("inactive.csv", &inactive)]);
    eventually("the list has taken Anna out", async || agent.directive().await.action == Action::Identify).await;
}

async fn what_was_ordered_for_one_user_is_not_done_for_the_next(on: Backend) {
    let world: World = on.world().await;
    let login = world.login("pc-1", "x").await;
    world.done(&["assign", PROJECT, ANNA, &login.id]);
    assert_eq!(login.user().await, ANNA);
    world.done(&["configure", PROJECT, ANNA]);
    let first = login.agent.directive().await;
    assert_eq!(first.action, Action::Configure);
    login.agent.reports(&json!([crate::server_support::completed(first.order)])).await;
    world.done(&["assign", PROJECT, JOERG, &login.id]);
    let next = login.agent.directive().await;
    assert_eq!((next.user.old_address.as_str(), next.action, next.order), (JOERG, Action::Wait, 0));
    world.done(&["cutover", PROJECT, "now"]);
    let moved = login.agent.directive().await;
    assert_eq!(moved.action, Action::Configure, "the new user has not been moved yet");
    assert!(moved.order > first.order, "an agent acts on higher numbers only: {} {}", moved.order, first.order);
}
