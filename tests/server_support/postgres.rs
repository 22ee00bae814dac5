//! A `PostgreSQL` of our own, shared by all tests that run at the same time: the first one starts it, and it ends when
//! nobody has used it for a while. Each test has a database of its own.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where Debian has the programs of each version.
const VERSIONS: &str = "/usr/lib/postgresql";
/// What the server calls its socket.
const SOCKET: &str = ".s.PGSQL.5432";
/// Held while the cluster is started or ended.
const START: &str = "start.lock";
/// Held, together with others, as long as the cluster is used.
const USERS: &str = "users.lock";
/// Ends the cluster when nobody uses it.
const WATCHDOG: &str = r#"
while sleep 10; do
  exec 8<"$1/start.lock" 9<"$1/users.lock"
  if flock -w 60 8 && flock -n 9; then
    "$2/pg_ctl" -D "$1/data" -m immediate stop
    rm -rf "$1/data"
    exit
  fi
  exec 8<&- 9<&-
done"#;

/// A new, empty database, removed with this value.
pub struct Database {
    name: String,
    cluster: Cluster,
}

impl Database {
    pub fn new() -> Self {
        let database = Self { name: format!("t{}", uuid::Uuid::new_v4().simple()), cluster: Cluster::join() };
        database.cluster.client("createdb", &[&database.name]);
        database
    }

    pub fn url(&self) -> String {
        self.url_at(&self.cluster.folder)
    }

    /// The same through a socket in another folder.
    pub fn url_at(&self, folder: &Path) -> String {
        format!("postgres://postgres@localhost/{}?host={}", self.name, folder.display())
    }

    /// The socket of the server.
    pub fn socket(&self) -> PathBuf {
        self.cluster.folder.join(SOCKET)
    }

    /// Its address for a user who needs this password.
    pub fn guarded(&self, password: &str) -> String {
        let name = &self.name;
        let rules = self.cluster.folder.join("data/pg_hba.conf");
        let old = std::fs::read_to_string(&rules).expect("the rules");
        // The first rule that fits counts (PostgreSQL documentation, "The pg_hba.conf File").
        std::fs::write(&rules, format!("local {name} {name} scram-sha-256\n{old}")).expect("a rule");
        self.ask(&format!(
            "DO $$ BEGIN CREATE ROLE {name} LOGIN PASSWORD '{password}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
             ALTER SCHEMA public OWNER TO {name}; GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}; SELECT pg_reload_conf()"
        ));
        format!("postgres://{name}@localhost/{name}?host={}", self.cluster.folder.display())
    }

    /// Asks it something as its administrator.
    pub fn ask(&self, statement: &str) -> String {
        let answer = self.cluster.client("psql", &["-qAt", "-v", "ON_ERROR_STOP=1", "-c", statement, &self.name]);
        String::from_utf8(answer).expect("text").trim().to_owned()
    }

    /// Runs a script in it, such as [`Self::script`] gives.
    pub fn load(&self, script: &Path) {
        let script = script.to_string_lossy();
        self.cluster.client("psql", &["-q", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1", "-f", &script, &self.name]);
    }

    /// A script that makes all that is in it, row by row.
    pub fn script(&self) -> String {
        let dump = self.cluster.client("pg_dump", &["--column-inserts", "--no-owner", "--no-privileges", &self.name]);
        String::from_utf8(dump).expect("text")
    }

    /// Everything that is in it, as text.
    pub fn dump(&self) -> Vec<u8> {
        self.cluster.client("pg_dump", &["--inserts", &self.name])
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.cluster.client("dropdb", &["--force", &self.name]);
        }
    }
}

struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    /// Locked as long as this process uses the cluster.
    _user: File,
}

impl Cluster {
    fn join() -> Self {
        let programs = programs();
        let folder = std::env::temp_dir().join(format!("mailshift-postgres-{}", user_id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let [start, user] = [START, USERS].map(|name| File::create(folder.join(name)).expect("a lock file"));
        start.lock().expect("locked");
        if !succeeds(as_owner(&programs.join("pg_ctl")).args(["status", "-D"]).arg(folder.join("data"))) {
            begin(&programs, &folder);
        }
        user.lock_shared().expect("locked");
        Self { folder, programs, _user: user }
    }

    fn client(&self, program: &str, arguments: &[&str]) -> Vec<u8> {
        let mut command = Command::new(self.programs.join(program));
        let output = command.arg("-h").arg(&self.folder).args(["-U", "postgres"]).args(arguments).output();
        let output = output.expect("the program starts");
        assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }
}

/// Makes the cluster anew and starts it and its watchdog.
#[expect(clippy::zombie_processes, reason = "the watchdog outlives this process")]
fn begin(programs: &Path, folder: &Path) {
    let data = folder.join("data");
    if data.exists() {
        std::fs::remove_dir_all(&data).expect("what a killed cluster has left is removed");
    }
    if is_root() {
        assert!(succeeds(Command::new("chown").arg("postgres").arg(folder)), "given to its user");
    }
    let mut initdb = as_owner(&programs.join("initdb"));
    initdb.args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "-D"]).arg(&data);
    assert!(succeeds(&mut initdb), "a cluster is made");
    let options = format!(
        "-c listen_addresses='' -c unix_socket_directories='{}' -c max_connections=300 -c fsync=off",
        folder.display()
    );
    let mut start = as_owner(&programs.join("pg_ctl"));
    start.arg("-D").arg(&data).arg("-l").arg(data.join("log")).args(["-o", &options, "start"]);
    assert!(succeeds(&mut start), "the cluster starts");
    let mut watchdog = as_owner(Path::new("sh"));
    watchdog.args(["-c", WATCHDOG, "sh"]).arg(folder).arg(programs).process_group(0);
    silent(&mut watchdog).spawn().expect("a watchdog");
}

/// The newest programs.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir(VERSIONS).expect("PostgreSQL is installed: make setup");
    let folders = versions.filter_map(Result::ok).map(|entry| entry.path().join("bin"));
    folders.filter(|folder| folder.join("initdb").exists()).max().expect("PostgreSQL is installed: make setup")
}

/// `PostgreSQL` refuses to be run by root.
fn as_owner(program: &Path) -> Command {
    let mut command = if is_root() { Command::new("runuser") } else { Command::new(program) };
    if is_root() {
        command.args(["-u", "postgres", "--"]).arg(program);
    }
    command.current_dir("/");
    command
}

fn is_root() -> bool {
    user_id() == 0
}

fn user_id() -> u32 {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").expect("this process"))
}

fn silent(command: &mut Command) -> &mut Command {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null())
}

fn succeeds(command: &mut Command) -> bool {
    silent(command).status().expect("the program starts").success()
}
