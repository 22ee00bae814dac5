//! An Office on the stage: a stand-in for Outlook, one for its MAPI provider, and old profiles in the registry. What they
//! do is told in small files in `C:\stage` (see the C sources in `fakes`).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use mailshift::demo::Error;
use mailshift::demo::screen::wait;

use super::stage::{SOON, Stage, Told};

/// Where Click-to-Run puts what belongs to Outlook.
const PROGRAM: &str = r"C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE";
const PROVIDER: &str =
    r"C:\Program Files\Microsoft Office\root\VFS\ProgramFilesCommonX64\system\msmapi\1033\msmapi32.dll";
/// Everything of a person's mail that Office keeps in the registry.
const MAIL_KEYS: [&str; 2] = [r"HKCU\Software\Microsoft\Office", r"HKCU\Software\Microsoft\Exchange"];

/// Everything of the person's that a sample brings.
const PERSON_KEYS: [&str; 5] = [
    MAIL_KEYS[0],
    MAIL_KEYS[1],
    r"HKCU\Software\Policies\Microsoft",
    r"HKCU\Software\Microsoft\Windows NT\CurrentVersion\Windows Messaging Subsystem",
    r"HKCU\Software\Classes\Local Settings",
];

/// The folder of the files that make a Windows with Outlook.
pub fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/windows")
}

impl Stage {
    /// Installs an Outlook.
    pub fn install_outlook(&self) -> Told {
        for (made, place) in [("OUTLOOK.EXE", PROGRAM), ("mapi.dll", PROVIDER)] {
            let place = self.wine.path(place);
            fs::create_dir_all(place.parent().expect("a folder of C:"))?;
            fs::copy(self.made.join(made), place)?;
        }
        self.wine.import(&fs::read_to_string(sources().join("office.reg"))?)
    }

    /// Gives the person the profiles in a registry file, and no others.
    pub fn person_has(&self, file: &str) -> Told {
        let text = fs::read_to_string(sources().join(file))?;
        for key in PERSON_KEYS {
            // Not every sample has them all.
            let _ = self.wine.run("reg", &["delete", key, "/f"])?;
        }
        // The computer's own part is `office.reg`: it fits the stand-in's file.
        let (head, sections) = text.split_once("\n[").unwrap_or((&text, ""));
        let sections = sections.split("\n[").filter(|section| section.starts_with("HKEY_CURRENT_USER"));
        let own: String = sections.map(|section| format!("\n[{section}")).collect();
        self.wine.import(&format!("{head}{own}"))
    }

    /// Another program has taken the place of Outlook's MAPI provider, or nobody has.
    pub fn remove_provider(&self) -> Told {
        Ok(fs::remove_file(self.wine.path(PROVIDER))?)
    }

    /// Outlook's program file says that it is for 32-bit x86, as its header does it ("PE Format": the machine word follows
    /// the signature, whose place is at 0x3C). It cannot be started any more.
    pub fn outlook_is_of_32_bits(&self) -> Told {
        const I386: [u8; 2] = 0x014C_u16.to_le_bytes();
        let file = self.wine.path(PROGRAM);
        let mut bytes = fs::read(&file)?;
        let place = bytes[0x3C..].first_chunk().map_or(0, |place| u32::from_le_bytes(*place) as usize) + 4;
        bytes[place..place + 2].copy_from_slice(&I386);
        Ok(fs::write(&file, bytes)?)
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

    /// Waits until Outlook shows this mailbox and has nothing more to do.
    pub fn wait_for_outlook(&self, address: &str) -> Told {
        let title = format!("Inbox - {address} - Outlook");
        wait("Outlook", SOON, || self.screen.window(&title))?;
        let ready = ["nothing to set up", "account"];
        wait("Outlook to be ready", SOON, || {
            self.noted("outlook").last().filter(|line| ready.contains(&line.as_str())).map(drop)
        })?;
        Ok(())
    }

    /// What Outlook's MAPI provider does from now on: `fail 3`, `hang 3`, `crash 3` at the third call, `broken`.
    pub fn provider_is(&self, order: &str) -> Told {
        self.forget("mapi")?;
        self.order("mapi", order)
    }

    /// From now on a call of the provider's that waits goes on.
    pub fn wake_provider(&self) -> Told {
        self.order("wake", "up")
    }

    /// The process that makes the registry write with this number ends just before it, counted from now on.
    pub fn registry_kills_at(&self, number: usize) -> Told {
        self.forget("registry")?;
        self.order("registry", &format!("kill {number}"))
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

    fn file(&self, part: &str, kind: &str) -> PathBuf {
        self.wine.path(r"C:\stage").join(format!("{part}.{kind}"))
    }
}
