//! The scheme's class of this login
//! (<https://learn.microsoft.com/previous-versions/windows/internet-explorer/ie-developer/platform-apis/aa767914(v=vs.85)>).

use std::io;
use std::path::Path;

use winreg::RegKey;
use winreg::enums::HKEY_CURRENT_USER;

use crate::os::links;

pub fn register(program: &Path) -> io::Result<()> {
    register_below("Software\\Classes", program)
}

fn register_below(classes: &str, program: &Path) -> io::Result<()> {
    let program = program.to_str().ok_or(io::ErrorKind::InvalidInput)?;
    let (class, _) = RegKey::predef(HKEY_CURRENT_USER).create_subkey(format!("{classes}\\{}", links::SCHEME))?;
    class.set_value("", &"URL:Mailshift")?;
    // Its being there is what makes the class a scheme.
    class.set_value("URL Protocol", &"")?;
    let (command, _) = class.create_subkey(r"shell\open\command")?;
    // Whatever a link makes of the quotation marks, nothing in it is an option of ours.
    command.set_value("", &format!("\"{program}\" -- \"%1\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_starts_the_program_with_the_link_as_one_argument() {
        const OURS: &str = r"Software\Mailshift tests\links";
        let program = Path::new(r"C:\Users\Jürgen Groß\mailshift.exe");
        register_below(OURS, program).expect("written");
        register_below(OURS, program).expect("written again");
        let root = RegKey::predef(HKEY_CURRENT_USER);
        let class = root.open_subkey(format!(r"{OURS}\mailshift")).expect("made");
        assert_eq!(class.get_value::<String, _>("URL Protocol").expect("there"), "");
        let command: String =
            class.open_subkey(r"shell\open\command").and_then(|key| key.get_value("")).expect("there");
        assert_eq!(command, r#""C:\Users\Jürgen Groß\mailshift.exe" -- "%1""#);
        root.delete_subkey_all(OURS).expect("tidied up");
    }
}
