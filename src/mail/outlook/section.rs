//! MAPI profile sections: keys named by 32 hexadecimal digits, whose values are MAPI properties, named by type and id of the
//! property tag in eight digits (`PR_…` names from the MAPI reference,
//! <https://learn.microsoft.com/office/client-developer/outlook/mapi/mapi-properties>).

use super::registry::{Hive, Key};

/// The address of an Exchange mailbox's section: `PR_PROFILE_USER_SMTP_EMAIL_ADDRESS`.
pub(super) fn mailbox(hive: &Hive, section: &Key) -> Option<String> {
    let named = text(hive, section, "6641")?;
    let named = named.trim();
    let named = named.strip_prefix('=').unwrap_or(named);
    let address = match named.split_at_checked("SMTP:".len()) {
        Some((prefix, address)) if prefix.eq_ignore_ascii_case("SMTP:") => address,
        _ => named,
    };
    address.contains('@').then(|| address.to_owned())
}

/// A text property by its id: UTF-16 (type 001F), or in the system's code page (type 001E), of which only ASCII is sure.
pub(super) fn text(hive: &Hive, section: &Key, id: &str) -> Option<String> {
    hive.text(section, &format!("001f{id}")).or_else(|| {
        let bytes = &hive.value(section, &format!("001e{id}"))?.bytes;
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        text.is_ascii().then(|| String::from_utf8_lossy(text).into_owned())
    })
}
