//! A server that is not there, or answers with garbage, errors or endless waiting.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use mailshift::demo::screen::wait;
use mailshift::demo::world::World;

use super::stage::{SOON, Told, play, status_line, until_waiting};

/// How long an agent's questions are counted.
const COUNTED: Duration = Duration::from_secs(8);
/// Questions that a calm agent may ask in that time: the first at once, then after 1–2 s, 2–4 s, 4–8 s, plus a report
/// and an inventory beside each.
const CALM: usize = 12;

/// Something at the other end that is no Mailshift server.
struct Stub {
    url: String,
    asked: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
}

impl Stub {
    /// Says the same to every question and hangs up.
    fn saying(answer: &'static [u8], pause: Duration) -> Self {
        Self::at("127.0.0.1:0", answer, pause)
    }

    fn at(address: &str, answer: &'static [u8], pause: Duration) -> Self {
        let listener = TcpListener::bind(address).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let asked = Arc::new(AtomicUsize::new(0));
        let (counter, over) = (Arc::clone(&asked), Arc::<AtomicBool>::default());
        let is_over = Arc::clone(&over);
        // Ends with the test's process at the latest.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                counter.fetch_add(1, Ordering::Relaxed);
                thread::spawn(move || say(stream, answer, pause));
            }
        });
        Self { url, asked, over }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// Gives its place back.
    fn end(self) {
        self.over.store(true, Ordering::Relaxed);
        let address = self.url.trim_start_matches("http://");
        // The last one to be heard; and none is heard any more once the place is free.
        while TcpStream::connect(address).is_ok() {}
    }
}

fn say(mut stream: TcpStream, answer: &[u8], pause: Duration) {
    let _ = stream.read(&mut [0; 8192]);
    if pause.is_zero() {
        let _ = stream.write_all(answer);
        return;
    }
    for byte in answer {
        if stream.write_all(&[*byte]).is_err() {
            return;
        }
        thread::sleep(pause);
    }
}

const PORTAL: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 33\r\nConnection: close\r\n\r\n\
    <html>Please sign in here.</html>";
const NOISE: &[u8] = b"\x16\x03\x01\x00\xff\x00 this is no HTTP at all \r\n\r\n";
const BROKEN: &[u8] = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 5\r\nConnection: close\r\n\r\nOops!";
const ENDLESS: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{\"action\":";

/// A person who types the code is told with a code, may try again, and can close the window meanwhile.
fn is_told(answer: &'static [u8], pause: Duration, code: &str) {
    play(
        |_| (),
        |world| {
            let stub = Stub::saying(answer, pause);
            world.start_agent_with(&["--server", &stub.url])?;
            world.type_code(&world.invited_code()?.grouped())?;
            if !pause.is_zero() {
                world.person()?.wait_for(&world.word("code-busy"), SOON)?;
                let title = world.word("code-title");
                world.screen.close_window(&title)?;
                wait("the window to be gone", SOON, || world.screen.window(&title).is_none().then_some(()))?;
                world.screen.tray_click(world.agent_pid())?;
                world.screen.wait_for_window(&title)?;
            }
            world.person()?.wait_for(&world.words.with("notice-reference", &[("code", code)]), 2 * SOON)?;
            assert_eq!(stub.asked(), 1, "nobody but the person tries a code again");
            Ok(())
        },
    );
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn a_page_that_asks_to_sign_in_to_the_network_is_told_as_such() {
    is_told(PORTAL, Duration::ZERO, "NET-2");
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn an_error_of_the_server_is_told_as_such() {
    is_told(BROKEN, Duration::ZERO, "NET-3");
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn noise_is_told_and_harms_nothing() {
    is_told(NOISE, Duration::ZERO, "NET-1");
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn a_slow_answer_that_breaks_off_leaves_the_window_usable() {
    is_told(ENDLESS, Duration::from_millis(60), "NET-1");
}

/// A bound agent keeps asking such a server, but calmly, and goes on when the right one is back.
fn is_asked_calmly(answer: &'static [u8]) {
    play(
        |_| (),
        |world| {
            until_waiting(world)?;
            world.kill_agent();
            // In the place of its own server: another one would hear nothing at all.
            world.office.kill();
            let stub = Stub::at(world.office.url().trim_start_matches("http://"), answer, Duration::ZERO);
            world.start_agent_with(&["--background"])?;
            says_offline(world)?;
            let began = Instant::now();
            wait("the time to pass", 2 * COUNTED, || (began.elapsed() > COUNTED).then_some(()))?;
            assert!((2..=CALM).contains(&stub.asked()), "asked {} times in {COUNTED:?}", stub.asked());
            world.kill_agent();
            stub.end();
            world.office.open()?;
            world.start_agent()?;
            world.cut_over().map(drop)
        },
    );
}

fn says_offline(world: &World) -> Told {
    let offline = world.word("tray-offline");
    wait("the agent to say so", SOON, || status_line(world).ok().filter(|line| *line == offline))?;
    Ok(())
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn a_server_full_of_errors_is_asked_calmly() {
    is_asked_calmly(BROKEN);
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn a_server_that_talks_nonsense_is_asked_calmly() {
    is_asked_calmly(PORTAL);
}

#[test]
#[ignore = "needs dovecot and a virtual screen: make test"]
fn an_agent_that_starts_without_its_server_says_so_and_connects_by_itself() {
    play(
        |_| (),
        |world| {
            world.office.kill();
            world.start_agent()?;
            let code = world.invited_code()?;
            world.type_code(&code.grouped())?;
            world.person()?.wait_for("NET-1", SOON)?;
            world.office.open()?;
            world.person()?.press_by_keyboard(&world.word("code-continue"), "space")?;
            world.person()?.wait_for(&world.word("card-continue"), SOON)?;
            world.bind()?;

            world.kill_agent();
            world.office.kill();
            world.start_agent()?;
            says_offline(world)?;
            world.person()?.wait_for("NET-1", SOON)?;
            world.office.open()?;
            world.person()?.wait_until_gone("NET-1", 2 * SOON)?;
            world.cut_over().map(drop)
        },
    );
}
