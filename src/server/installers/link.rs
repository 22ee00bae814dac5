//! Where the installers of a project are downloaded.

use crate::code::ActivationCode;
use crate::installer_name::{InstallerName, Kind, Stem};
use crate::server::projects::Project;

/// Where installers are downloaded, below the server's address.
pub const PATH: &str = "/download";

/// The name of an installer of this project.
pub fn name(project: &Project, kind: Kind) -> InstallerName {
    let code = ActivationCode::parse(&project.activation_code);
    InstallerName { kind, stem: code.map(|code| Stem { code, server: project.settings.public_url.clone() }) }
}

/// The address without server.
pub fn path(name: &InstallerName) -> String {
    format!("{PATH}/{}", name.text())
}

/// The address of a project's installer; without server as long as the project has no public address.
pub fn url(project: &Project, kind: Kind) -> String {
    project.settings.origin().unwrap_or_default().to_owned() + &path(&name(project, kind))
}

/// One address for every system: it leads to the installer for whoever opens it. None without a public address.
pub fn url_for_everyone(project: &Project) -> Option<String> {
    let server = project.settings.origin()?;
    Some(format!("{server}{PATH}?code={}", project.activation_code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::projects::Settings;

    fn project(public_url: Option<&str>) -> Project {
        Project {
            id: "p".into(),
            name: "Example".into(),
            settings: Settings { public_url: public_url.map(ToOwned::to_owned), ..Settings::default() },
            activation_code: "ABCDEFGHJK".into(),
            cutover: None,
            ready_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_link_names_code_and_server() {
        let public = project(Some("https://m.example:8443/"));
        assert_eq!(url(&public, Kind::Msi), "https://m.example:8443/download/mailshift_ABCDEFGHJK_m.example_8443.msi");
        let everyone = url_for_everyone(&public);
        assert_eq!(everyone.as_deref(), Some("https://m.example:8443/download?code=ABCDEFGHJK"));
        let bare = project(None);
        assert_eq!(url(&bare, Kind::Program), "/download/mailshift_ABCDEFGHJK");
        assert_eq!(url_for_everyone(&bare), None);
    }
}
