//! The agent's command line. Works without a window wherever it can; says in one line why when it cannot.

mod settings;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::elsewhere;
use super::i18n::Words;
use super::instance::{self, Claim, Holder, Request};
use super::offer::{self, Offer};
use super::state::{self, Store};
use super::theme::{Palette, Style};
use super::{Agent, Settings};
use crate::mail::Host;
use crate::os::{self, Places};
use crate::problem::ResponseCode;
use crate::secret::Secret;

/// Points your mail program at your new mailbox on the day your organisation's mail moves.
#[derive(Debug, Parser)]
#[command(name = "mailshift", version)]
pub struct Arguments {
    /// Address of your organisation's Mailshift server; ask your help desk. Remembered from then on.
    #[arg(long, env = "MAILSHIFT_SERVER", global = true)]
    server: Option<String>,
    /// Start quietly in the tray, as at sign-in.
    #[arg(long)]
    background: bool,
    // A link may hold a code, which no message is to repeat.
    /// A mailshift:// link, as a browser hands it over
    #[arg(value_name = "LINK")]
    link: Option<Secret>,
    /// The server was named where it can be seen, not by the environment.
    #[arg(skip)]
    server_is_argument: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

impl Arguments {
    /// As this process was started. Ends it over what is no argument.
    pub fn of_this_process() -> Self {
        let matches = Self::command().get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit()).placed_by(&matches)
    }

    fn placed_by(mut self, matches: &ArgMatches) -> Self {
        self.server_is_argument = matches.value_source("server") == Some(ValueSource::CommandLine);
        self
    }

    /// Whoever makes a link must not be able to add an option to it.
    fn has_more_than_link(&self) -> bool {
        self.link.is_some() && (self.server_is_argument || self.background || self.command.is_some())
    }

    /// Started by the session: nobody waits for an answer.
    pub fn is_quiet(&self) -> bool {
        self.background
    }
}

#[derive(Debug, Clone, Copy, Subcommand)]
enum Command {
    /// Show the window of the agent; start it when it is not running
    Open,
    /// Say in one line how it is going
    Status,
    /// Ask whether to go back to the old profile
    Undo,
    /// End the agent; it starts again at the next sign-in
    Quit,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no home folder is known for this login; set HOME")]
    NoHome,
    #[error("{0}. Start it from your desktop. ({id})", id = .0.code().id())]
    NoDisplay(#[from] os::NoDisplay),
    #[error("{0}; start the newer Mailshift again, or move state.json away ({id})", id = .0.code().id())]
    State(#[from] state::Error),
    #[error("{0} ({id})", id = .0.code().id())]
    Instance(#[from] instance::Error),
    #[error("{path} cannot be understood: {reason}. Correct it or remove it ({id})", id = ResponseCode::SettingsUnreadable.id())]
    Configuration { path: String, reason: String },
    #[error("\"activation\" in config.json is no activation code: those have ten letters. Correct it or remove it")]
    Activation,
    #[error("{0}; use the link in your invitation as it is, or see `mailshift help` for the commands")]
    Link(#[from] offer::LinkError),
    #[error("beside a link nothing else is taken; use the link in your invitation as it is")]
    BesideLink,
    #[error("the address of the Mailshift server is not known. Start `mailshift --server https://…` with the address your help desk names ({id})", id = ResponseCode::NoServerAddress.id())]
    NoServer,
    #[error("Mailshift runs in another session of yours, at {host}, display {display}; end it there first ({id})", id = ResponseCode::OtherSession.id())]
    Elsewhere { host: String, display: String },
    #[error("Mailshift is not running; start `mailshift`")]
    NotRunning,
    #[error("the session cannot be read: {0}")]
    Session(#[from] std::io::Error),
    #[error("the window system ended: {0}")]
    Window(#[from] iced::Error),
}

impl Error {
    /// 2 for what the caller can set right by calling differently, else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoServer | Self::Configuration { .. } | Self::Activation | Self::Link(_) | Self::BesideLink => 2,
            Self::NoHome
            | Self::NoDisplay(_)
            | Self::State(_)
            | Self::Instance(_)
            | Self::Elsewhere { .. }
            | Self::NotRunning
            | Self::Session(_)
            | Self::Window(_) => 1,
        }
    }
}

/// The exit code when the display goes away under the agent.
const DISPLAY_GONE: u8 = 3;

/// Starts the agent, or hands the request to the one that runs.
pub fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let places = Places::of_this_login().ok_or(Error::NoHome)?;
    let request = match &arguments.link {
        None => request(arguments.command),
        Some(link) => {
            os::links::conceal_arguments();
            if arguments.has_more_than_link() {
                return Err(Error::BesideLink);
            }
            Request::Follow(Offer::of_link(link.reveal())?)
        }
    };
    // The arguments can be written to no more.
    os::harden();
    if matches!(request, Request::Status | Request::Quit) {
        // Without the lock, not even for a moment: an agent that starts just now must get it.
        let answer = instance::running(&places).hand_over_at_once(&request).map_err(|_| Error::NotRunning)?;
        if request == Request::Status {
            // A terminal that was closed in the meantime is no reason to fail.
            let _ = writeln!(std::io::stdout(), "{}", answer.status);
        }
        return Ok(ExitCode::SUCCESS);
    }
    match instance::claim(&places)? {
        Claim::First(instance) => start(arguments, request, places, instance),
        Claim::Second(running) if running.elsewhere().is_some() && os::display().is_ok() => {
            elsewhere(&arguments, &request, running, &places)
        }
        // The session started it once more: there is nothing to ask.
        Claim::Second(_) if arguments.background => Ok(ExitCode::SUCCESS),
        Claim::Second(running) => {
            let known = Store::open(&places).server();
            if arguments.server_is_argument && known.is_some() && known != arguments.server {
                let _ = writeln!(
                    std::io::stderr(),
                    "mailshift: it runs already and keeps its server; for another one, end it first: mailshift quit"
                );
            }
            os::give_way();
            let elsewhere = running.elsewhere().cloned();
            let Err(unheard) = running.hand_over(&request) else {
                if let Some(Holder { host, display, .. }) = elsewhere {
                    let _ = writeln!(
                        std::io::stderr(),
                        "mailshift: it runs at {host}, display {display}, and has opened its window there"
                    );
                }
                return Ok(ExitCode::SUCCESS);
            };
            // The first one may have been about to end.
            match instance::claim(&places)? {
                Claim::First(instance) => start(arguments, request, places, instance),
                Claim::Second(_) => Err(match elsewhere {
                    Some(Holder { host, display, .. }) => Error::Elsewhere { host, display },
                    None => unheard.into(),
                }),
            }
        }
    }
}

/// The agent runs in another session of the person: they say where it is to go on.
fn elsewhere(
    arguments: &Arguments,
    request: &Request,
    running: instance::Running,
    places: &Places,
) -> Result<ExitCode, Error> {
    let style = style(&tokio::runtime::Builder::new_current_thread().enable_all().build()?);
    if !elsewhere::is_wanted_here(running, places, style)? {
        return Ok(ExitCode::SUCCESS);
    }
    // A toolkit opens windows once in a process: the agent starts as if the session had only now begun.
    let mut again = std::process::Command::new(std::env::current_exe()?);
    if let Some(server) = arguments.server.as_deref().filter(|_| arguments.server_is_argument) {
        again.args(["--server", server]);
    }
    if *request == Request::Undo {
        again.arg("undo");
    }
    #[cfg(unix)]
    return Err(std::os::unix::process::CommandExt::exec(&mut again).into());
    #[cfg(not(unix))]
    Ok(again.spawn().map(|_| ExitCode::SUCCESS)?)
}

fn style(runtime: &tokio::runtime::Runtime) -> Style {
    Style {
        words: Words::for_locale(&os::language()),
        palette: Palette::light(None),
        scale: runtime.block_on(os::text_scale()),
        zone: jiff::tz::TimeZone::system(),
        reduced_motion: os::var("MAILSHIFT_REDUCED_MOTION").is_some(),
    }
}

fn request(command: Option<Command>) -> Request {
    match command {
        Some(Command::Status) => Request::Status,
        Some(Command::Undo) => Request::Undo,
        Some(Command::Quit) => Request::Quit,
        Some(Command::Open) | None => Request::Open,
    }
}

fn start(
    arguments: Arguments,
    request: Request,
    places: Places,
    instance: instance::Instance,
) -> Result<ExitCode, Error> {
    os::display()?;
    keep_log(&places);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let store = Store::open(&places);
    let loaded = store.load()?;
    // A mistake in it is no reason to keep anybody from a computer that is activated already.
    let configuration = match settings::read(&places) {
        Ok(configuration) => configuration,
        Err(error) => {
            tracing::error!(%error, "the settings are not used");
            if arguments.background {
                runtime.block_on(told(ResponseCode::SettingsUnreadable));
            }
            if loaded.state.is_new() {
                return Err(error);
            }
            settings::Configuration::default()
        }
    };
    let activation = if loaded.state.is_new() { configuration.activation()? } else { None };
    let server = arguments.server.or(configuration.server);
    let known = server.as_ref().or(loaded.state.server.as_ref());
    let program = os::program();
    let name = program.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy());
    let offer = name.and_then(|name| Offer::of_file_name(&name, known.map(String::as_str)));
    if known.is_none() && offer.is_none() && !matches!(request, Request::Follow(_)) {
        return Err(Error::NoServer);
    }
    if let Some(path) = loaded.set_aside {
        tracing::error!(path = %path.display(), code = ResponseCode::StateUnreadable.id(), "the state was broken and was moved aside");
    }
    os::introduce(&places);
    if let Some(Err(error)) = program.as_deref().map(os::links::register) {
        tracing::info!(%error, "links are not opened by this program");
    }
    let style = style(&runtime);
    drop(runtime);
    let settings = std::cell::Cell::new(Some(Settings {
        host: Host::of_this_session()?,
        places,
        server,
        offer,
        activation,
        request: (!arguments.background).then_some(request),
        style,
        fixed_theme: os::var("MAILSHIFT_THEME"),
        instance,
        store,
        state: loaded.state,
    }));
    os::terminal::leave();
    hear_of_a_lost_display();
    let boot = move || Agent::boot(settings.take().expect("the window system boots a program once"));
    iced::daemon(boot, Agent::update, Agent::view)
        .title(Agent::title)
        .theme(Agent::theme)
        .default_font(super::theme::FONT)
        .subscription(Agent::subscription)
        .run()?;
    drop(LOG.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take());
    Ok(ExitCode::SUCCESS)
}

/// Nobody may be looking at the window when something is wrong.
async fn told(code: ResponseCode) {
    let words = Words::for_locale(&os::language());
    let notice = super::notice::Notice::new(code);
    os::notify("Mailshift", &format!("{} {}", notice.what(&words), notice.reference(&words))).await;
}

/// Flushes the log when it is taken.
static LOG: std::sync::Mutex<Option<tracing_appender::non_blocking::WorkerGuard>> = std::sync::Mutex::new(None);

fn keep_log(places: &Places) {
    *LOG.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = start_logging(places);
}

/// Xlib would end the process without a word, and the toolkit panics where it opens a window, or begins, without a display.
fn hear_of_a_lost_display() {
    os::on_lost_display(display_is_gone);
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panicked| {
        if os::display().is_err() {
            display_is_gone();
        }
        told(panicked);
    }));
}

/// What is remembered is on the disk after every change, and a set-up has its journal: the next start goes on from there.
fn display_is_gone() {
    tracing::error!("the display is gone; the agent ends and goes on where it was at the next start");
    // Written before the process ends.
    drop(LOG.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take());
    let _ = writeln!(std::io::stderr(), "mailshift: the display is gone; start Mailshift again in another session");
    std::process::exit(i32::from(DISPLAY_GONE));
}

/// One log file a day in the state folder, seven kept. No secrets: they have no way to be formatted.
fn start_logging(places: &Places) -> Option<tracing_appender::non_blocking::WorkerGuard> {
    const KEPT: usize = 7;
    // Room for all lines is taken at once, and the default of 128,000 is 4 MiB.
    const LINES: usize = 1000;
    let folder = places.state.join("logs");
    os::files::private_folder(&folder).ok()?;
    let files = tracing_appender::rolling::Builder::new()
        .rotation(tracing_appender::rolling::Rotation::DAILY)
        .filename_prefix("mailshift")
        .filename_suffix("log")
        .max_log_files(KEPT)
        .build(folder)
        .ok()?;
    let (writer, guard) =
        tracing_appender::non_blocking::NonBlockingBuilder::default().buffered_lines_limit(LINES).finish(files);
    let filter =
        tracing_subscriber::EnvFilter::new(os::var("MAILSHIFT_LOG").unwrap_or_else(|| "mailshift=info,warn".into()));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false).init();
    Some(guard)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Arguments {
        let all = std::iter::once("mailshift").chain(arguments.iter().copied());
        let matches = Arguments::command().try_get_matches_from(all).expect("arguments");
        Arguments::from_arg_matches(&matches).expect("arguments").placed_by(&matches)
    }

    #[test]
    fn nothing_stands_beside_a_link_but_the_two_dashes_before_it() {
        let link = "mailshift://activate?server=https://m.example";
        for alone in [&[link][..], &["--", link]] {
            let arguments = read(alone);
            assert_eq!(arguments.link.as_ref().map(Secret::reveal), Some(link));
            assert!(!arguments.has_more_than_link(), "{alone:?}");
        }
        for more in [&[link, "--server", "https://evil.example"][..], &["--background", link], &[link, "undo"]] {
            assert!(read(more).has_more_than_link(), "{more:?}");
        }
        assert!(!read(&["--server", "https://m.example", "open"]).has_more_than_link());
    }
}
