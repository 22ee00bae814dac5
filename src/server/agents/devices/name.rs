//! The name of a computer, as mails of the organisation and its pages may say it.

/// Longest name, in characters: as long as one part of a host's name may be (RFC 1035 section 2.3.4), and one more.
const LIMIT: usize = 64;

/// A computer tells its name itself, and whoever has the activation code may tell anything: a request, or the address of a
/// page. So only what the names of computers are made of is left, up to the first full stop: a mail program would make a
/// link of what has one. None when nothing is left.
pub fn shown(name: &str) -> Option<String> {
    let part = name.split('.').map(str::trim).find(|part| !part.is_empty())?;
    let usual = |c: &char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-');
    let kept: String = part.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(usual).collect();
    let words = kept.split(' ').filter(|word| word.bytes().any(|byte| byte.is_ascii_alphanumeric()));
    let name: String = words.collect::<Vec<_>>().join(" ").chars().take(LIMIT).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_names_stay_as_they_are() {
        for name in ["ANNA-LAPTOP", "pc_17", "Office PC 3", "desk", &"x".repeat(LIMIT)] {
            assert_eq!(shown(name).as_deref(), Some(name));
        }
        assert_eq!(shown("pc-1.office.example").as_deref(), Some("pc-1"), "a host is known by its first part");
        assert_eq!(shown("Anna’s MacBook\tPro").as_deref(), Some("Annas MacBook Pro"));
    }

    #[test]
    fn no_name_is_an_address_a_line_of_its_own_or_long() {
        let said = shown("- ACTION REQUIRED: sign in at https://evil.example/login before tonight").expect("a rest");
        assert_eq!(said, "ACTION REQUIRED sign in at httpsevil");
        for name in ["evil.example", "a\r\nBcc: b@c.example", "<b>x</b>", "x@evil.example", "\u{202e}pc", "a\u{a0}b"] {
            let said = shown(name).expect("a rest");
            assert!(said.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" _-".contains(&byte)), "{said}");
        }
        assert_eq!(shown(&"long ".repeat(99)).expect("a rest").len(), LIMIT);
        for nothing in ["", " ", "...", "- _", "…", "コンピュータ"] {
            assert_eq!(shown(nothing), None, "{nothing}");
        }
    }
}
