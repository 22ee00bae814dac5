//! The connector that starts a program.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use zeroize::Zeroizing;

use crate::server::projects::directory::{Change, DirectoryError};

/// How long a program may take.
const LIMIT: Duration = Duration::from_secs(30);
/// What programs get of our environment: the rest may hold secrets of the server.
const ENVIRONMENT: [&str; 6] = ["PATH", "HOME", "LANG", "SystemRoot", "TEMP", "TMPDIR"];

pub async fn run(arguments: &[String], change: &Change<'_>) -> Result<(), DirectoryError> {
    run_within(LIMIT, arguments, change).await
}

async fn run_within(limit: Duration, arguments: &[String], change: &Change<'_>) -> Result<(), DirectoryError> {
    let (program, rest) = arguments.split_first().ok_or(DirectoryError::NoCommand)?;
    let environment = ENVIRONMENT.iter().filter_map(|name| std::env::var_os(name).map(|value| (name, value)));
    let mut child = Command::new(program)
        .args(rest.iter().map(|argument| filled_in(argument, change)))
        .env_clear()
        .envs(environment)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|source| DirectoryError::Start { program: program.clone(), source })?;
    let finished = async {
        if let Some(mut input) = child.stdin.take() {
            let line = Zeroizing::new(format!("{}\n", change.new_password.reveal()));
            match input.write_all(line.as_bytes()).await {
                // A program that ends without reading is judged by its exit status.
                Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
                written => {
                    written.map_err(|source| DirectoryError::Input { program: program.clone(), source })?;
                }
            }
        }
        child.wait().await.map_err(|source| DirectoryError::Start { program: program.clone(), source })
    };
    let status = tokio::time::timeout(limit, finished).await.map_err(|_| DirectoryError::TimeLimit)??;
    if status.success() { Ok(()) } else { Err(DirectoryError::Status { program: program.clone(), status }) }
}

fn filled_in(argument: &str, change: &Change<'_>) -> String {
    argument
        .replace("%EMAILADDRESS%", &change.user.new_address)
        .replace("%OLDADDRESS%", &change.user.old_address)
        .replace("%LOGIN%", &change.user.login)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use crate::server::projects::users::User;

    async fn ran(limit: Duration, arguments: &[&str]) -> Result<(), DirectoryError> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let (user, new_password) = (User::sample(), Secret::new("new secret 42"));
        run_within(limit, &arguments, &Change { user: &user, new_password: &new_password }).await
    }

    #[tokio::test]
    async fn the_password_comes_on_standard_input_and_only_there() {
        let script = r#"read -r p; [ "$p" = "new secret 42" ] && [ "$1 $2" = "anna@new.example anna" ]"#;
        let outcome = ran(LIMIT, &["sh", "-c", script, "sh", "%EMAILADDRESS%", "%LOGIN%"]).await;
        assert!(outcome.is_ok(), "{outcome:?}");
    }

    #[tokio::test]
    async fn a_refusal_a_missing_program_and_a_slow_one_are_told_apart() {
        assert!(matches!(ran(LIMIT, &["sh", "-c", "cat; exit 3"]).await, Err(DirectoryError::Status { .. })));
        assert!(matches!(ran(LIMIT, &["/nowhere/program"]).await, Err(DirectoryError::Start { .. })));
        assert!(matches!(ran(LIMIT, &[]).await, Err(DirectoryError::NoCommand)));
        let slow = ran(Duration::from_millis(50), &["sleep", "30"]).await;
        assert!(matches!(slow, Err(DirectoryError::TimeLimit)));
    }
}
