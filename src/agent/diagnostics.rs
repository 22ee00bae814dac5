//! What a person can copy for the help desk. No secrets, no addresses beyond the masked one.

use std::fmt::Write;

use super::Agent;
use crate::account::masked;
use crate::os;

impl Agent {
    pub(super) fn diagnostics(&self) -> String {
        let state = &self.state;
        let mut out = String::new();
        let mut line = |name: &str, value: String| {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{name}: {value}");
        };
        line("Mailshift", env!("CARGO_PKG_VERSION").into());
        line("System", os::system().into());
        line("Server", state.server.clone().unwrap_or_default());
        line("Device", state.device_id.map(|id| id.to_string()).unwrap_or_default());
        line("Stage", format!("{:?}", state.stage));
        line("Order", state.acted_on.to_string());
        if let Some(directive) = &state.directive {
            line("Project", directive.project.name.clone());
            line("User", masked(&directive.user.new_address));
            line("Cutover", directive.project.cutover.map(|at| at.to_string()).unwrap_or_default());
        }
        if let Some(trouble) = &self.trouble {
            line("Trouble", format!("{} {trouble}", trouble.code().id()));
        }
        if let Some(kept) = self.kept {
            line("Token", format!("{kept:?}"));
        }
        for client in &self.inventory.clients {
            let default = client.default_profile.as_deref().unwrap_or("-");
            line("Mail client", format!("{} {} (default profile {default})", client.kind, client.version));
        }
        line("Reports not sent", state.outbox.len().to_string());
        line("Log", self.places.state.join("logs").display().to_string());
        out
    }
}
