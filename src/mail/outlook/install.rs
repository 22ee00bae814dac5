//! Where classic Outlook is installed, as its installers note it: the program's path ("App Paths",
//! <https://learn.microsoft.com/windows/win32/shell/app-registration>), the folder an MSI installation notes
//! (`Outlook\InstallRoot`), and the configuration of Click-to-Run
//! (<https://learn.microsoft.com/microsoft-365-apps/updates/overview-update-channels> names its values).

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub(in crate::mail) use super::program::Architecture;
use super::program::Program;
use super::registry::{Hive, Key};
use super::version;

/// One installation of classic Outlook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) struct Install {
    /// Full path of `OUTLOOK.EXE`.
    pub program: PathBuf,
    /// `16.0.17932.20130`; only `16.0` when nothing says more.
    pub version: String,
    /// `15.0` or `16.0`: the name of its key below `Software\Microsoft\Office`. (`14.0` and older are found too: to be
    /// reported as too old.)
    pub release: String,
    pub architecture: Architecture,
    pub installation: Installation,
    /// Update channel in the words of the Office Deployment Tool; empty when there is none.
    pub channel: String,
}

/// How Office came to this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::mail) enum Installation {
    ClickToRun,
    Msi,
}

impl Installation {
    /// As it travels in the inventory.
    pub fn id(self) -> &'static str {
        match self {
            Self::ClickToRun => "click-to-run",
            Self::Msi => "msi",
        }
    }
}

impl Install {
    /// The person's own settings: `HKCU\Software\Microsoft\Office\<release>\Outlook`.
    pub fn root(&self) -> Key {
        Key::user(format!(r"Software\Microsoft\Office\{}\Outlook", self.release))
    }
}

/// Releases that note where they are, the newest first.
const RELEASES: [&str; 3] = [NEWEST, "15.0", "14.0"];
/// Outlook 2016, and all since.
const NEWEST: &str = "16.0";

const APP_PATH: &str = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\OUTLOOK.EXE";
const CLICK_TO_RUN: &str = r"SOFTWARE\Microsoft\Office\ClickToRun\Configuration";
const CLICK_TO_RUN_2013: &str = r"SOFTWARE\Microsoft\Office\15.0\ClickToRun\Configuration";

fn install_root(release: &str) -> String {
    format!(r"SOFTWARE\Microsoft\Office\{release}\Outlook\InstallRoot")
}

/// Both views of a key: 32-bit programs register in one of their own.
fn views(path: &str) -> [Key; 2] {
    [Key::machine(path), Key::machine32(path)]
}

/// What has to be read for [`find`].
pub(super) fn keys() -> Vec<Key> {
    let paths = [APP_PATH, CLICK_TO_RUN, CLICK_TO_RUN_2013].map(String::from);
    let paths = paths.into_iter().chain(RELEASES.map(install_root));
    paths.flat_map(|path| views(&path)).collect()
}

/// Every classic Outlook, the one that opens by name first. `look` opens a program; `None` when the file is not there:
/// uninstalled programs often stay registered.
pub(super) fn find(hive: &Hive, look: &dyn Fn(&Path) -> Option<Program>) -> Vec<Install> {
    let mut installs: Vec<Install> = Vec::new();
    for program in noted(hive).iter().filter_map(|path| look(Path::new(path))) {
        let install = described(hive, program);
        if installs.iter().all(|known| !same(&known.program, &install.program)) {
            installs.push(install);
        }
    }
    installs
}

/// Every path that an installer noted.
fn noted(hive: &Hive) -> Vec<String> {
    let text = |key: &Key, name: &str| {
        let text = hive.text(key, name)?;
        let text = text.trim().trim_matches('"').trim_end_matches('\\');
        (!text.is_empty()).then(|| text.to_owned())
    };
    let named = views(APP_PATH).into_iter().filter_map(|key| text(&key, ""));
    let click_to_run = [(CLICK_TO_RUN, "Office16"), (CLICK_TO_RUN_2013, "Office15")].into_iter().flat_map(
        |(configuration, folder)| {
            let folders = views(configuration).into_iter().filter_map(|key| text(&key, "InstallationPath"));
            folders.map(move |path| format!(r"{path}\root\{folder}\OUTLOOK.EXE"))
        },
    );
    let roots = RELEASES.iter().flat_map(|release| views(&install_root(release)));
    let msi = roots.filter_map(|key| text(&key, "Path")).map(|path| format!(r"{path}\OUTLOOK.EXE"));
    named.chain(click_to_run).chain(msi).collect()
}

fn same(one: &Path, other: &Path) -> bool {
    one.to_string_lossy().to_lowercase() == other.to_string_lossy().to_lowercase()
}

fn described(hive: &Hive, program: Program) -> Install {
    let folder = Folder::of(&program.path);
    let configuration = folder.click_to_run().and_then(|path| views(path).into_iter().find(|key| hive.has(key)));
    let configured = |name: &str| configuration.as_ref().and_then(|key| hive.text(key, name));
    let reported = configured("VersionToReport").filter(|version| version::numbers(version).len() > 1);
    let told = reported.or(program.version);
    let release = folder.release().or_else(|| told.as_deref().and_then(release)).unwrap_or_else(|| NEWEST.into());
    let version = told.unwrap_or_else(|| release.clone());
    let source = configured("UpdateChannel").or_else(|| configured("CDNBaseUrl"));
    Install {
        version,
        release,
        architecture: program.architecture,
        installation: if configuration.is_some() { Installation::ClickToRun } else { Installation::Msi },
        channel: source.map(|url| channel(&url)).unwrap_or_default(),
        program: program.path,
    }
}

/// The first two numbers of a version.
fn release(version: &str) -> Option<String> {
    let numbers = version::numbers(version);
    numbers.first_chunk::<2>().map(|[major, minor]| format!("{major}.{minor}"))
}

/// What the names of a program's folders tell: `…\root\Office16\OUTLOOK.EXE` came by Click-to-Run.
struct Folder {
    /// `16` of `Office16`.
    number: Option<u32>,
    in_root: bool,
}

impl Folder {
    fn of(program: &Path) -> Self {
        let path = program.to_string_lossy().to_lowercase();
        let mut folders = path.rsplit(['\\', '/']).skip(1);
        let number = folders.next().and_then(|name| name.strip_prefix("office")?.parse().ok());
        Self { number, in_root: folders.next() == Some("root") }
    }

    fn release(&self) -> Option<String> {
        self.number.map(|number| format!("{number}.0"))
    }

    /// Where the configuration of Click-to-Run is.
    fn click_to_run(&self) -> Option<&'static str> {
        self.in_root.then_some(if self.number == Some(15) { CLICK_TO_RUN_2013 } else { CLICK_TO_RUN })
    }
}

/// Name of the update channel behind an address of Microsoft's content network; other addresses stay as they are.
fn channel(url: &str) -> String {
    const CHANNELS: [(&str, &str); 9] = [
        ("492350f6-3a01-4f97-b9c0-c7c6ddf67d60", "Current"),
        ("64256afe-f5d9-4f86-8936-8840a6a4f5be", "CurrentPreview"),
        ("55336b82-a18d-4dd6-b5f6-9e5095c314a6", "MonthlyEnterprise"),
        ("7ffbc6bf-bc32-4f92-8982-f9dd17fd3114", "SemiAnnual"),
        ("b8f9b850-328d-4355-9145-c59439a0c4cf", "SemiAnnualPreview"),
        ("5440fd1f-7ecb-4221-8110-145efaa6372f", "BetaChannel"),
        ("f2e724c1-748f-4b47-8fb8-8e0d210e9208", "PerpetualVL2019"),
        ("5030841d-c919-4594-8d2d-84ae4f96e58e", "PerpetualVL2021"),
        ("7983bac0-e531-40cf-be00-fd24fe66619c", "PerpetualVL2024"),
    ];
    let lower = url.to_lowercase();
    let known = CHANNELS.iter().find(|(id, _)| lower.contains(id));
    known.map_or_else(|| url.to_owned(), |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests;
