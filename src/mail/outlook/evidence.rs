//! What proves that Outlook works on the new profile: its own account list holds the new address, and the file that
//! keeps the account's mail is there. Both are written by Outlook itself, after it has signed in.

use std::path::Path;
use std::time::{Duration, Instant};

use tokio::process::Child;

use super::install::Install;
use super::profile::{AccountKind, DataFileKind, Profile};
use super::receipt::Receipt;
use super::{CLIENT, look, process, profile};
use crate::mail::context::Context;
use crate::mail::{Error, Progress, Step, script};
use crate::protocol::Evidence;

/// How long Outlook may take to run; usually it takes 3 s.
const START_LIMIT: Duration = Duration::from_secs(90);
/// Outlook that needs nobody has found its mailbox by then; from then on the person is told that it waits for them.
const SILENT_SIGN_IN: Duration = Duration::from_secs(15);
/// How long the person has to sign in. A prompt that nobody answers ends the set-up, which can be started again.
const SIGN_IN_LIMIT: Duration = Duration::from_mins(10);
/// Outlook ends and starts again by itself once, for instance after an update of its settings.
const RESTART_LIMIT: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(300);

/// How far Outlook has come with the new profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Arrival {
    /// Outlook has not listed the account: it waits for a sign-in, or has only begun.
    NoAccount,
    /// The account is listed; the file for its mail is not there yet.
    NoStore,
    Complete,
}

/// Starts Outlook (unless it runs) and waits until it has set the account up.
pub(super) fn collect(install: &Install, receipt: &Receipt, context: &Context<'_>) -> Result<Evidence, Error> {
    let Context { inbox_messages, host, progress, stop } = *context;
    progress(Progress::Started(Step::StartClient));
    let child = match process::running() {
        Some(_) => None,
        None => Some(process::start(&install.program, &arguments(receipt), host)?),
    };
    until_running(install, child, stop)?;
    progress(Progress::Finished(Step::StartClient));
    progress(Progress::Started(Step::CheckArrival));
    until_arrived(install, receipt, progress, stop)?;
    progress(Progress::Finished(Step::CheckArrival));
    let signed_in = inbox_messages.is_some();
    let (account, store) = (true, true);
    Ok(Evidence { imap: signed_in, smtp: signed_in, default_profile: true, first_sync_messages: 0, account, store })
}

/// How Outlook is started on the new profile. Only a start without switches imports a file.
fn arguments(receipt: &Receipt) -> Vec<&str> {
    if receipt.import.is_some() { Vec::new() } else { vec!["/profile", &receipt.profile] }
}

fn until_running(install: &Install, mut child: Option<Child>, stop: &dyn Fn() -> bool) -> Result<(), Error> {
    let began = Instant::now();
    let not_started = |reason: String| Error::NotStarted { program: install.program.clone(), reason };
    while process::running().is_none() {
        if stop() {
            return Err(Error::Interrupted);
        }
        if let Some(Ok(Some(status))) = child.as_mut().map(Child::try_wait)
            && !status.success()
        {
            return Err(not_started(status.to_string()));
        }
        if began.elapsed() > START_LIMIT {
            return Err(not_started("not running in time".into()));
        }
        script::pause(LOOK);
    }
    Ok(())
}

fn until_arrived(
    install: &Install,
    receipt: &Receipt,
    progress: &dyn Fn(Progress),
    stop: &dyn Fn() -> bool,
) -> Result<(), Error> {
    let began = Instant::now();
    let (mut person_is_asked, mut gone_since) = (false, None);
    loop {
        let arrival = look_for(install, receipt)?;
        if arrival == Some(Arrival::Complete) {
            return Ok(());
        }
        if stop() {
            return Err(Error::Interrupted);
        }
        match process::running() {
            Some(_) => gone_since = None,
            None if gone_since.get_or_insert_with(Instant::now).elapsed() > RESTART_LIMIT => {
                return Err(Error::NoAccount { client: CLIENT.into(), address: receipt.address.clone() });
            }
            None => {}
        }
        if began.elapsed() > SIGN_IN_LIMIT {
            return Err(Error::NotSignedIn { client: CLIENT.into(), minutes: SIGN_IN_LIMIT.as_secs() / 60 });
        }
        if !person_is_asked && began.elapsed() > SILENT_SIGN_IN {
            tracing::info!(?arrival, "the person is needed in Outlook");
            person_is_asked = true;
            progress(Progress::WaitingForSignIn);
        }
        script::pause(LOOK);
    }
}

/// None as long as the new profile is not the default one.
fn look_for(install: &Install, receipt: &Receipt) -> Result<Option<Arrival>, Error> {
    let (root, hive) = (install.root(), look::read(&look::keys(install))?);
    let default = profile::default_profile(&hive, &root);
    let ours = |name: &String| name.eq_ignore_ascii_case(&receipt.profile);
    if !default.as_ref().is_some_and(ours) {
        return Ok(None);
    }
    let profiles = profile::profiles(&hive, &root);
    let found = profiles.iter().find(|profile| ours(&profile.name));
    let filled = |path: &Path| path.metadata().is_ok_and(|file| file.len() > 0);
    Ok(found.map(|found| arrival(found, &receipt.address, filled)))
}

fn arrival(profile: &Profile, address: &str, filled: impl Fn(&Path) -> bool) -> Arrival {
    let Some(account) = profile.accounts.iter().find(|account| account.address.eq_ignore_ascii_case(address)) else {
        return Arrival::NoAccount;
    };
    // POP mail goes to a file of the person's own, all other mail is a copy of the mailbox.
    let kind = if account.kind == AccountKind::Pop3 { DataFileKind::Pst } else { DataFileKind::Ost };
    let mut stores = profile.data_files.iter().filter(|file| file.kind == kind);
    if stores.any(|file| filled(&file.path)) { Arrival::Complete } else { Arrival::NoStore }
}

#[cfg(test)]
mod tests {
    use super::profile::{Account, DataFile};
    use super::*;

    #[test]
    fn outlook_has_arrived_when_the_account_and_its_file_are_there() {
        let account = |kind, address: &str| Account {
            kind,
            address: address.into(),
            name: address.into(),
            incoming: None,
            new_signature: None,
            reply_signature: None,
        };
        let mut profile = Profile { name: "new".into(), ..Profile::default() };
        let judged = |profile: &Profile, filled| arrival(profile, "Anna@new.example", |_| filled);
        assert_eq!(judged(&profile, true), Arrival::NoAccount);
        profile.accounts.push(account(AccountKind::Exchange, "anna@old.example"));
        assert_eq!(judged(&profile, true), Arrival::NoAccount);
        profile.accounts.push(account(AccountKind::Exchange, "anna@NEW.example"));
        assert_eq!(judged(&profile, true), Arrival::NoStore);
        profile.data_files.push(DataFile { path: "archive.pst".into(), kind: DataFileKind::Pst });
        assert_eq!(judged(&profile, true), Arrival::NoStore, "the file of the old mail is no proof");
        profile.data_files.push(DataFile { path: "anna.ost".into(), kind: DataFileKind::Ost });
        assert_eq!(judged(&profile, false), Arrival::NoStore);
        assert_eq!(judged(&profile, true), Arrival::Complete);
        profile.accounts = vec![account(AccountKind::Pop3, "anna@new.example")];
        profile.data_files.pop();
        assert_eq!(judged(&profile, true), Arrival::Complete);
    }
}
