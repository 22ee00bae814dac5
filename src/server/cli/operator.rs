//! `operator`: who may use the dashboard and the API.

use std::io::Write;

use clap::Subcommand;

use crate::secret::Secret;
use crate::server::cli::Failure;
use crate::server::db;
use crate::server::db::Db;
use crate::server::operation::Operation;
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
            let mut tx = Operation::begin(db, &actor, Role::Operator).await?;
            let id = account::create(&mut tx, &name, role).await?;
            let token = link::for_operator(&mut tx, &id).await?;
            tx.record(None, "operator.invite", name.trim(), role.name()).await?;
            tx.commit().await?;
            writeln!(out, "{}", site.link(&token))?;
            told_where();
        }
        Command::List => {
            for account in account::all(db.pool()).await? {
                writeln!(out, "{}", line(&account))?;
            }
        }
        Command::Role { name, role } => {
            let account = named(db, &name).await?;
            let mut tx = Operation::begin(db, &actor, Role::Operator).await?;
            account::set_role(&mut tx, &account.id, role).await?;
            tx.record(None, "operator.role", &account.name, role.name()).await?;
            tx.commit().await?;
            writeln!(out, "{} is now {role}", account.name)?;
        }
        Command::Reset { name, site } => {
            let account = named(db, &name).await?;
            let mut tx = Operation::begin(db, &actor, Role::Operator).await?;
            let token = link::reset(&mut tx, &account.id).await?;
            tx.record(None, "operator.reset", &account.name, "").await?;
            tx.commit().await?;
            writeln!(out, "{}", site.link(&token))?;
            told_where();
        }
        Command::Remove { name } => {
            let account = named(db, &name).await?;
            let mut tx = Operation::begin(db, &actor, Role::Operator).await?;
            account::remove(&mut tx, &account.id).await?;
            tx.record(None, "operator.remove", &account.name, "").await?;
            tx.commit().await?;
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

async fn named(db: &Db, name: &str) -> Result<Account, Failure> {
    if let Some(account) = account::named(db.pool(), name).await? {
        return Ok(account);
    }
    let known = account::all(db.pool()).await?.into_iter().map(|account| account.name).collect();
    Err(Failure::NoOperator { name: name.into(), known })
}
