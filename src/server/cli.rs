//! The operator's command line: arguments, what each command does, and what it prints.

mod database;
mod devices;
mod discover;
mod failure;
mod identity;
mod lines;
mod operator;
mod order;
mod post;
mod project;
mod report;
mod serve;
mod users;
mod wave;

use std::io::Write;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::secret::Secret;
use crate::server::db::Db;
use crate::server::installers::Installers;
use crate::server::load_test;
use crate::server::projects::Project;
use crate::server::projects::actions::Action;
pub use failure::Failure;

/// Tells the agents of an organisation when to move to the new mailbox, and shows how far everyone is.
#[derive(Debug, Parser)]
#[command(name = "mailshift-server", version)]
pub struct Arguments {
    /// The database: the path of one `SQLite` file, or `postgres://user@host:port/database` for `PostgreSQL`. Other
    /// people on this computer can read arguments: leave a password to this variable, PGPASSWORD or .pgpass.
    #[arg(
        long,
        global = true,
        env = "MAILSHIFT_DATABASE",
        hide_env_values = true,
        default_value = "./mailshift.db",
        value_name = "PATH|URL"
    )]
    database: Secret,
    /// The folder with the agent's installers, as built: `mailshift.msi`, `mailshift.deb` and so on. The server hands them
    /// out with the activation code in the name; letters and `project show` name the links.
    #[arg(long, global = true, env = "MAILSHIFT_INSTALLERS", value_name = "FOLDER")]
    installers: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer the agents until stopped.
    Serve(serve::Serve),
    /// Find the mail servers of a domain in public places.
    Discover {
        /// A mail domain, or an address in it: with one, Exchange servers can be asked too.
        domain: String,
        #[arg(long)]
        json: bool,
    },
    /// Create, change, show and delete projects.
    #[command(subcommand)]
    Project(project::Command),
    /// Say who may use the dashboard and the API.
    #[command(subcommand)]
    Operator(operator::Command),
    /// Import and delete the people of a project.
    #[command(subcommand)]
    Users(users::Command),
    /// Mail a new code to everyone without an activated computer, or to one user.
    Invite {
        project: String,
        /// Only this user, also when a computer is activated.
        #[arg(long, value_name = "ADDRESS")]
        user: Option<String>,
        /// Leave the sending to the running server, which tries again when the mail server is not there.
        #[arg(long)]
        queue: bool,
    },
    /// Let the running server mail a reminder with a new code to everyone without an activated computer, or to one user.
    Remind {
        project: String,
        #[arg(long, value_name = "ADDRESS")]
        user: Option<String>,
    },
    /// Show the letter that a user would get, with a code and a link that open nothing.
    Letter {
        project: String,
        address: String,
        /// The reminder instead of the invitation.
        #[arg(long)]
        reminder: bool,
    },
    /// Show every mail to the people of a project, and what became of it.
    Mails {
        project: String,
        /// Only this user's.
        #[arg(long, value_name = "ADDRESS")]
        user: Option<String>,
    },
    /// Read a delivery report (RFC 3464) from standard input: for the mail server, which gets them.
    Bounce,
    /// Make a new code for one user and print it, to be told on the phone.
    Code { project: String, address: String },
    /// Set the moment the mail moves.
    Cutover {
        project: String,
        #[command(subcommand)]
        when: order::When,
    },
    /// Start the set-up of one user now.
    Configure(order::Whom),
    /// Start the set-up of one user again after a failure.
    Retry(order::Whom),
    /// Let one user's computers plan everything and change nothing.
    Rehearse(order::Whom),
    /// Bring one user's computers back to the old profile.
    Undo(order::Whom),
    /// Let one user's computers forget the project.
    Remove(order::Whom),
    /// Make the database, where there is none yet.
    Init,
    /// Bring the database of an older version up to date; a file is copied before. For `PostgreSQL`, make a copy first.
    Migrate,
    /// Copy the database into a new file while servers run (`SQLite`; `PostgreSQL` has `pg_dump`).
    Backup { file: PathBuf },
    /// Put a copy in the place of the database. No server may run on it; its agents say again where they stand.
    Restore {
        /// The copy. Left out: it is in its place already, as `pg_restore` or a copied file leaves it.
        copy: Option<PathBuf>,
        /// Also when the present database was written to later. It is kept beside the new one.
        #[arg(long)]
        force: bool,
    },
    /// Try a server with many simulated agents on this computer.
    Simulate(load_test::Simulate),
    /// Let none of one user's computers start before a time.
    Delay {
        #[command(flatten)]
        whom: order::Whom,
        /// For instance `2026-11-21T18:00[Europe/Berlin]`.
        until: String,
    },
    /// Groups of users with a cutover of their own.
    #[command(subcommand)]
    Wave(wave::Command),
    /// Let a computer's login become a user's, once.
    Assign(identity::Assign),
    /// Keep every login of the project, or of one computer, signed in as one user.
    Lock(identity::Lock),
    /// End a lock.
    Unlock(identity::Unlock),
    /// Take one user out of the move for now.
    Suspend(order::Whom),
    /// Let a suspended user take part again.
    Resume(order::Whom),
    /// Show every computer with its logins, also those that are nobody's yet, and what would go wrong there.
    Devices {
        project: String,
        #[arg(long)]
        json: bool,
    },
    /// Show how far everyone is.
    Status {
        project: String,
        #[arg(long)]
        json: bool,
    },
}

/// Does what the arguments say; results go to `out`.
///
/// # Errors
/// Each failure is one line that names the thing and the remedy.
pub async fn run(arguments: Arguments, out: &mut impl Write) -> Result<(), Failure> {
    let database = arguments.database.reveal();
    if let Some(folder) = arguments.installers.as_ref().filter(|folder| !folder.is_dir()) {
        return Err(Failure::Installers(folder.clone()));
    }
    let command = match arguments.command {
        Command::Serve(serve) => return serve::run(database, arguments.installers, serve, out).await,
        Command::Init => return database::init(database, out).await,
        Command::Migrate => return database::migrate(database, out).await,
        Command::Backup { file } => return database::backup(database, &file, out).await,
        Command::Restore { copy, force } => return database::restore(copy.as_deref(), database, force, out).await,
        Command::Simulate(simulate) => return Ok(load_test::run(database, simulate, out).await?),
        Command::Discover { domain, json } => return discover::run(&domain, json, out).await,
        command => command,
    };
    let db = Db::open(database).await?;
    let installers = Installers::new(arguments.installers);
    let done = match command {
        // Done above.
        Command::Init
        | Command::Migrate
        | Command::Restore { .. }
        | Command::Serve(_)
        | Command::Backup { .. }
        | Command::Discover { .. }
        | Command::Simulate(_) => Ok(()),
        Command::Project(command) => project::run(&db, command, &installers, out).await,
        Command::Operator(command) => operator::run(&db, command, out).await,
        Command::Users(command) => users::run(&db, command, out).await,
        Command::Invite { project, user, queue } => {
            let how = if queue { post::How::Queue } else { post::How::Now };
            post::invite(&db, &project, user.as_deref(), how, &installers, out).await
        }
        Command::Remind { project, user } => post::remind(&db, &project, user.as_deref(), out).await,
        Command::Letter { project, address, reminder } => {
            post::letter(&db, &project, &address, reminder, &installers, out).await
        }
        Command::Mails { project, user } => post::mails(&db, &project, user.as_deref(), out).await,
        Command::Bounce => post::bounce(&db, out).await,
        Command::Code { project, address } => post::code(&db, &project, &address, out).await,
        Command::Cutover { project, when } => order::set_cutover(&db, &project, when, out).await,
        Command::Configure(whom) => order::act(&db, &whom, Action::Configure, out).await,
        Command::Retry(whom) => order::act(&db, &whom, Action::Retry, out).await,
        Command::Rehearse(whom) => order::act(&db, &whom, Action::Rehearse, out).await,
        Command::Undo(whom) => order::act(&db, &whom, Action::Undo, out).await,
        Command::Remove(whom) => order::act(&db, &whom, Action::Remove, out).await,
        Command::Delay { whom, until } => {
            let until = order::time(&until).map(|until| until.timestamp());
            order::act(&db, &whom, Action::Delay { until: until? }, out).await
        }
        Command::Wave(command) => wave::run(&db, command, out).await,
        Command::Assign(assign) => identity::assign(&db, assign, out).await,
        Command::Lock(lock) => identity::lock(&db, lock, out).await,
        Command::Unlock(unlock) => identity::unlock(&db, unlock, out).await,
        Command::Suspend(whom) => identity::suspend(&db, &whom, out).await,
        Command::Resume(whom) => identity::resume(&db, &whom, out).await,
        Command::Devices { project, json } => devices::list(&db, &project, json, out).await,
        Command::Status { project, json } => report::status(&db, &project, json, out).await,
    };
    db.close().await;
    done
}

async fn project_named(db: &Db, name: &str) -> Result<Project, Failure> {
    match crate::server::projects::named(db.pool(), name).await? {
        Some(project) => Ok(project),
        None => Err(Failure::NoProject { name: name.into(), known: crate::server::projects::names(db.pool()).await? }),
    }
}

async fn user_addressed(
    db: &Db,
    project: &Project,
    address: &str,
) -> Result<crate::server::projects::users::User, Failure> {
    let user = crate::server::projects::users::addressed(db.pool(), &project.id, address).await?;
    user.ok_or_else(|| Failure::NoUser { address: address.into(), project: project.name.clone() })
}
