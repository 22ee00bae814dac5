//! An editor for `profiles.ini` and `installs.ini` that keeps every line it does not change: unknown sections, keys,
//! comments and their order.

/// The lines of a file, each with its own end; and how new ones end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ini {
    lines: Vec<String>,
    ending: &'static str,
}

impl Ini {
    /// A carriage return alone ends a line, too (`nsINIParser.cpp`).
    pub fn parsed(text: &str) -> Self {
        let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let (mut lines, mut rest) = (Vec::new(), text);
        while !rest.is_empty() {
            let end = rest
                .find(['\r', '\n'])
                .map_or(rest.len(), |at| at + if rest[at..].starts_with("\r\n") { 2 } else { 1 });
            let (line, after) = rest.split_at(end);
            lines.push(line.to_owned());
            rest = after;
        }
        Self { lines, ending }
    }

    pub fn text(&self) -> String {
        self.lines.concat()
    }

    pub fn is_blank(&self) -> bool {
        self.lines.iter().all(|line| line.trim().is_empty())
    }

    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().filter_map(|line| header(line))
    }

    /// Keys and values of a section. Thunderbird takes the last of two equal keys.
    pub fn value(&self, section: &str, key: &str) -> Option<&str> {
        let (start, end) = self.body(section)?;
        self.lines[start..end].iter().rev().find_map(|line| pair(line).filter(|(name, _)| *name == key)).map(|(_, v)| v)
    }

    pub fn set(&mut self, section: &str, key: &str, value: &str) {
        let ending = self.ending;
        let line = format!("{key}={value}{ending}");
        if let Some(last) = self.lines.last_mut().filter(|last| !last.ends_with(['\r', '\n'])) {
            last.push_str(ending);
        }
        let Some((start, end)) = self.body(section) else {
            if self.lines.last().is_some_and(|last| !last.trim().is_empty()) {
                self.lines.push(ending.to_owned());
            }
            self.lines.extend([format!("[{section}]{ending}"), line]);
            return;
        };
        let is_key = |line: &String| pair(line).is_some_and(|(name, _)| name == key);
        if let Some(at) = self.lines[start..end].iter().rposition(is_key) {
            self.lines[start + at] = line;
        } else {
            let content = self.lines[start..end].iter().rposition(|line| !line.trim().is_empty());
            self.lines.insert(content.map_or(start, |at| start + at + 1), line);
        }
    }

    pub fn remove(&mut self, section: &str, key: &str) {
        if let Some((start, end)) = self.body(section) {
            let mut at = 0..;
            self.lines.retain(|line| {
                let inside = at.next().is_some_and(|at| (start..end).contains(&at));
                !(inside && pair(line).is_some_and(|(name, _)| name == key))
            });
        }
    }

    pub fn remove_section(&mut self, section: &str) {
        if let Some((start, end)) = self.body(section) {
            self.lines.drain(start - 1..end);
        }
    }

    /// First and last (exclusive) line below a section's header.
    fn body(&self, section: &str) -> Option<(usize, usize)> {
        let start = 1 + self.lines.iter().position(|line| header(line) == Some(section))?;
        let length = self.lines[start..].iter().position(|line| header(line).is_some());
        Some((start, length.map_or(self.lines.len(), |length| start + length)))
    }
}

fn header(line: &str) -> Option<&str> {
    line.trim().strip_prefix('[')?.strip_suffix(']')
}

fn pair(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if line.starts_with([';', '#']) {
        return None;
    }
    line.split_once('=')
}

#[cfg(test)]
mod tests {
    use super::Ini;

    const FILE: &str = "; mine\n[Profile0]\nName=a=b\nPath=x.default\n\n[Odd]\nstays=1\n\n[General]\nVersion=2\n";

    #[test]
    fn what_is_not_changed_stays_as_it_was() {
        let mut ini = Ini::parsed(FILE);
        assert_eq!(ini.text(), FILE);
        ini.set("Profile0", "Default", "1");
        ini.set("Profile0", "Path", "y.default");
        ini.set("Profile1", "Name", "new");
        assert_eq!(
            ini.text(),
            "; mine\n[Profile0]\nName=a=b\nPath=y.default\nDefault=1\n\n[Odd]\nstays=1\n\n[General]\nVersion=2\n\n[Profile1]\nName=new\n"
        );
        assert_eq!(ini.value("Profile0", "Name"), Some("a=b"));
        ini.remove("Profile0", "Default");
        ini.remove("Profile0", "Version");
        ini.remove_section("Odd");
        assert_eq!(ini.sections().collect::<Vec<_>>(), ["Profile0", "General", "Profile1"]);
        assert_eq!(ini.value("General", "Version"), Some("2"));
    }

    #[test]
    fn line_endings_of_the_file_are_kept() {
        let mut ini = Ini::parsed("[A]\r\nx=1\r\n");
        ini.set("A", "y", "2");
        assert_eq!(ini.text(), "[A]\r\nx=1\r\ny=2\r\n");
        assert_eq!(ini.value("A", "x"), Some("1"));
        for mixed in ["[A]\r\nx=1\n", "[A]\rx=1", "[A]\nx=1\n\r"] {
            let mut ini = Ini::parsed(mixed);
            assert_eq!((ini.text().as_str(), ini.value("A", "x")), (mixed, Some("1")));
            ini.set("A", "y", "2");
            ini.set("B", "x", "3");
            assert_eq!(
                (ini.value("A", "x"), ini.value("A", "y"), ini.value("B", "x")),
                (Some("1"), Some("2"), Some("3"))
            );
        }
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        assert_eq!(Ini::parsed("[A]\nx=1\nx=2\n").value("A", "x"), Some("2"));
        assert_eq!(Ini::parsed("[A]\n;x=1\n").value("A", "x"), None);
        assert!(Ini::parsed(" \n\n").is_blank());
    }
}
