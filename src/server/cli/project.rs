//! `project`: create, set, delete, show.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::problem::ResponseCode;
use crate::server::cli::{Failure, order, project_named};
use crate::server::db::Db;
use crate::server::http::error::Refusal;
use crate::server::name::Name;
use crate::server::projects::cutover::When;
use jiff::Zoned;

use crate::server::installers::{Installers, link};
use crate::server::operators::Actor;
use crate::server::projects::{self, Settings, deletion};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a project.
    Create {
        name: String,
        /// Settings, JSON.
        #[arg(long, value_name = "PATH")]
        file: Option<PathBuf>,
    },
    /// Put the settings of a file in the place of a project's settings.
    Set {
        name: String,
        /// Settings, JSON.
        #[arg(long, value_name = "PATH")]
        file: PathBuf,
    },
    /// Give a project another activation code: the one before opens nothing any more, activated computers stay.
    RenewCode { name: String },
    /// Delete a project with its people, codes, mails and reports, for good. Its agents forget it when they next ask.
    Delete {
        name: String,
        /// Really; without it, only what would be deleted is shown.
        #[arg(long)]
        yes: bool,
    },
    /// Show a project's settings.
    Show {
        name: String,
        /// In the form that `project set` reads.
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(db: &Db, command: Command, installers: &Installers, out: &mut impl Write) -> Result<(), Failure> {
    match command {
        Command::Create { name, file } => {
            let (name, actor) = (Name::parse(&name)?, Actor::command_line());
            let mut settings = file.as_ref().map_or_else(|| Ok(Settings::default()), |file| read(file))?;
            let cutover = settings.cutover.take().map(|text| order::to_come(&text, false)).transpose()?;
            let made = projects::create(db, &actor, &name, &settings, cutover.as_ref().map(at)).await;
            made.map_err(|refusal| explained(refusal, &name, file))?;
            writeln!(out, "created {:?}", &*name)?;
            cutover.map_or(Ok(()), |time| order::tell(&name, &settings, &time, at(&time), out))
        }
        Command::Set { name, file } => {
            let before = project_named(db, &name).await?;
            let mut settings = read(&file)?;
            let cutover = settings.cutover.take().map(|text| order::time(&text)).transpose()?;
            // A cutover that is there already is not set anew: that would be a new order to everyone.
            let cutover = cutover.filter(|at| before.cutover.map(|known| known.at) != Some(at.timestamp()));
            if let Some(at) = &cutover {
                order::to_come(&at.to_string(), false)?;
            }
            let set = projects::set(db, &Actor::command_line(), &before, &settings, cutover.as_ref().map(at)).await;
            set.map_err(|refusal| explained(refusal, &name, Some(file)))?;
            writeln!(out, "changed {name:?}")?;
            cutover.map_or(Ok(()), |time| order::tell(&name, &settings, &time, at(&time), out))
        }
        Command::RenewCode { name } => {
            let project = project_named(db, &name).await?;
            Ok(writeln!(out, "{}", projects::renew_code(db, &Actor::command_line(), &project).await?)?)
        }
        Command::Delete { name, yes } => delete(db, &name, yes, out).await,
        Command::Show { name, json } => show(db, &name, json, installers, out).await,
    }
}

async fn delete(db: &Db, name: &str, yes: bool, out: &mut impl Write) -> Result<(), Failure> {
    let (project, actor) = (project_named(db, name).await?, Actor::command_line());
    let extent = deletion::preview_project(db, &actor, &project).await?;
    writeln!(out, "{name:?} has {extent}")?;
    if extent.waiting > 0 {
        writeln!(out, "{} devices have not moved yet, and will not be moved by Mailshift any more", extent.waiting)?;
    }
    if !yes {
        return Err(Failure::NotDeleted);
    }
    deletion::delete_project(db, &actor, &project, &project.name).await?;
    Ok(writeln!(out, "deleted {name:?}")?)
}

async fn show(db: &Db, name: &str, json: bool, installers: &Installers, out: &mut impl Write) -> Result<(), Failure> {
    let project = project_named(db, name).await?;
    let cutover = project.cutover.map(|cutover| order::local(cutover.at).to_string());
    let settings = Settings { cutover, ..project.settings.clone() };
    if json {
        let text = serde_json::to_string_pretty(&settings).map_err(crate::server::http::error::Refusal::from)?;
        return Ok(writeln!(out, "{text}")?);
    }
    writeln!(out, "project   {}", project.name)?;
    writeln!(out, "activate  {}", project.activation_code)?;
    for installer in installers.all().await {
        writeln!(out, "install   {}  sha256 {}", link::url(&project, installer.kind), installer.sha256)?;
    }
    writeln!(out, "cutover   {}", settings.cutover.as_deref().unwrap_or("not set"))?;
    writeln!(out, "start     {} min later, over {} min", settings.lead_minutes, settings.spread_minutes)?;
    for (label, server) in
        settings.account.iter().flat_map(|account| [("incoming", &account.incoming), ("outgoing", &account.outgoing)])
    {
        let (protocol, security) = (server.protocol.name(), server.security.name());
        writeln!(out, "{label}  {protocol} {}:{} {security} as {}", server.host, server.port, server.username)?;
    }
    if settings.account.is_none() {
        writeln!(out, "account   not set")?;
    }
    let smtp = settings.smtp.as_ref().map_or("not set".into(), |smtp| format!("{}:{}", smtp.host, smtp.port()));
    writeln!(out, "smtp      {smtp}")?;
    let directory = if settings.directory.is_some() { "takes new passwords" } else { "not set" };
    writeln!(out, "directory {directory}")?;
    Ok(())
}

fn at(time: &Zoned) -> When {
    When::At { at: time.timestamp(), at_once: false }
}

/// Names the project, or the file, that a refusal is about.
fn explained(refusal: Refusal, name: &str, file: Option<PathBuf>) -> Failure {
    match (refusal.code(), file) {
        (ResponseCode::NameTaken, _) => Failure::ProjectExists(name.into()),
        (ResponseCode::FieldFaults, Some(path)) => Failure::Settings { path, refusal },
        _ => refusal.into(),
    }
}

fn read(path: &Path) -> Result<Settings, Failure> {
    let file = |source| Failure::File { path: path.into(), source };
    let text = std::fs::read_to_string(path).map_err(file)?;
    let json = |source| Failure::Json { path: path.into(), source };
    let mut settings: Settings = serde_json::from_str(&text).map_err(json)?;
    let faults =
        projects::unread(&serde_json::from_str(&text).map_err(json)?, &serde_json::to_value(&settings).map_err(json)?);
    if let Some(authority) = settings.account.as_mut().and_then(|account| account.certificate_authority.as_mut())
        && !authority.contains("-----BEGIN")
    {
        let pem = path.parent().unwrap_or(Path::new("")).join(&*authority);
        *authority = std::fs::read_to_string(&pem).map_err(|source| Failure::File { path: pem, source })?;
    }
    if faults.is_empty() { Ok(settings) } else { Err(Failure::Settings { path: path.into(), refusal: faults.into() }) }
}
