//! What an administrator or the person has placed in `config.json`, for one login or for every login of a computer.

use std::path::Path;

use serde::Deserialize;

use super::Error;
use crate::code::ActivationCode;
use crate::os::{self, Places};
use crate::problem::ResponseCode;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Configuration {
    pub(super) server: Option<String>,
    /// The project's activation code, for a new installation.
    activation: Option<String>,
}

impl Configuration {
    pub(super) fn activation(&self) -> Result<Option<ActivationCode>, Error> {
        let Some(code) = &self.activation else { return Ok(None) };
        let code = ActivationCode::parse(code).ok_or(Error::Activation)?;
        Ok(Some(code))
    }
}

/// The login's own file goes before the computer's. What anybody but an administrator can write for every login is not
/// believed.
pub(super) fn read(places: &Places) -> Result<Configuration, Error> {
    let own = of_folder(&places.config)?;
    let machine = os::machine_settings();
    let machine = if is_believed(&machine) { of_folder(&machine)? } else { Configuration::default() };
    Ok(Configuration { server: own.server.or(machine.server), activation: own.activation.or(machine.activation) })
}

fn is_believed(folder: &Path) -> bool {
    let file = folder.join(NAME);
    if !file.exists() {
        return true;
    }
    let believed = [folder, &file].into_iter().all(os::is_administrators_only);
    if !believed {
        tracing::error!(path = %file.display(), code = ResponseCode::SettingsUnsafe.id(), "others than administrators can change it: not used");
    }
    believed
}

const NAME: &str = "config.json";
/// Some editors begin a file with it.
const MARK: &[u8] = b"\xef\xbb\xbf";

fn of_folder(folder: &Path) -> Result<Configuration, Error> {
    let path = folder.join(NAME);
    let refuse = |reason: String| Error::Configuration { path: path.display().to_string(), reason };
    match std::fs::read(&path) {
        Ok(bytes) => {
            let bytes = bytes.strip_prefix(MARK).unwrap_or(&bytes);
            // By way of an object: a list would pass for settings with every field missing.
            let object = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(bytes);
            let read = object.and_then(|object| serde_json::from_value(object.into()));
            read.map_err(|error| refuse(error.to_string()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Configuration::default()),
        Err(error) => Err(refuse(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_any_editor_is_read_and_a_broken_one_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |bytes: &[u8]| std::fs::write(folder.path().join(NAME), bytes).expect("written");
        write(b"\xef\xbb\xbf{\"server\": \"https://m.example\"}");
        assert_eq!(of_folder(folder.path()).expect("read").server.as_deref(), Some("https://m.example"));
        for broken in [&b"{"[..], b"[]", b"{\"server\": 1}", b"\xff\xfe{\0}\0"] {
            write(broken);
            let error = of_folder(folder.path()).expect_err("broken");
            assert!(error.to_string().contains(NAME) && error.exit_code() == 2, "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn settings_for_every_login_that_anybody_can_write_are_not_believed() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        assert!(is_believed(folder.path()), "there is nothing to believe");
        let file = folder.path().join(NAME);
        std::fs::write(&file, "{}").expect("written");
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).expect("owned");
        assert_eq!(is_believed(folder.path()), rustix::process::getuid().is_root());
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o757)).expect("owned");
        assert!(!is_believed(folder.path()));
    }
}
