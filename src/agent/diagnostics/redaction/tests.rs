use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::*;
use crate::code::ACTIVATION_ALPHABET;

/// How often each kind of secret is drawn.
const DRAWN: u32 = 40;
/// Where a secret may stand in a line.
const PLACES: [&str; 14] = [
    "{}",
    "a {} b",
    "at the end {}.",
    "error=cannot use {}: refused",
    "value=\"{}\" more=1",
    "value='{}'",
    "({})",
    "[{}]",
    "<{}>",
    "{\"value\":\"{}\",\"n\":1}",
    "{\\\"value\\\":\\\"{}\\\"}",
    "one,{},two;{}",
    "x={}&y={}",
    "first\n{}\nlast",
];

/// Random bytes that are the same in every run.
fn bytes(kind: &str, number: u32) -> [u8; 32] {
    Sha256::digest(format!("{kind} {number}")).into()
}

fn redaction() -> Redaction {
    Redaction::new(Known {
        secrets: vec![Secret::new("known, with spaces")],
        home: "/home/anna".into(),
        login: "anna".into(),
        names: vec!["Anna Bergmann".into()],
        hosts: vec!["imap.new.example".into(), "192.0.2.7".into()],
    })
}

fn letters(alphabet: &[u8], bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
}

/// Nothing of a secret is left: neither the whole nor the part that is not public.
fn survives(text: &str, secret: &str) -> bool {
    text.to_lowercase().contains(&secret.to_lowercase())
}

fn never_survives(kind: &str, draw: impl Fn(&[u8; 32]) -> String) {
    let redaction = redaction();
    for number in 0..DRAWN {
        let secret = draw(&bytes(kind, number));
        for place in PLACES {
            let line = place.replace("{}", &secret);
            let redacted = redaction.redact(&line);
            assert!(!survives(&redacted, &secret), "{kind}: {line} became {redacted}");
            assert_eq!(redaction.redact(&redacted), redacted, "{kind}: once is enough");
        }
    }
}

#[test]
fn no_code_of_a_person_survives_in_any_form() {
    let code = |bytes: &[u8; 32]| AuthenticationCode::from_random(bytes[..12].try_into().expect("twelve"));
    never_survives("code", |bytes| code(bytes).grouped());
    never_survives("code", |bytes| code(bytes).grouped().to_lowercase());
    never_survives("code", |bytes| code(bytes).grouped().replace('-', " "));
    never_survives("code", |bytes| code(bytes).reveal().to_owned());
}

#[test]
fn no_activation_code_survives_as_it_is_shown() {
    let code = |bytes: &[u8; 32]| letters(ACTIVATION_ALPHABET, &bytes[..10]);
    never_survives("activation", code);
    never_survives("activation", |bytes| format!("{}-{}", &code(bytes)[..5], &code(bytes)[5..]));
    let redaction = redaction();
    for name in ["mailshift_ABCDEFGHJK_move.example.org.msi", "mailshift_abcdefghjk.exe"] {
        assert!(!survives(&redaction.redact(name), "ABCDEFGHJK"), "{name}");
    }
    assert_eq!(redaction.redact("mailshift://activate?server=x&code=ABC d"), "mailshift://[removed] d");
}

#[test]
fn no_token_survives_whatever_its_alphabet() {
    never_survives("token", |bytes| URL_SAFE_NO_PAD.encode(bytes));
    never_survives("token", |bytes| STANDARD.encode(bytes));
    never_survives("token", |bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect());
    never_survives("token", |bytes| letters(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", bytes));
    never_survives("token", |bytes| format!("mailshift_{}", URL_SAFE_NO_PAD.encode(bytes)));
}

#[test]
fn no_password_survives_behind_its_name() {
    let redaction = redaction();
    for name in ["password", "Password", "new_password", "passwd", "Kennwort", "imap-passwort", "token", "Cookie"] {
        for sign in ["=", ": ", " = ", "\": \"", "=\""] {
            for secret in ["hunter2", "two words, or \"three\"", "Grüße!"] {
                let line = format!("before {name}{sign}{secret}\nafter");
                let redacted = redaction.redact(&line);
                assert!(!redacted.contains(secret) && redacted.ends_with("\nafter"), "{line} became {redacted}");
            }
        }
    }
    let header = redaction.redact("sent authorization: Bearer abc.def and Bearer abc again");
    assert!(!header.contains("abc"), "{header}");
    assert_eq!(redaction.redact("https://anna:hunter2@x.example/a"), "https://[removed]@x.example/a");
    assert_eq!(redaction.redact("it is known, with spaces."), "it is [removed].");
}

#[test]
fn addresses_are_masked() {
    let redaction = redaction();
    for (before, after) in [
        ("to=anna.b+x@new.example, now", "to=a***@new.example, now"),
        ("<ünal@x.example>.", "<ü***@x.example>."),
        ("imap://anna%40new.example/INBOX", "imap://a***@new.example/INBOX"),
        ("\"anna b\"@new.example", "a***@new.example"),
        ("a***@new.example", "a***@new.example"),
    ] {
        assert_eq!(redaction.redact(before), after);
    }
}

#[test]
fn nobody_is_named_by_a_folder() {
    let redaction = redaction();
    for (before, after) in [
        ("/home/anna/.thunderbird/x7k2p9qa.default", "~/.thunderbird/x7k2p9qa.default"),
        ("/home/anna: no", "~: no"),
        ("path=/home/bert/mail", "path=~/mail"),
        (r"C:\Users\Anna Bergmann\AppData\x.pst", r"~\AppData\x.pst"),
        (r#""C:\\Users\\ANNABE~1\\x.pst""#, r#""~\\x.pst""#),
        ("/Users/bert/Library", "~/Library"),
        (r"OFFICE\anna signed in", r"OFFICE\~ signed in"),
        ("/var/mail/anna", "/var/mail/~"),
        ("profile \"Anna Bergmann\"", "profile \"[name]\""),
        ("/home/annabel.txt", "~"),
        ("/homes/x https://x.example/users/7", "/homes/x https://x.example/users/7"),
    ] {
        assert_eq!(redaction.redact(before), after);
    }
    let home = r"D:\Leute\Anna";
    let windows = Redaction::new(Known { home: home.into(), ..Known::default() });
    assert_eq!(windows.redact(r"at d:\leute\anna\AppData and D:\\Leute\\Anna\\x"), r"at ~\AppData and ~\\x");
    let everything = Redaction::new(Known { home: "/".into(), ..Known::default() });
    assert_eq!(everything.redact("/etc/hosts"), "/etc/hosts");
}

#[test]
fn numbers_of_other_computers_go_and_those_of_the_servers_stay() {
    let redaction = redaction();
    for (before, after) in [
        ("198.51.100.4:993 refused", "[address] refused"),
        ("from [2001:db8::1]:25.", "from [[address]]:25."),
        ("127.0.0.1:8443 ::1 192.0.2.7:143", "127.0.0.1:8443 ::1 192.0.2.7:143"),
        ("Outlook 16.0.17928.20114, Thunderbird 140.1.0", "Outlook 16.0.17928.20114, Thunderbird 140.1.0"),
        (
            "2026-11-21T09:34:05.997721Z INFO mailshift::agent: ok",
            "2026-11-21T09:34:05.997721Z INFO mailshift::agent: ok",
        ),
    ] {
        assert_eq!(redaction.redact(before), after);
    }
}

#[test]
fn what_helps_the_help_desk_stays() {
    let redaction = redaction();
    for line in [
        "2026-11-21T01:34:10.2Z  WARN mailshift::mail::sign_in: sign-in failed error=Incoming mail server imap.new.example:993 cannot be reached: Connection refused (os error 111) code=\"NET-4\"",
        "bound device_id=01a1fbbd-4046-7355-a644-654a41a43db3",
        "begins step=\"check-password\"",
        "the mail client's password store was not filled reason=no library",
        "WARN winit::platform_impl::linux::x11::util::randr: XRandR reported that the display's 0mm in size",
        "program=/usr/lib/thunderbird/thunderbird-bin process=1234",
        "org-mozilla-thunderbird-esr140 starts; understand the configuration of the administrator",
        r"HKCU\Software\Policies\Microsoft\Office\16.0\Outlook\AutoDiscover: ExcludeHttpsRootDomain = 1",
        "Number 7KQ2-M4TX, at 1732181720123 ms",
        "\"kind\": \"thunderbird\", version 140.1.0esr (default profile x7k2p9qa.default-release-1)",
    ] {
        assert_eq!(redaction.redact(line), line);
    }
}
