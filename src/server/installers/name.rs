//! The names under which installers are downloaded, and the links to them.

use crate::code::{ActivationCode, FileName};
use crate::server::installers::kind::{self, Kind};
use crate::server::projects::Project;

/// Where installers are downloaded, below the server's address.
pub const PATH: &str = "/download";

/// A name that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub kind: Kind,
    /// None: as it lies in the folder, without code.
    pub file: Option<FileName>,
}

impl Name {
    /// The name of an installer of this project.
    pub fn of(project: &Project, kind: Kind) -> Self {
        let code = ActivationCode::parse(&project.activation_code);
        Self { kind, file: code.map(|code| FileName { code, server: project.settings.public_url.clone() }) }
    }

    /// Reads a name that [`Self::text`] writes, in any case; none other, so that a link cannot smuggle words of its own
    /// into a name.
    pub fn parse(name: &str) -> Option<Self> {
        let (stem, kind) = kind::split(name)?;
        let read = Self { kind, file: FileName::parse(stem) };
        read.text().eq_ignore_ascii_case(name).then_some(read)
    }

    pub fn text(&self) -> String {
        let stem = self.file.as_ref().map_or_else(|| kind::STEM.to_owned(), FileName::stem);
        stem + self.kind.extension()
    }

    /// The address without server.
    pub fn path(&self) -> String {
        format!("{PATH}/{}", self.text())
    }
}

/// The address of a project's installer; without server as long as the project has no public address.
pub fn url(project: &Project, kind: Kind) -> String {
    project.settings.origin().unwrap_or_default().to_owned() + &Name::of(project, kind).path()
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

    #[test]
    fn what_is_written_is_read_back() {
        for public_url in [None, Some("https://m.example"), Some("https://m.example:8443")] {
            for kind in Kind::ALL {
                let name = Name::of(&project(public_url), kind);
                assert_eq!(Name::parse(&name.text()), Some(name.clone()));
                assert_eq!(Name::parse(&name.text().to_lowercase()), Some(name));
            }
        }
        assert_eq!(Name::parse("mailshift.msi"), Some(Name { kind: Kind::Msi, file: None }));
    }

    #[test]
    fn no_other_name_is_read() {
        for name in [
            "",
            ".msi",
            "..",
            "setup.msi",
            "mailshift.txt",
            "mailshift_ABCDEFGHJ.msi",
            "mailshift_ABCDEFGHJK (1).msi",
            "mailshift_ABCDEFGHJK (call +1 555 0100).msi",
            "mailshift_ABCDEFGHJK.exe.msi",
            "mailshift_ABCDEFGHJK_m.example/../x.msi",
            "../mailshift.msi",
            "mailshift_ABCDEFGHJK\r\nX-Header: y.msi",
            "mailshift_ABCDEFGHJK\".msi",
        ] {
            assert_eq!(Name::parse(name), None, "{name}");
        }
    }
}
