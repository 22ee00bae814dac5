//! How types that agents know too look in the `OpenAPI` document, of which they know nothing: for each, one with the same
//! fields. A test compares them.
#![allow(dead_code)] // described only, never made
#![allow(clippy::struct_field_names)] // the names are those of the document

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The new account. Host and user name may hold `%EMAILADDRESS%`, `%EMAILLOCALPART%`, `%EMAILDOMAIN%` and `%REALNAME%`.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    incoming: Server,
    outgoing: Server,
    /// PEM of the organisation's own certificate authority.
    certificate_authority: Option<String>,
    /// The same mailbox on an Exchange server.
    exchange: Option<Exchange>,
}

/// A mail server.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Server {
    protocol: Protocol,
    #[schema(example = "imap.%EMAILDOMAIN%")]
    host: String,
    #[schema(minimum = 1, maximum = 65535)]
    port: u16,
    security: Security,
    authentication: Authentication,
    #[schema(example = "%EMAILADDRESS%")]
    username: String,
}

/// Of the incoming server `imap` or `pop3`, of the outgoing one `smtp`.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    Imap,
    Pop3,
    Smtp,
}

/// Encrypted from the first byte, or after a start in the clear.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    Tls,
    StartTls,
}

/// A password, or a sign-in in the mail program's own window.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Authentication {
    Password,
    OAuth2,
}

/// A mailbox on an Exchange server, Microsoft 365 or the organisation's own.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Exchange {
    #[schema(example = "%EMAILADDRESS%")]
    address: String,
    /// The organisation's directory already gives people their new addresses.
    directory_has_moved: bool,
    /// What the organisation's network says of the old server is to be ignored.
    leaves_own_exchange: bool,
}

impl Default for Exchange {
    fn default() -> Self {
        Self { address: "%EMAILADDRESS%".into(), directory_has_moved: false, leaves_own_exchange: false }
    }
}

/// Where a secret comes from: the first line of a file of the server's computer, or a variable of its environment.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SecretSource {
    File(String),
    Env(String),
}

/// How the wizard looks.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Brand {
    /// Accent colour.
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$")]
    colour: Option<String>,
}

/// Whom people ask.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Helpdesk {
    name: String,
    email: String,
    phone: String,
}

/// How to set the mail program up by hand, step by step.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Article {
    title: String,
    url: String,
}

/// What people may do with the password of the new mailbox.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordPolicy {
    /// Needs a directory.
    may_create: bool,
    /// Which choice is made at first.
    prefer_create: bool,
    rules: PasswordRules,
    /// To the mail program's own store; else the mail program asks once.
    hand_over: bool,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { may_create: false, prefer_create: false, rules: PasswordRules::default(), hand_over: true }
    }
}

/// What a new password must have.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordRules {
    min_length: u8,
    upper_and_lower: bool,
    digit: bool,
    symbol: bool,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self { min_length: 10, upper_and_lower: false, digit: false, symbol: false }
    }
}

/// The oldest version of a mail client that works with the new account.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MinimumVersion {
    /// `thunderbird`, `outlook`, `new-outlook`
    client: String,
    /// First parts of the versions that this is about; empty for all.
    release: String,
    /// `click-to-run` or `msi`; empty for both.
    installation: String,
    version: String,
    /// What to install, in words.
    install: String,
}

/// What a computer has.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Inventory {
    clients: Vec<InstalledClient>,
    /// Room on the disk that holds the mail clients' data, in bytes.
    free_disk: Option<u64>,
    rehearsal: Option<Rehearsal>,
}

/// The set-up, planned without changing anything.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rehearsal {
    at: Timestamp,
    /// What would have stopped it.
    stopped_by: Option<Finding>,
}

/// A mail client.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InstalledClient {
    /// `thunderbird`, `outlook`, `new-outlook`
    kind: String,
    version: String,
    profiles: Vec<String>,
    default_profile: Option<String>,
    running: bool,
    /// Path of the program.
    program: String,
    /// `x86`, `x64` or `arm64`; empty when unknown.
    architecture: String,
    /// `click-to-run`, `msi`, `store`; empty when unknown.
    installation: String,
    /// Update channel of a Click-to-Run installation.
    channel: String,
    accounts: Vec<KnownAccount>,
    data_files: Vec<DataFile>,
    /// What would stop or disturb a set-up.
    findings: Vec<Finding>,
}

/// An account that a profile holds.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KnownAccount {
    profile: String,
    /// `exchange`, `imap`, `pop3`, `activesync`, `ldap`; empty when unknown.
    kind: String,
    address: String,
}

/// A file in which a profile keeps mail.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DataFile {
    profile: String,
    path: String,
    /// `pst`: the person's own. `ost`: a copy of a mailbox.
    kind: String,
    /// In bytes; null when the file is not there.
    size: Option<u64>,
}

/// Something that would stop or disturb a set-up.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// A response code of `/api/codes`.
    code: String,
    /// The exact setting, version or path.
    detail: String,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};
    use utoipa::PartialSchema;

    use super::*;
    use crate::{account, protocol};

    /// `sample` has every field. What is described has each of them, and no other.
    fn alike<Described: DeserializeOwned + PartialSchema>(sample: &impl Serialize) {
        let told = serde_json::to_value(sample).expect("JSON");
        serde_json::from_value::<Described>(told.clone()).map(|_| ()).expect("each field is described");
        let described = serde_json::to_value(Described::schema()).expect("JSON");
        let names = |value: &Value| value.as_object().expect("fields").keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(names(&told), names(&described["properties"]));
    }

    /// What is left out means the same.
    fn starts_alike<Described: Default + Serialize>(usual: &impl Serialize) {
        let fields = |value: Value| {
            let fields = value.as_object().expect("fields").clone();
            fields.into_iter().filter(|(_, value)| !value.is_null()).collect::<Vec<_>>()
        };
        let described = serde_json::to_value(Described::default()).expect("JSON");
        assert_eq!(fields(serde_json::to_value(usual).expect("JSON")), fields(described));
    }

    #[test]
    fn what_is_left_out_means_the_same() {
        starts_alike::<Exchange>(&account::Exchange::by_address());
        starts_alike::<Brand>(&protocol::Brand::default());
        starts_alike::<Helpdesk>(&protocol::Helpdesk::default());
        starts_alike::<PasswordPolicy>(&protocol::PasswordPolicy::default());
        starts_alike::<PasswordRules>(&protocol::PasswordRules::default());
        starts_alike::<MinimumVersion>(&protocol::MinimumVersion::default());
        starts_alike::<Inventory>(&protocol::Inventory::default());
        starts_alike::<InstalledClient>(&protocol::InstalledClient::default());
        starts_alike::<KnownAccount>(&protocol::KnownAccount::default());
        starts_alike::<DataFile>(&protocol::DataFile::default());
    }

    #[test]
    fn what_is_described_has_the_same_fields() {
        let account: account::Account = serde_json::from_value(json!({
            "incoming": {"protocol": "pop3", "host": "a", "port": 995, "security": "tls", "authentication": "password",
                         "username": "u"},
            "outgoing": {"protocol": "smtp", "host": "a", "port": 587, "security": "starttls", "authentication": "oauth2",
                         "username": "u"},
            "certificate_authority": "PEM", "exchange": {}}))
        .expect("an account");
        alike::<Account>(&account);
        alike::<Server>(&account.incoming);
        alike::<Exchange>(&account.exchange);
        for source in [json!({"file": "/etc/x"}), json!({"env": "X"})] {
            serde_json::from_value::<crate::server::SecretSource>(source.clone()).expect("a source");
            serde_json::from_value::<SecretSource>(source).map(|_| ()).expect("the same");
        }
        alike::<Brand>(&protocol::Brand { colour: Some("#AA3366".into()) });
        alike::<Helpdesk>(&protocol::Helpdesk::default());
        alike::<Article>(&protocol::Article { title: String::new(), url: String::new() });
        alike::<PasswordPolicy>(&protocol::PasswordPolicy::default());
        alike::<PasswordRules>(&protocol::PasswordRules::default());
        alike::<MinimumVersion>(&protocol::MinimumVersion::default());
        let file = protocol::DataFile { size: Some(1), ..protocol::DataFile::default() };
        let finding = protocol::Finding { code: crate::problem::ResponseCode::ClientStayedOpen, detail: String::new() };
        let rehearsal = protocol::Rehearsal { at: Timestamp::UNIX_EPOCH, stopped_by: Some(finding.clone()) };
        let client = protocol::InstalledClient {
            default_profile: Some(String::new()),
            accounts: vec![protocol::KnownAccount::default()],
            data_files: vec![file.clone()],
            findings: vec![finding.clone()],
            ..protocol::InstalledClient::default()
        };
        alike::<DataFile>(&file);
        alike::<Finding>(&finding);
        alike::<Rehearsal>(&rehearsal);
        alike::<KnownAccount>(&protocol::KnownAccount::default());
        alike::<InstalledClient>(&client);
        let inventory = protocol::Inventory { clients: vec![client], free_disk: Some(1), rehearsal: Some(rehearsal) };
        alike::<Inventory>(&inventory);
    }
}
