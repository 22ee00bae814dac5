//! The operating system of a visitor, as far as the browser tells.

use crate::installer_name::Kind;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    Windows,
    Linux,
    Macos,
    /// The agent does not run there.
    Phone,
}

impl System {
    /// Where an installer of this kind runs.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Msi | Kind::Exe | Kind::Msix => Self::Windows,
            Kind::Deb | Kind::Rpm | Kind::AppImage | Kind::TarGz | Kind::Program => Self::Linux,
            Kind::Dmg | Kind::Pkg => Self::Macos,
        }
    }

    /// Reads a `User-Agent` header (RFC 9110 section 10.1.5). Only the order of the downloads depends on it.
    pub fn of_browser(agent: &str) -> Option<Self> {
        // Phones name a system of computers as well: Android says Linux, iOS says "like Mac OS X".
        let signs = [
            ("Android", Self::Phone),
            ("iPhone", Self::Phone),
            ("iPad", Self::Phone),
            ("Windows", Self::Windows),
            ("Macintosh", Self::Macos),
            ("Linux", Self::Linux),
        ];
        signs.into_iter().find(|(sign, _)| agent.contains(sign)).map(|(_, system)| system)
    }

    /// The name in the project's settings. The agent does not run on phones, so they have none there.
    pub fn in_settings(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Linux => "linux",
            Self::Macos => "macos",
            Self::Phone => "",
        }
    }

    pub fn of_settings(name: &str) -> Option<Self> {
        [Self::Windows, Self::Linux, Self::Macos].into_iter().find(|system| system.in_settings() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        for (agent, system) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0", Some(System::Windows)),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Some(System::Linux)),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15", Some(System::Macos)),
            ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/142.0 Mobile", Some(System::Phone)),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", Some(System::Phone)),
            ("curl/8", None),
        ] {
            assert_eq!(System::of_browser(agent), system, "{agent}");
        }
    }
}
