//! Folders of a login.

use std::path::PathBuf;

use super::files;

/// Folders of this login. Tests and the demo make their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The person's home: mail clients keep their profiles below it.
    pub home: PathBuf,
    /// What the agent remembers: `state.json`, `journal.json`, logs.
    pub state: PathBuf,
    /// Settings an operator may place: `config.json`.
    pub config: PathBuf,
    /// Sockets and locks of this session.
    pub runtime: PathBuf,
}

impl Places {
    /// The folders the system has for this login, made (0700) where they are missing. None without a home, or when
    /// they cannot be made.
    pub fn of_this_login() -> Option<Self> {
        let base = directories::BaseDirs::new()?;
        let name = if cfg!(target_os = "linux") { "mailshift" } else { "Mailshift" };
        // Only Linux has a folder for state of its own; elsewhere it is the folder that does not roam.
        let state = base.state_dir().unwrap_or_else(|| base.data_local_dir()).join(name);
        let config = base.config_dir().join(name);
        // Without a session manager there is no runtime folder, or one that belongs to somebody else (after `su`).
        let runtime = base
            .runtime_dir()
            .map(|dir| dir.join(name))
            .filter(|dir| files::private_folder(dir).is_ok())
            .unwrap_or_else(|| state.join("run"));
        let places = Self { home: base.home_dir().to_owned(), state, config, runtime };
        places.make().ok()?;
        Some(places)
    }

    pub fn below(home: impl Into<PathBuf>) -> std::io::Result<Self> {
        let home = home.into();
        let places = Self {
            state: home.join(".local/state/mailshift"),
            config: home.join(".config/mailshift"),
            runtime: home.join("run/mailshift"),
            home,
        };
        places.make()?;
        Ok(places)
    }

    fn make(&self) -> std::io::Result<()> {
        [&self.state, &self.config, &self.runtime].into_iter().try_for_each(|dir| files::private_folder(dir))
    }
}
