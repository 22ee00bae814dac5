//! `operator`: who may use the dashboard and the API.

use std::io::Write;

use clap::Subcommand;

use crate::secret::Secret;
use crate::server::cli::Failure;
use crate::server::db;
use crate::server::db::Db;
use crate::server::name::Name;
use crate::server::operators::account::{self, Account};
use crate::server::operators::{Actor, Role, link};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Invite somebody: prints a link to choose a password with, once.
    Add {
        name: String,
        #[arg(long, value_enum)]
        role: Role,
        #[command(flatten)]
        site: Site,
    },
    /// Show everybody.
    List,
    /// Give somebody another role.
    Role {
        name: String,
        #[arg(value_enum)]
        role: Role,
    },
    /// End somebody's password, second step, sessions and tokens; prints a link to choose a new password with, once.
    Reset {
        name: String,
        #[command(flatten)]
        site: Site,
    },
    /// Remove somebody with their sessions and tokens. What they did stays on record.
    Remove { name: String },
}

#[derive(Debug, clap::Args)]
pub struct Site {
    /// Where people reach this server.
    #[arg(long, default_value = "http://127.0.0.1:8443", value_name = "URL")]
    url: String,
}

impl Site {
    fn link(&self, token: &Secret) -> String {
        format!("{}/welcome/{}", self.url.trim_end_matches('/'), token.reveal())
    }
}

pub async fn run(db: &Db, command: Command, out: &mut impl Write) -> Result<(), Failure> {
    let actor = Actor::command_line();
    match command {
        Command::Add { name, role, site } => {
            let name = Name::parse(&name).map_err(|_| Failure::OperatorName(name))?;
            let link = account::invite(db, &actor, &name, role).await?;
            writeln!(out, "{}", site.link(&link.token))?;
            told_where();
        }
        Command::List => {
            for account in account::all(db, &actor).await? {
                writeln!(out, "{}", line(&account))?;
            }
        }
        Command::Role { name, role } => {
            let account = named(db, &actor, &name).await?;
            account::set_role(db, &actor, &account.id, role).await?;
            writeln!(out, "{} is now {role}", account.name)?;
        }
        Command::Reset { name, site } => {
            let account = named(db, &actor, &name).await?;
            let link = account::reset(db, &actor, &account.id).await?;
            writeln!(out, "{}", site.link(&link.token))?;
            told_where();
        }
        Command::Remove { name } => {
            let account = named(db, &actor, &name).await?;
            account::remove(db, &actor, &account.id).await?;
            writeln!(out, "removed {}", account.name)?;
        }
    }
    Ok(())
}

/// Beside the link, so that programs can read it alone.
fn told_where() {
    let hours = link::LIFE.as_secs() / 3600;
    eprintln!("the link is on standard output only; it lets whoever has it in, once, within {hours} hours");
}

fn line(account: &Account) -> String {
    let signed_in = match (&account.password_hash, account.signed_in_at) {
        (None, _) => "has a link to follow".into(),
        (Some(_), None) => "never signed in".into(),
        (Some(_), Some(at)) => format!("signed in {}", db::time(at)),
    };
    let second = if account.totp_sealed.is_some() { "second step" } else { "password only" };
    format!("{}  {}  {second}  {signed_in}", account.name, account.role())
}

async fn named(db: &Db, actor: &Actor, name: &str) -> Result<Account, Failure> {
    let mut known = account::all(db, actor).await?;
    if let Some(place) = known.iter().position(|account| account.is_named(name)) {
        return Ok(known.swap_remove(place));
    }
    let known = known.into_iter().map(|account| account.name).collect();
    Err(Failure::NoOperator { name: name.into(), known })
}
