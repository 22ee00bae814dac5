//! A certificate authority of our own and a certificate for `localhost`, by the `openssl` program.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Writes `ca.pem`, `ca.key`, `server.pem` and `server.key`, valid for 30 days.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    let extensions =
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n";
    fs::write(folder.join("extensions"), extensions)?;
    openssl(
        folder,
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -subj /CN=Demo\u{a0}mail\u{a0}CA \
         -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign",
    )?;
    openssl(folder, "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost")?;
    openssl(
        folder,
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile extensions -out server.pem",
    )
}

/// `arguments` are separated by plain spaces; a hard space stands for one inside an argument.
fn openssl(folder: &Path, arguments: &str) -> io::Result<()> {
    let arguments = arguments.split_ascii_whitespace().map(|argument| argument.replace('\u{a0}', " "));
    let output = Command::new("openssl").args(arguments).current_dir(folder).stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("openssl: {}", String::from_utf8_lossy(&output.stderr))))
}
