//! What is told, so that it can be compared with what another face has left.

use serde_json::Value;

/// Where two values differ.
pub fn difference(one: &Value, other: &Value) -> String {
    let mut lines = Vec::new();
    collect("", one, other, &mut lines);
    lines.join(", ")
}

/// As much of a value is told.
const SHORT: usize = 200;

fn collect(path: &str, one: &Value, other: &Value, lines: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(fields), Value::Object(_)) if one != other => {
            for name in fields.keys() {
                collect(&format!("{path}.{name}"), &one[name], &other[name], lines);
            }
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            for (place, (one, other)) in items.iter().zip(others).enumerate() {
                collect(&format!("{path}[{place}]"), one, other, lines);
            }
        }
        _ if one != other => {
            let short = |value: &Value| value.to_string().chars().take(SHORT).collect::<String>();
            lines.push(format!("{path}: {} and {}", short(one), short(other)));
        }
        _ => {}
    }
}

/// What the mail queue and the clock do by themselves.
const BY_THEMSELVES: [&str; 7] = ["last_contact", "sent_at", "signed_in_at", "tries", "trouble", "used_at", "next"];

/// Without ids, times and what is drawn anew each time.
pub fn masked(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(name, _)| !BY_THEMSELVES.contains(&name.as_str()));
            Value::Object(kept.map(|(name, field)| (name, masked(field))).collect())
        }
        Value::Array(items) => items.into_iter().map(masked).collect(),
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => "<time>".into(),
        // Numbers of orders count from the seconds since 1970.
        Value::Number(number) if number.as_u64() > Some(1_000_000_000) => "<number>".into(),
        Value::String(text) => {
            let drawn = |word: &str| match word {
                word if word.parse::<uuid::Uuid>().is_ok() => "<id>".to_owned(),
                word if is_number_of_report(word) => "<number>".into(),
                word => word.to_owned(),
            };
            text.split(' ').map(drawn).collect::<Vec<_>>().join(" ").into()
        }
        other => other,
    }
}

fn is_number_of_report(word: &str) -> bool {
    let is_group =
        |group: &str| group.len() == 4 && group.bytes().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    word.split_once('-').is_some_and(|(one, other)| is_group(one) && is_group(other))
}
