//! The agent's command line. Works without a window wherever it can; says in one line why when it cannot.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use serde::Deserialize;

use super::instance::{self, Claim, Request};
use super::offer::{self, Offer};
use super::state::{self, Store};
use super::theme::{Look, Palette};
use super::words::Words;
use super::{Agent, Settings};
use crate::code::ActivationCode;
use crate::mail::Host;
use crate::os::{self, Places};
use crate::problem::Code;
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
    #[command(subcommand)]
    command: Option<Command>,
}

impl Arguments {
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

/// What an operator may place in `config.json`, for one login or (`/etc/mailshift`) for a computer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Configuration {
    server: Option<String>,
    /// The project's activation code, for a new installation.
    activation: Option<String>,
}

impl Configuration {
    fn activation(&self) -> Result<Option<ActivationCode>, Error> {
        let Some(code) = &self.activation else { return Ok(None) };
        let code = ActivationCode::parse(code).ok_or(Error::Activation)?;
        Ok(Some(code))
    }
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
    #[error("{path} cannot be understood: {reason}. Correct it or remove it")]
    Configuration { path: String, reason: String },
    #[error("\"activation\" in config.json is no activation code: those have ten letters. Correct it or remove it")]
    Activation,
    #[error("{0}; use the link in your invitation as it is, or see `mailshift help` for the commands")]
    Link(#[from] offer::LinkError),
    #[error("the address of the Mailshift server is not known. Start `mailshift --server https://…` with the address your help desk names ({id})", id = Code::Set2.id())]
    NoServer,
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
            Self::NoServer | Self::Configuration { .. } | Self::Activation | Self::Link(_) => 2,
            Self::NoHome
            | Self::NoDisplay(_)
            | Self::State(_)
            | Self::Instance(_)
            | Self::NotRunning
            | Self::Session(_)
            | Self::Window(_) => 1,
        }
    }
}

/// Starts the agent, or hands the request to the one that runs.
pub fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let places = Places::of_this_login().ok_or(Error::NoHome)?;
    let request = match &arguments.link {
        None => request(arguments.command),
        Some(link) => {
            os::links::conceal_arguments();
            Request::Follow(Offer::of_link(link.reveal())?)
        }
    };
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
        // The session started it once more: there is nothing to ask.
        Claim::Second(_) if arguments.background => Ok(ExitCode::SUCCESS),
        Claim::Second(running) => {
            os::give_way();
            let Err(unheard) = running.hand_over(&request) else { return Ok(ExitCode::SUCCESS) };
            // The first one may have been about to end.
            match instance::claim(&places)? {
                Claim::First(instance) => start(arguments, request, places, instance),
                Claim::Second(_) => Err(unheard.into()),
            }
        }
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
    let store = Store::open(&places);
    let loaded = store.load()?;
    let configuration = configuration(&places)?;
    // A mistake in it is no reason to keep anybody from a computer that is activated already.
    let activation = if loaded.state.is_new() { configuration.activation()? } else { None };
    let server = arguments.server.or(configuration.server);
    let known = server.as_ref().or(loaded.state.server.as_ref());
    let program = os::program();
    let name = program.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy());
    let offer = name.and_then(|name| Offer::of_file_name(&name, known.map(String::as_str)));
    if known.is_none() && offer.is_none() && !matches!(request, Request::Follow(_)) {
        return Err(Error::NoServer);
    }
    let _logging = start_logging(&places);
    if let Some(path) = loaded.set_aside {
        tracing::error!(path = %path.display(), code = Code::Set3.id(), "the state was broken and was moved aside");
    }
    os::introduce(&places);
    if let Some(Err(error)) = program.as_deref().map(os::links::register) {
        tracing::info!(%error, "links are not opened by this program");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let scale = runtime.block_on(os::text_scale());
    drop(runtime);
    let settings = std::cell::Cell::new(Some(Settings {
        host: Host::of_this_session()?,
        places,
        server,
        offer,
        activation,
        request: (!arguments.background).then_some(request),
        look: Look {
            words: Words::for_locale(&os::language()),
            palette: Palette::light(None),
            scale,
            zone: jiff::tz::TimeZone::system(),
            reduced_motion: os::var("MAILSHIFT_REDUCED_MOTION").is_some(),
        },
        fixed_theme: os::var("MAILSHIFT_THEME"),
        instance,
        store,
        state: loaded.state,
    }));
    os::terminal::leave();
    let boot = move || Agent::boot(settings.take().expect("the window system boots a program once"));
    iced::daemon(boot, Agent::update, Agent::view)
        .title(Agent::title)
        .theme(Agent::theme)
        .default_font(super::theme::FONT)
        .subscription(Agent::subscription)
        .run()?;
    Ok(ExitCode::SUCCESS)
}

/// The login's own file goes before the computer's.
fn configuration(places: &Places) -> Result<Configuration, Error> {
    let own = read_configuration(&places.config)?;
    let machine = read_configuration(&os::machine_settings())?;
    Ok(Configuration { server: own.server.or(machine.server), activation: own.activation.or(machine.activation) })
}

fn read_configuration(folder: &Path) -> Result<Configuration, Error> {
    let path = folder.join("config.json");
    let refuse = |reason: String| Error::Configuration { path: path.display().to_string(), reason };
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| refuse(error.to_string())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Configuration::default()),
        Err(error) => Err(refuse(error.to_string())),
    }
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
