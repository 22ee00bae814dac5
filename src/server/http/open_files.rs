//! How many files and connections the operating system lets this process hold open.

/// Raises the limit to the highest that the system allows without more rights, and says what it is; none where there
/// is no such limit to ask for.
pub fn raise() -> Option<u64> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let raised = Rlimit { current: maximum, maximum };
        if current != maximum && setrlimit(Resource::Nofile, raised).is_err() {
            return current;
        }
        maximum
    }
    #[cfg(not(unix))]
    None
}
