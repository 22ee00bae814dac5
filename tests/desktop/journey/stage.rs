//! Sets the stage for one story, and keeps a picture when it ends badly.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use mailshift::demo::Error;
use mailshift::demo::mail_server::{NEW_PASSWORD, OLD_ADDRESS};
use mailshift::demo::screen::Keyring;
use mailshift::demo::world::{Options, World, old_profile_hash};

/// Longest wait for something that should be there soon.
pub const SOON: Duration = Duration::from_secs(30);
/// Longest wait for a set-up to end.
pub const SET_UP: Duration = Duration::from_mins(2);

pub type Told = Result<(), Error>;

/// Plays a story in a world of its own. Whatever happens in it, the old profile keeps its bytes.
pub fn play(change: impl FnOnce(&mut Options), story: impl FnOnce(&mut World) -> Told) {
    let traced = Traced::new(change);
    let home = traced.world().screen.home().to_owned();
    let before = old_profile_hash(&home).expect("the old profile can be read");
    tell(traced, story);
    // The home outlives the world: nothing writes to it any more.
    assert_eq!(old_profile_hash(&home).expect("the old profile can be read"), before, "the old profile has changed");
    fs::remove_dir_all(home.parent().expect("a folder of the test")).expect("removed");
}

/// Plays a story at whose end the old profile is in use again, and so may change.
pub fn play_back(change: impl FnOnce(&mut Options), story: impl FnOnce(&mut World) -> Told) {
    let traced = Traced::new(change);
    let home = traced.world().screen.home().to_owned();
    tell(traced, story);
    fs::remove_dir_all(home.parent().expect("a folder of the test")).expect("removed");
}

fn tell(mut traced: Traced, story: impl FnOnce(&mut World) -> Told) {
    let told = story(traced.0.as_mut().expect("taken only at the end"));
    assert!(told.is_ok(), "{}", told.map_or_else(|error| error.to_string(), |()| String::new()));
    drop(traced.0.take());
}

/// A world that leaves a picture of how it ended when a test fails.
struct Traced(Option<World>);

impl Traced {
    fn new(change: impl FnOnce(&mut Options)) -> Self {
        let folder = folder();
        let _ = fs::remove_dir_all(&folder);
        let mut options = Options::beside(Path::new(env!("CARGO_BIN_EXE_mailshift")), &folder);
        options.server = env!("CARGO_BIN_EXE_mailshift-server").into();
        change(&mut options);
        Self(Some(World::start(options).expect("a world")))
    }

    fn world(&self) -> &World {
        self.0.as_ref().expect("taken only at the end")
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        if let Some(world) = &self.0 {
            world.leave_traces(&folder());
        }
    }
}

/// A folder of this test's own, kept when it fails.
fn folder() -> PathBuf {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("journey").replace("::", ".");
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The list of Thunderbird's profiles, byte for byte.
pub fn profiles_ini(world: &World) -> String {
    fs::read_to_string(thunderbird(world).join("profiles.ini")).expect("Thunderbird has been used")
}

/// Folder of the profile that the installed Thunderbird starts on.
pub fn default_profile(world: &World) -> PathBuf {
    let list = profiles_ini(world);
    let install = list.split("[Install").nth(1).expect("an installed Thunderbird");
    let default = install.lines().find_map(|line| line.strip_prefix("Default=")).expect("a default profile");
    thunderbird(world).join(default)
}

/// Whether a Thunderbird runs on this profile: it holds a lock there that names its process.
pub fn is_in_use(profile: &Path) -> bool {
    let Ok(lock) = fs::read_link(profile.join("lock")) else { return false };
    let lock = lock.to_string_lossy().into_owned();
    lock.rsplit_once('+').is_some_and(|(_, pid)| Path::new("/proc").join(pid).exists())
}

fn thunderbird(world: &World) -> PathBuf {
    world.screen.home().join(".thunderbird")
}

/// From the start of the agent until it waits for the move.
pub fn until_waiting(world: &mut World) -> Told {
    world.start_agent()?;
    world.enter_code(&world.invited_code()?)?;
    world.bind()
}

/// Until the person has only to type the password.
pub fn until_password(world: &mut World) -> Told {
    until_waiting(world)?;
    world.cut_over()?;
    world.continue_to_password()
}

/// Until "Set up my mail" has been pressed.
pub fn until_committed(world: &mut World) -> Told {
    until_password(world)?;
    world.type_password(NEW_PASSWORD)?;
    world.commit().map(drop)
}

/// The journey ended well: the server has the evidence.
pub fn is_complete(world: &World) -> Told {
    let evidence = world.confirmed()?;
    assert!(evidence.imap && evidence.smtp && evidence.default_profile, "{evidence:?}");
    assert!(evidence.first_sync_messages > 0, "{evidence:?}");
    Ok(())
}

/// What the server says of the person's stage.
pub fn stage(world: &World) -> Result<String, Error> {
    Ok(world.office.status(OLD_ADDRESS)?["stage"].as_str().unwrap_or_default().to_owned())
}

/// Names of all folders of profiles.
pub fn profiles(world: &World) -> Vec<String> {
    let entries = fs::read_dir(thunderbird(world)).expect("Thunderbird has been used").flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// From now on the directory takes its time, until the returned file exists.
pub fn slow_directory(world: &World) -> PathBuf {
    let (program, go_on) = (world.office.folder().join("directory.sh"), world.office.folder().join("go-on"));
    let script = fs::read_to_string(&program).expect("a directory");
    let wait = format!("#!/bin/sh\nuntil [ -e '{}' ]; do sleep 0.05; done\n", go_on.display());
    fs::write(&program, script.replacen("#!/bin/sh\n", &wait, 1)).expect("written");
    go_on
}

/// A keyring that is open, as on most desktops.
pub fn with_keyring(options: &mut Options) {
    options.screen.iter_mut().for_each(|screen| screen.keyring = Keyring::Unlocked);
}

/// What a second start of the agent prints and how it ends.
pub fn second_start(world: &World, arguments: &[&str]) -> Result<Output, Error> {
    let mut command = world.screen.command(world.agent_program())?;
    Ok(command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).output()?)
}

/// The one line of `mailshift status`.
pub fn status_line(world: &World) -> Result<String, Error> {
    Ok(String::from_utf8_lossy(&second_start(world, &["status"])?.stdout).trim_end().to_owned())
}

/// Every file below a folder, as text.
pub fn text_below(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() => {
                    let bytes = fs::read(&path).unwrap_or_default();
                    files.push((path, String::from_utf8_lossy(&bytes).into_owned()));
                }
                _ => {}
            }
        }
    }
    files
}
