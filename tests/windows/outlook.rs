//! An Office on the stage: a stand-in for Outlook, one for its MAPI provider, and old profiles in the registry. What they
//! do is told in small files in `C:\stage` (see the C sources in `fakes`).

use std::fs;
use std::io;
use std::path::Path;

use mailshift::demo::Error;

use super::stage::{Stage, Told};

/// Where Click-to-Run puts what belongs to Outlook.
const PROGRAM: &str = r"C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE";
const PROVIDER: &str =
    r"C:\Program Files\Microsoft Office\root\VFS\ProgramFilesCommonX64\system\msmapi\1033\msmapi32.dll";
/// Everything of a person's mail that Office keeps in the registry.
const MAIL_KEYS: [&str; 2] = [r"HKCU\Software\Microsoft\Office", r"HKCU\Software\Microsoft\Exchange"];

impl Stage {
    /// Installs an Outlook that a person has used: the profiles come from a file in `hives`.
    pub fn install_outlook(&self, hive: &str) -> Told {
        for (made, place) in [("OUTLOOK.EXE", PROGRAM), ("mapi.dll", PROVIDER)] {
            let place = self.wine.path(place);
            fs::create_dir_all(place.parent().expect("a folder of C:"))?;
            fs::copy(self.made.join(made), place)?;
        }
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/windows");
        self.wine.import(&sources.join("office.reg"))?;
        self.wine.import(&sources.join("hives").join(format!("{hive}.reg")))
    }

    /// Another program has taken the place of Outlook's MAPI provider, or nobody has.
    pub fn remove_provider(&self) -> Told {
        Ok(fs::remove_file(self.wine.path(PROVIDER))?)
    }

    /// What Outlook does from now on: `normal`, `sign-in`, `never`, `quits`, `draft`, `hangs`.
    pub fn outlook_is(&self, mode: &str) -> Told {
        self.order("outlook", mode)
    }

    /// Starts Outlook as the person would.
    pub fn start_outlook(&self, arguments: &[&str]) -> Told {
        self.wine.command(PROGRAM).args(arguments).spawn()?;
        Ok(())
    }

    /// What Outlook's MAPI provider does from now on: `fail 3`, `hang 3`, `crash 3` at the third call, `broken`.
    pub fn provider_is(&self, order: &str) -> Told {
        self.forget("mapi")?;
        self.order("mapi", order)
    }

    /// Lets the registry write with this number fail, counted from now on; 0 only counts.
    pub fn registry_fails_at(&self, number: usize) -> Told {
        self.forget("registry")?;
        self.order("registry", &format!("access {number}"))
    }

    /// What a part of the stage has written down: `outlook`, `mapi`, `registry`.
    pub fn noted(&self, part: &str) -> Vec<String> {
        let log = fs::read_to_string(self.file(part, "log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    pub fn forget(&self, part: &str) -> io::Result<()> {
        fs::write(self.file(part, "log"), "")
    }

    /// Everything of the person's mail in the registry, as text.
    pub fn mail_registry(&self) -> Result<String, Error> {
        MAIL_KEYS.iter().map(|key| self.wine.export(key)).collect()
    }

    fn order(&self, part: &str, order: &str) -> Told {
        Ok(fs::write(self.file(part, "txt"), order)?)
    }

    fn file(&self, part: &str, kind: &str) -> std::path::PathBuf {
        self.wine.path(r"C:\stage").join(format!("{part}.{kind}"))
    }
}
