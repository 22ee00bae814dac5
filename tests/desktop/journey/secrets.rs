//! What is typed as a secret is written down nowhere: no file of the home or of the server, no log, no letter, no process
//! list, no environment, in no usual encoding; and the agent's memory goes into no core file.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use mailshift::code::{AuthenticationCode, PUBLIC, SECRET};
use mailshift::demo::mail_server::{NEW_ADDRESS, NEW_PASSWORD, OLD_ADDRESS, OLD_PASSWORD};
use mailshift::demo::world::{Options, World};

use super::stage::{SOON, Told, is_complete, play, text_below, until_password};

const CREATED: &str = "Winter-am-Fluss-2031";

/// Collects the arguments and the environment of every process on this machine until it is asked for them.
struct Processes {
    over: Arc<AtomicBool>,
    seen: JoinHandle<BTreeSet<String>>,
}

impl Processes {
    fn watch() -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let end = Arc::clone(&over);
        let seen = std::thread::spawn(move || {
            let mut seen = BTreeSet::new();
            while !end.load(Ordering::Relaxed) {
                for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
                    for told in ["cmdline", "environ"] {
                        let bytes = fs::read(process.path().join(told)).unwrap_or_default();
                        seen.insert(String::from_utf8_lossy(&bytes).replace('\0', " "));
                    }
                }
                std::thread::sleep(LOOK);
            }
            seen
        });
        Self { over, seen }
    }

    fn all(self) -> BTreeSet<String> {
        self.over.store(true, Ordering::Relaxed);
        self.seen.join().expect("it only reads")
    }
}

/// A code without its public part, as it is sent and as it is shown.
fn secret_parts(code: &AuthenticationCode) -> [String; 2] {
    let plain = &code.reveal()[PUBLIC..PUBLIC + SECRET];
    [plain.to_owned(), format!("{}-{}", &plain[..4], &plain[4..])]
}

/// A secret as programs write it down: as it is, as Windows and databases of mail programs have it (UTF-16), in hexadecimal,
/// and in the middle of something in base 64, wherever that begins.
fn written_forms(secret: &str) -> Vec<String> {
    let wide: String = secret.chars().flat_map(|letter| [letter, '\0']).collect();
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let in_base_64 = (0..3).map(|before| {
        let text = STANDARD_NO_PAD.encode([vec![0; before], secret.as_bytes().to_vec()].concat());
        // The characters at the ends also hold bits of what stands beside the secret.
        let whole = (before + secret.len()).is_multiple_of(3);
        text[(before * 8).div_ceil(6)..text.len() - usize::from(!whole)].to_owned()
    });
    [secret.to_owned(), wide, hex.to_uppercase(), hex].into_iter().chain(in_base_64).collect()
}

/// No core file may hold what the agent's memory holds (`proc_pid_limits(5)`).
fn leaves_no_core(pid: u32) {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).expect("it runs");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("a limit");
    // The first figure is the one that counts; the second says how far the program itself may raise it.
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
}

/// `secrets` are looked for everywhere; the code stands in the person's own invitation, everything else in no letter.
fn appears_nowhere(world: &World, secrets: &[String], processes: &BTreeSet<String>) {
    let token_file = world.state_folder().join("token");
    let token = fs::read_to_string(&token_file).expect("there is no keyring here");
    let home = text_below(world.screen.home());
    let office = text_below(world.office.folder());
    for place in
        [".local/state/mailshift/state.json", ".local/state/mailshift/journal.json", ".thunderbird/profiles.ini"]
    {
        assert!(home.iter().any(|(path, _)| path.ends_with(place)), "{place} was looked at");
    }
    assert!(home.iter().any(|(path, text)| is_log(path) && text.contains("bound")), "the agent's log was looked at");
    assert!(office.iter().any(|(path, _)| path.ends_with("mailshift.db")), "the database was looked at");
    assert!(processes.iter().any(|line| line.contains("thunderbird")), "Thunderbird was looked at");
    let letters: Vec<String> =
        [OLD_ADDRESS, NEW_ADDRESS].iter().flat_map(|of| world.mail.read_inbox(of).expect("a mailbox")).collect();
    assert!(
        letters.iter().any(|letter| secrets.iter().any(|secret| letter.contains(secret))),
        "the invitation was read"
    );
    let mut found = Vec::new();
    for secret in secrets.iter().chain([&token]) {
        let in_a_letter = letters.iter().filter(|letter| letter.contains(secret)).count();
        let allowed = usize::from(secrets[..2].contains(secret));
        found.extend((in_a_letter > allowed).then(|| format!("{secret} in {in_a_letter} letters")));
        for form in written_forms(secret) {
            let kept = |path: &Path| *secret == token && path == token_file;
            let files = home.iter().chain(&office).filter(|(path, text)| text.contains(&form) && !kept(path));
            found.extend(files.map(|(path, _)| format!("{form} in {}", path.display())));
            found.extend(processes.iter().filter(|line| line.contains(&form)).map(|line| format!("{form} in {line}")));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

fn is_log(path: &Path) -> bool {
    path.parent().is_some_and(|folder| folder.ends_with("mailshift/logs"))
}

fn journey(world: &mut World, password: &str, choose: impl FnOnce(&World) -> Told) -> Told {
    let processes = Processes::watch();
    let code = world.invited_code()?;
    until_password(world)?;
    choose(world)?;
    world.commit()?;
    is_complete(world)?;
    leaves_no_core(world.agent_pid());
    let [plain, grouped] = secret_parts(&code);
    let secrets = [plain, grouped, password.to_owned(), OLD_PASSWORD.to_owned()];
    appears_nowhere(world, &secrets, &processes.all());
    Ok(())
}

/// Between two looks at all processes: shorter than any process lives that is told a password.
const LOOK: Duration = Duration::from_millis(5);
const TALKATIVE: &str = "info,mailshift=trace,reqwest=trace,hyper=trace,hyper_util=trace,h2=trace,rustls=trace,\
    tokio_rustls=trace,async_imap=trace,lettre=trace,keyring_core=trace,zbus_secret_service_keyring_store=trace,\
    plushie_iced_widget=trace,plushie_iced_runtime=trace,plushie_iced_winit=trace";

/// Everything that could know a secret logs all it can. (The desktop's own libraries know none, and log for megabytes.)
fn talkative(options: &mut Options) {
    options.environment.push(("MAILSHIFT_LOG".into(), TALKATIVE.into()));
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn an_existing_password_the_code_and_the_token_appear_nowhere() {
    play(talkative, |world| {
        journey(world, NEW_PASSWORD, |world| {
            world.type_password("no-such-password-9")?;
            world.commit()?;
            let (person, field) = (world.person()?, world.word("password-field"));
            person.wait_for("PWD-3", SOON)?;
            person.wait_until("the focus on the field", SOON, |node| node.name == field && node.is("focused"))?;
            world.type_password(NEW_PASSWORD)
        })
    });
}

#[test]
#[ignore = "needs thunderbird, dovecot and a virtual screen: make test"]
fn a_new_password_appears_nowhere_but_in_the_directory() {
    let creating = |options: &mut Options| {
        talkative(options);
        options.may_create = true;
    };
    play(creating, |world| {
        journey(world, CREATED, |world| {
            let person = world.person()?;
            person.press_by_keyboard(&world.word("password-create"), "space")?;
            person.type_into(&world.word("password-new"), CREATED)?;
            Ok(person.type_into(&world.word("password-repeat"), CREATED)?)
        })
    });
}
