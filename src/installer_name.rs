//! The file name of an installer as it is downloaded: `mailshift_ABCDEFGHJK_move.example.org.msi`. The server writes and reads
//! it, and the agent reads the name of the file that it was installed from.

mod kind;
mod stem;

pub use kind::{Kind, STEM, split};
pub use stem::Stem;

/// A name that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallerName {
    pub kind: Kind,
    /// None: as it lies in the folder, without code.
    pub stem: Option<Stem>,
}

impl InstallerName {
    /// Reads a name that [`Self::text`] writes, in any case; none other, so that a link cannot smuggle words of its own
    /// into a name.
    pub fn parse(name: &str) -> Option<Self> {
        let (stem, kind) = split(name)?;
        let read = Self { kind, stem: Stem::parse(stem) };
        read.text().eq_ignore_ascii_case(name).then_some(read)
    }

    pub fn text(&self) -> String {
        self.stem.as_ref().map_or_else(|| STEM.to_owned(), Stem::text) + self.kind.extension()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::ActivationCode;

    #[test]
    fn what_is_written_is_read_back() {
        for server in [None, Some("https://m.example"), Some("https://m.example:8443")] {
            let code = ActivationCode::parse("ABCDEFGHJK").expect("a code");
            let stem = Stem { code, server: server.map(ToOwned::to_owned) };
            for kind in Kind::ALL {
                let name = InstallerName { kind, stem: Some(stem.clone()) };
                assert_eq!(InstallerName::parse(&name.text()), Some(name.clone()));
                assert_eq!(InstallerName::parse(&name.text().to_lowercase()), Some(name));
            }
        }
        assert_eq!(InstallerName::parse("mailshift.msi"), Some(InstallerName { kind: Kind::Msi, stem: None }));
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
            assert_eq!(InstallerName::parse(name), None, "{name}");
        }
    }
}
