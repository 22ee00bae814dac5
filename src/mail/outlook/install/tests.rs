use super::super::registry::Value;
use super::*;

/// A registry with these texts.
fn noted_as(texts: &[(Key, &str, &str)]) -> Hive {
    let mut hive = Hive::default();
    for (key, name, text) in texts {
        hive.insert(key, name, Value::sz(text));
    }
    hive
}

/// Every program is there, 64-bit, and says nothing of its version.
#[expect(clippy::unnecessary_wraps, reason = "stands for a look that may find nothing")]
fn silent(path: &Path) -> Option<Program> {
    Some(Program { path: path.into(), architecture: Architecture::X64, version: None })
}

#[test]
fn nothing_noted_is_nothing_found() {
    assert_eq!(find(&Hive::default(), &silent), []);
    let empty = noted_as(&[(Key::machine(APP_PATH), "", ""), (Key::machine(CLICK_TO_RUN), "InstallationPath", " ")]);
    assert_eq!(find(&empty, &silent), []);
}

#[test]
fn what_is_noted_and_gone_is_not_found() {
    let hive = noted_as(&[(Key::machine(APP_PATH), "", r"C:\Office16\OUTLOOK.EXE")]);
    assert_eq!(find(&hive, &|_| None), []);
    assert_eq!(find(&hive, &silent).len(), 1);
}

#[test]
fn any_one_note_is_enough() {
    let root = install_root("15.0");
    let notes = [
        (Key::machine32(APP_PATH), "", r#""C:\Office\Office15\OUTLOOK.EXE""#, r"C:\Office\Office15\OUTLOOK.EXE"),
        (Key::machine(&root), "Path", r"C:\Office\Office15\", r"C:\Office\Office15\OUTLOOK.EXE"),
        (Key::machine(CLICK_TO_RUN), "InstallationPath", r"C:\Office", r"C:\Office\root\Office16\OUTLOOK.EXE"),
        (Key::machine(CLICK_TO_RUN_2013), "InstallationPath", r"C:\Office", r"C:\Office\root\Office15\OUTLOOK.EXE"),
    ];
    for (key, name, text, program) in notes {
        let installs = find(&noted_as(&[(key, name, text)]), &silent);
        let programs: Vec<_> = installs.iter().map(|install| install.program.as_path()).collect();
        assert_eq!(programs, [Path::new(program)]);
    }
}

#[test]
fn one_program_under_two_names_is_one_installation() {
    let hive = noted_as(&[
        (Key::machine(APP_PATH), "", r"C:\PROGRA~1\Office16\OUTLOOK.EXE"),
        (Key::machine32(APP_PATH), "", r"c:\program files\office16\outlook.exe"),
        (Key::machine(install_root("16.0")), "Path", r"C:\Program Files\Office16"),
        (Key::machine(install_root("15.0")), "Path", r"D:\Office15"),
    ]);
    let long = |path: &Path| silent(Path::new(&path.to_str()?.replace("PROGRA~1", "Program Files")));
    let programs: Vec<_> = find(&hive, &long).into_iter().map(|install| install.program).collect();
    assert_eq!(programs, [r"C:\Program Files\Office16\OUTLOOK.EXE", r"D:\Office15\OUTLOOK.EXE"].map(PathBuf::from));
}

#[test]
fn the_release_is_told_by_the_folder_then_by_the_version() {
    let installed = |path: &str, version: Option<&str>| {
        let look = |path: &Path| {
            let version = version.map(str::to_owned);
            Some(Program { path: path.into(), architecture: Architecture::X86, version })
        };
        let install = find(&noted_as(&[(Key::machine(APP_PATH), "", path)]), &look).remove(0);
        (install.release, install.version)
    };
    let told = |release: &str, version: &str| (release.to_owned(), version.to_owned());
    assert_eq!(installed(r"C:\Office15\OUTLOOK.EXE", None), told("15.0", "15.0"));
    assert_eq!(installed(r"C:\Mail\OUTLOOK.EXE", Some("15.0.5603.1000")), told("15.0", "15.0.5603.1000"));
    assert_eq!(installed(r"C:\Mail\OUTLOOK.EXE", None), told("16.0", "16.0"));
    assert_eq!(installed("OUTLOOK.EXE", Some("one")), told("16.0", "one"));
}

#[test]
fn a_channel_is_named_and_an_unknown_source_stays_as_it_is() {
    assert_eq!(channel("http://officecdn.microsoft.com/pr/7983BAC0-E531-40CF-BE00-FD24FE66619C"), "PerpetualVL2024");
    assert_eq!(channel(r"\\server\office"), r"\\server\office");
}
