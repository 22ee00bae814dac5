//! From the fields of the form to settings, and back to what was typed when they cannot be settings.

use serde_json::{Map, Value, json};

use crate::server::dashboard::settings::field::{GROUPS, Kind, Spec};

/// What a new account usually has (RFC 8314 section 3.3: both ports are encrypted from the first byte).
const USUAL: [(&str, &str); 10] = [
    ("account.incoming.protocol", "imap"),
    ("account.incoming.port", "993"),
    ("account.incoming.security", "tls"),
    ("account.incoming.authentication", "password"),
    ("account.incoming.username", "%EMAILADDRESS%"),
    ("account.outgoing.port", "465"),
    ("account.outgoing.security", "tls"),
    ("account.outgoing.authentication", "password"),
    ("account.outgoing.username", "%EMAILADDRESS%"),
    ("account.outgoing.protocol", "smtp"),
];

/// What came out of a form.
pub struct Read {
    /// To be read as settings.
    pub settings: Value,
    /// The same with every field as it was typed.
    pub typed: Value,
    /// Paths of fields that are not what they should be.
    pub wrong: Vec<String>,
}

/// The values to show for settings: an account that is not there yet comes with what is usual.
pub fn offered(mut values: Value) -> Value {
    if at(&values, "account").is_none() {
        for (path, usual) in USUAL {
            put(&mut values, path, usual.into());
        }
    }
    values
}

/// The port of a protocol with its security (RFC 8314 section 7, IANA's registry of service names).
fn usual_port(settings: &Value, section: &str) -> u16 {
    let text = |name: &str| at(settings, &format!("{section}.{name}")).and_then(Value::as_str).unwrap_or_default();
    let protocol = if section == "account.outgoing" { "smtp" } else { text("protocol") };
    match (protocol, text("security")) {
        ("smtp", "starttls") => 587,
        ("smtp", _) => 465,
        ("pop3", "starttls") => 110,
        ("pop3", _) => 995,
        (_, "starttls") => 143,
        _ => 993,
    }
}

/// Settings with those fields in their place that are given and can be read.
pub fn laid_over(mut settings: Value, given: &[(String, String)]) -> Value {
    for spec in GROUPS.iter().flat_map(|group| group.fields) {
        let sent = given.iter().find(|(name, _)| name == spec.path).map(|(_, value)| value.trim());
        if let Some(value) = sent.and_then(|sent| value(spec, sent)) {
            put(&mut settings, spec.path, value);
        }
    }
    settings
}

/// The settings `before` with what the form says in their place. What the form does not have stays.
pub fn read(before: &Value, form: &[(String, String)]) -> Read {
    let mut read = Read { settings: before.clone(), typed: before.clone(), wrong: Vec::new() };
    for spec in GROUPS.iter().flat_map(|group| group.fields) {
        let sent = form.iter().find(|(name, _)| name == spec.path).map_or("", |(_, value)| value.trim());
        let value = value(spec, sent);
        put(&mut read.typed, spec.path, value.clone().unwrap_or_else(|| sent.into()));
        match value {
            Some(value) => put(&mut read.settings, spec.path, value),
            None => read.wrong.push(spec.path.to_owned()),
        }
    }
    let has = |path: &str| form.iter().any(|(name, value)| name == path && !value.trim().is_empty());
    for (path, needed) in [
        ("account.exchange", "account.exchange.address"),
        ("smtp", "smtp.host"),
        ("downloads.windows", "downloads.windows.url"),
        ("downloads.linux", "downloads.linux.url"),
        ("downloads.macos", "downloads.macos.url"),
    ] {
        if !has(needed) {
            put(&mut read.settings, path, Value::Null);
        }
    }
    if !has("reminders.every_days") && !has("reminders.at_most") {
        put(&mut read.settings, "reminders", Value::Null);
    }
    if has("account.incoming.host") || has("account.outgoing.host") {
        put(&mut read.settings, "account.outgoing.protocol", json!("smtp"));
        for section in ["account.incoming", "account.outgoing"] {
            let port = format!("{section}.port");
            if !has(&port) {
                let usual = usual_port(&read.settings, section);
                put(&mut read.settings, &port, usual.into());
            }
        }
    } else {
        put(&mut read.settings, "account", Value::Null);
        read.wrong.retain(|path| !path.starts_with("account."));
    }
    // The only number that says something by not being there; the others are then what they usually are.
    if form.iter().any(|(name, value)| name == "starts_per_minute" && value.trim().is_empty()) {
        read.settings["starts_per_minute"] = Value::Null;
    }
    // A part that is needed and not there has nothing to be read from.
    for needed in ["reminders.every_days", "reminders.at_most"] {
        let section = needed.rsplit_once('.').map_or(needed, |(section, _)| section);
        if at(&read.settings, section).is_some() && at(&read.settings, needed).is_none() {
            read.wrong.push(needed.to_owned());
        }
    }
    for (section, texts) in [
        ("account.incoming", ["host", "username"].as_slice()),
        ("account.outgoing", &["host", "username"]),
        ("smtp", &["from"]),
    ] {
        if at(&read.settings, section).is_some() {
            for text in texts {
                let path = format!("{section}.{text}");
                if at(&read.settings, &path).is_none() {
                    put(&mut read.settings, &path, json!(""));
                }
            }
        }
    }
    read
}

/// None: cannot be read as what it should be.
fn value(spec: &Spec, sent: &str) -> Option<Value> {
    Some(match spec.kind {
        Kind::Check => Value::Bool(!sent.is_empty()),
        Kind::Lines(parts) => Value::Array(
            sent.lines()
                .filter(|line| !line.trim().is_empty())
                .map(|line| object(line, parts))
                .collect::<Option<_>>()?,
        ),
        _ if sent.is_empty() => Value::Null,
        Kind::Number(least, most) => {
            Value::from(sent.parse::<u32>().ok().filter(|number| (least..=most).contains(number))?)
        }
        Kind::Choice(choices) => choices.iter().any(|(id, _)| *id == sent).then(|| sent.into())?,
        _ => sent.into(),
    })
}

fn object(line: &str, parts: &[&str]) -> Option<Value> {
    let texts: Vec<&str> = line.split('|').map(str::trim).collect();
    if texts.len() != parts.len() {
        return None;
    }
    Some(Value::Object(parts.iter().zip(texts).map(|(part, text)| ((*part).to_owned(), text.into())).collect()))
}

/// The value at a dotted path; none when it or the way to it is not there.
pub fn at<'a>(values: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(values, |value, part| value.get(part)).filter(|value| !value.is_null())
}

/// Puts a value at a dotted path, or takes away what is there.
fn put(values: &mut Value, path: &str, value: Value) {
    let mut place = values;
    let (way, last) = path.rsplit_once('.').map_or(("", path), |(way, last)| (way, last));
    for part in way.split('.').filter(|part| !part.is_empty()) {
        if !place.get(part).is_some_and(Value::is_object) {
            if value.is_null() {
                return;
            }
            place[part] = Value::Object(Map::new());
        }
        place = &mut place[part];
    }
    if value.is_null() {
        if let Some(object) = place.as_object_mut() {
            object.remove(last);
        }
    } else {
        place[last] = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::http::i18n::Words;
    use crate::server::projects::Settings;

    /// The form as a browser sends it back untouched.
    fn untouched(values: &Value) -> Vec<(String, String)> {
        let fields = GROUPS.iter().flat_map(|group| group.fields);
        let shown =
            fields.map(|spec| crate::server::dashboard::settings::field::shown(Words::of("en"), spec, values, &[]));
        let sent = shown.filter(|field| field.control != "checkbox" || field.checked);
        sent.map(|field| (field.path.to_owned(), if field.checked { "1".into() } else { field.value })).collect()
    }

    #[test]
    fn a_form_that_nobody_touched_changes_nothing() {
        let full = r##"{"account":{"incoming":{"protocol":"pop3","host":"pop.x.example","port":995,"security":"tls",
            "authentication":"password","username":"%EMAILADDRESS%"},"outgoing":{"protocol":"smtp","host":"s.x.example",
            "port":587,"security":"starttls","authentication":"oauth2","username":"u"},
            "exchange":{"address":"%EMAILADDRESS%","directory_has_moved":true}},
            "brand":{"colour":"#AA3366"},"articles":[{"title":"How","url":"https://x.example/"}],
            "reminders":{"every_days":3,"at_most":2},"directory":{"command":["program"]},
            "smtp":{"host":"m.x.example","security":"tls","from":"IT <it@x.example>","username":"u","password":{"env":"P"}}}"##;
        for json in ["{}", full] {
            let settings: Settings = serde_json::from_str(json).expect("settings");
            let before = serde_json::to_value(&settings).expect("JSON");
            let read = read(&before, &untouched(&offered(before.clone())));
            assert_eq!(read.wrong, [""; 0]);
            let after: Settings = serde_json::from_value(read.settings).expect("settings");
            assert_eq!(after, settings);
        }
    }

    fn filled(form: &mut [(String, String)], fields: &[(&str, &str)]) {
        for (path, value) in fields {
            form.iter_mut().find(|(name, _)| name == path).expect(path).1 = (*value).to_owned();
        }
    }

    #[test]
    fn the_two_hosts_are_enough_for_an_account() {
        let before = serde_json::to_value(Settings::default()).expect("JSON");
        let mut form = untouched(&offered(before.clone()));
        filled(&mut form, &[("account.incoming.host", "imap.x.example"), ("account.outgoing.host", "smtp.x.example")]);
        let settings: Settings = serde_json::from_value(read(&before, &form).settings).expect("settings");
        assert_eq!(settings.faults(), []);
        let account = settings.account.expect("an account");
        assert_eq!((account.incoming.port, account.outgoing.port), (993, 465));
        assert_eq!(account.outgoing.username, "%EMAILADDRESS%");
    }

    #[test]
    fn an_emptied_number_is_what_it_usually_is() {
        let settings = Settings { lead_minutes: 99, code_days: 9, ..Settings::default() };
        let before = serde_json::to_value(settings).expect("JSON");
        let mut form = untouched(&offered(before.clone()));
        filled(
            &mut form,
            &[
                ("lead_minutes", ""),
                ("code_days", ""),
                ("starts_per_minute", ""),
                ("account.incoming.protocol", "pop3"),
                ("account.incoming.host", "pop.x.example"),
                ("account.incoming.port", ""),
                ("account.outgoing.host", "smtp.x.example"),
                ("account.outgoing.security", "starttls"),
                ("account.outgoing.port", ""),
            ],
        );
        let read = read(&before, &form);
        assert_eq!(read.wrong, [""; 0]);
        let settings: Settings = serde_json::from_value(read.settings).expect("settings");
        let usual = Settings::default();
        assert_eq!((settings.lead_minutes, settings.code_days), (usual.lead_minutes, usual.code_days));
        assert_eq!(settings.starts_per_minute, None);
        let account = settings.account.expect("an account");
        assert_eq!((account.incoming.port, account.outgoing.port), (995, 587));
    }

    #[test]
    fn numbers_out_of_their_limits_are_named() {
        let before = serde_json::to_value(Settings::default()).expect("JSON");
        let mut form = untouched(&offered(before.clone()));
        filled(
            &mut form,
            &[("starts_per_minute", "0"), ("account.incoming.host", "x.example"), ("account.incoming.port", "65536")],
        );
        assert_eq!(read(&before, &form).wrong, ["account.incoming.port", "starts_per_minute"]);
    }

    #[test]
    fn what_is_no_number_is_named_and_kept_as_typed() {
        let before = serde_json::to_value(Settings::default()).expect("JSON");
        let mut form = untouched(&before);
        form.retain(|(name, _)| name != "lead_minutes");
        form.push(("lead_minutes".into(), "ten".into()));
        let read = read(&before, &form);
        assert_eq!(read.wrong, ["lead_minutes"]);
        assert_eq!(at(&read.typed, "lead_minutes"), Some(&json!("ten")));
    }
}
