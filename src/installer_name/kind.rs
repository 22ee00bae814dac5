//! The kinds of installers, told by the extension.

/// The name of an installer in the folder, without extension.
pub const STEM: &str = "mailshift";

/// In the order of preference for each system. No extension is a top-level domain
/// (<https://data.iana.org/TLD/tlds-alpha-by-domain.txt>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Msi,
    Exe,
    Msix,
    Deb,
    Rpm,
    AppImage,
    TarGz,
    /// The bare program for Linux, without extension.
    Program,
    Dmg,
    Pkg,
}

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::Msi,
        Self::Exe,
        Self::Msix,
        Self::Deb,
        Self::Rpm,
        Self::AppImage,
        Self::TarGz,
        Self::Program,
        Self::Dmg,
        Self::Pkg,
    ];

    /// With its dot; empty for the bare program.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Msi => ".msi",
            Self::Exe => ".exe",
            Self::Msix => ".msix",
            Self::Deb => ".deb",
            Self::Rpm => ".rpm",
            Self::AppImage => ".AppImage",
            Self::TarGz => ".tar.gz",
            Self::Program => "",
            Self::Dmg => ".dmg",
            Self::Pkg => ".pkg",
        }
    }

    /// In links and for programs.
    pub fn id(self) -> &'static str {
        match self {
            Self::AppImage => "appimage",
            Self::Program => "program",
            other => other.extension().trim_start_matches('.'),
        }
    }

    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.id().eq_ignore_ascii_case(id))
    }

    /// Media types: the registered ones (<https://www.iana.org/assignments/media-types/>) where there is one, else what
    /// the freedesktop shared-mime-info database calls the file.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Msi => "application/x-msi",
            Self::Exe => "application/vnd.microsoft.portable-executable",
            Self::Msix => "application/msix",
            Self::Deb => "application/vnd.debian.binary-package",
            Self::Rpm => "application/x-rpm",
            Self::AppImage => "application/vnd.appimage",
            Self::TarGz => "application/gzip",
            Self::Program | Self::Pkg => "application/octet-stream",
            Self::Dmg => "application/x-apple-diskimage",
        }
    }
}

/// A file name without its extension, and the kind that the extension says. None for extensions alone.
pub fn split(name: &str) -> Option<(&str, Kind)> {
    let of_kind = |kind: Kind| {
        let stem = before(name, kind.extension()).filter(|stem| !stem.is_empty())?;
        Some((stem, kind))
    };
    let extended = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Program).find_map(of_kind);
    extended.or_else(|| of_kind(Kind::Program))
}

/// What stands before this end of a name, whose case does not matter. None when it ends otherwise.
fn before<'a>(name: &'a str, end: &str) -> Option<&'a str> {
    let (rest, its_end) = name.split_at_checked(name.len().checked_sub(end.len())?)?;
    its_end.eq_ignore_ascii_case(end).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_extension_and_its_id() {
        for kind in Kind::ALL {
            let name = STEM.to_owned() + kind.extension();
            assert_eq!(split(&name), Some((STEM, kind)));
            assert_eq!(Kind::of_id(kind.id()), Some(kind));
        }
    }

    #[test]
    fn the_last_extension_counts_in_any_case() {
        for (name, read) in [
            ("Mailshift.MSI", Some(("Mailshift", Kind::Msi))),
            ("mailshift.appimage", Some(("mailshift", Kind::AppImage))),
            ("mailshift.exe.tar.gz", Some(("mailshift.exe", Kind::TarGz))),
            ("mailshift", Some(("mailshift", Kind::Program))),
            ("mailshift.txt", Some(("mailshift.txt", Kind::Program))),
            ("ö.exe", Some(("ö", Kind::Exe))),
            (".msi", Some((".msi", Kind::Program))),
            ("", None),
        ] {
            assert_eq!(split(name), read, "{name}");
        }
    }
}
