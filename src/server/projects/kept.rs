//! What a newer version has stored stays when this one writes: whoever goes back to it finds its settings again.

use serde_json::Value;

use crate::server::projects::Settings;

/// Settings as they are to be stored in the place of `stored`.
pub fn with(stored: &str, settings: &Settings) -> serde_json::Result<Value> {
    let mut new = serde_json::to_value(settings)?;
    let stored: Value = serde_json::from_str(stored)?;
    let read = serde_json::to_value(serde_json::from_value::<Settings>(stored.clone())?)?;
    carry_over(&stored, &read, &mut new);
    Ok(new)
}

/// Fields that nobody here reads, where what they are in is still there.
fn carry_over(stored: &Value, read: &Value, new: &mut Value) {
    let (Value::Object(stored), Value::Object(read), Value::Object(new)) = (stored, read, new) else { return };
    for (name, value) in stored.iter().filter(|(_, value)| !value.is_null()) {
        match (read.get(name), new.get_mut(name)) {
            (None, None) => {
                new.insert(name.clone(), value.clone());
            }
            (Some(read), Some(new)) => carry_over(value, read, new),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_newer_version_has_stored_is_kept_at_every_depth() {
        let stored = r#"{"lead_minutes":7,"hologram":{"size":3},"helpdesk":{"name":"IT","email":"","phone":"","fax":"1"},
            "smtp":{"host":"a.example","security":"tls","from":"it@a.example","pigeon":true}}"#;
        let mut settings: Settings = serde_json::from_str(stored).expect("lenient");
        assert_eq!(settings.lead_minutes, 7);
        settings.lead_minutes = 9;
        let written = with(stored, &settings).expect("written");
        assert_eq!(written["hologram"]["size"], 3);
        assert_eq!((&written["helpdesk"]["fax"], &written["smtp"]["pigeon"]), (&"1".into(), &true.into()));
        assert_eq!(written["lead_minutes"], 9);
        settings.smtp = None;
        let without = with(&written.to_string(), &settings).expect("written");
        assert_eq!(without.get("smtp"), None, "what is taken away goes with everything in it");
        assert_eq!(without["hologram"]["size"], 3);
    }
}
