//! A Windows of a test's own: a copy of the prefix that `.config/wine` made.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use mailshift::demo::Error;
use mailshift::demo::screen::Session;

/// Where the tested program lies.
const PROGRAM: &str = r"C:\Program Files\Mailshift\mailshift.exe";
/// Programs of the agent's own, below the folder of the login.
pub const OWN_PROGRAMS: &str = "AppData/Local/Mailshift/bin";
/// The tested program finds these beside itself instead of Wine's own.
const OVERRIDES: &str = "mscoree=;mshtml=;winemenubuilder.exe=;shell32=n,b;advapi32=n,b";

/// A Windows that nothing else uses. Its processes end with it.
#[derive(Debug)]
pub struct Wine {
    prefix: PathBuf,
    /// How the session reaches its screen.
    environment: Vec<(String, String)>,
}

impl Wine {
    /// Copies what `.config/wine` made and installs the program file.
    pub fn install(made: &Path, prefix: &Path, program: &Path, session: &Session) -> io::Result<Self> {
        copy(&made.join("prefix"), prefix, false)?;
        let wine = Self { prefix: prefix.to_owned(), environment: session.environment().to_vec() };
        let place = wine.path(PROGRAM);
        let folder = place.parent().expect("a folder of C:");
        fs::create_dir_all(folder)?;
        link(program, &place)?;
        copy(&made.join("beside"), folder, true)?;
        // Where the program puts its workers.
        copy(&made.join("beside"), &wine.profile().join(OWN_PROGRAMS), true)?;
        Ok(wine)
    }

    /// Where a path of this Windows lies.
    pub fn path(&self, windows: &str) -> PathBuf {
        let below = windows.strip_prefix(r"C:\").expect("on drive C:");
        // Windows does not mind the case of letters; what Wine has made is written so.
        let below = below.replace('\\', "/").replacen("Users/", "users/", 1);
        self.prefix.join("drive_c").join(below)
    }

    /// The folder of the login.
    pub fn profile(&self) -> PathBuf {
        let login =
            self.environment.iter().find(|(name, _)| name == "USER").map_or("root", |(_, value)| value.as_str());
        self.prefix.join("drive_c/users").join(login)
    }

    /// A program of this Windows, or one of Wine's, by name. What it prints is not kept.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("wine");
        command.arg(program).env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.env("WINEPREFIX", &self.prefix).env("WINEARCH", "win64").env("WINEDEBUG", "-all");
        command.env("WINEDLLOVERRIDES", OVERRIDES).env("LC_ALL", "C.UTF-8");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Where the tested program lies.
    pub fn program_file(&self) -> PathBuf {
        self.path(PROGRAM)
    }

    /// The tested program.
    pub fn program(&self) -> Command {
        self.command(PROGRAM)
    }

    /// Runs a program of Wine's to its end.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<Output, Error> {
        Ok(self.command(program).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).output()?)
    }

    /// Imports what a registry file says.
    pub fn import(&self, text: &str) -> Result<(), Error> {
        // As `regedit` writes it: UTF-16 with a byte order mark.
        let text = format!("\u{feff}{}", text.replace("\r\n", "\n").replace('\n', "\r\n"));
        let file = self.path(r"C:\stage\import.reg");
        fs::write(&file, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())?;
        let output = self.run("reg", &["import", &from_outside(&file)])?;
        if output.status.success() {
            return Ok(());
        }
        Err(Error::Otherwise(format!("not imported: {}", String::from_utf8_lossy(&output.stderr))))
    }

    /// Everything below a key as text, sorted as Wine sorts it. Empty when there is no such key.
    pub fn export(&self, key: &str) -> Result<String, Error> {
        let file = self.path(r"C:\stage").join("export.reg");
        let _ = fs::remove_file(&file);
        let exported = self.run("reg", &["export", key, &from_outside(&file), "/y"])?;
        if !exported.status.success() {
            return Ok(String::new());
        }
        let bytes = fs::read(&file)?;
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)).collect();
        Ok(String::from_utf16_lossy(&units))
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        let mut end = Command::new("wineserver");
        end.env("WINEPREFIX", &self.prefix).stdout(Stdio::null()).stderr(Stdio::null());
        let _ = end.arg("-k").status();
    }
}

/// A path outside of drive C:, as Windows programs see it.
fn from_outside(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', r"\")
}

/// Copies a folder. What is below `windows` is linked: a second name for the same file costs nothing, and nobody writes
/// into a system file.
fn copy(from: &Path, to: &Path, linked: bool) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_symlink() {
            symlink(fs::read_link(&source)?, &target)?;
        } else if kind.is_dir() {
            copy(&source, &target, linked || entry.file_name() == "windows")?;
        } else if linked {
            link(&source, &target)?;
        } else {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

/// Links a file, or copies it when it lies on another disk.
fn link(source: &Path, target: &Path) -> io::Result<()> {
    fs::hard_link(source, target).or_else(|_| fs::copy(source, target).map(drop))
}
