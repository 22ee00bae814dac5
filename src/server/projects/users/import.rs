//! Users from a CSV file. Either every row is imported or none.

mod write;

use std::collections::HashMap;
use std::fmt;

use crate::server::projects::identity::State;
use crate::server::projects::users::key;
pub use write::{ImportError, Imported, preview, write, write_file};

/// Languages invitations are written in; the first one is taken when a row names none.
pub const LANGUAGES: [&str; 2] = ["en", "de"];
/// Longest field, in characters.
const FIELD_LIMIT: usize = 320;

/// A row that is fine by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Line in the file, from 1.
    pub line: u64,
    pub name: String,
    pub old_address: String,
    pub new_address: String,
    pub login: String,
    pub language: String,
    /// None: the file does not say.
    pub state: Option<State>,
    /// Name of a wave, empty for none of them. None: the file does not say.
    pub wave: Option<String>,
}

/// What is wrong at one place of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: u64,
    pub column: Option<Column>,
    pub problem: FaultKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    Name,
    OldAddress,
    NewAddress,
    Login,
    Language,
    State,
    Wave,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    #[error("the file is not UTF-8; save it as \"CSV UTF-8\"")]
    Encoding,
    #[error("the row cannot be read as CSV; look for a quotation mark too many")]
    Unreadable,
    #[error(
        "the first line must name this column: name, old address, new address, login and, if wanted, language, state, wave"
    )]
    NoColumn,
    #[error("the column is there twice")]
    ColumnTwice,
    #[error("is empty")]
    Empty,
    #[error("is not a mail address: {0:?}")]
    NotAnAddress(String),
    #[error("is longer than {FIELD_LIMIT} characters")]
    TooLong,
    #[error("contains a control character or starts with a hyphen")]
    Unsafe,
    #[error("{0:?} is not a known language; use en or de")]
    Language(String),
    #[error("{0:?} is not a state; use active or inactive")]
    State(String),
    #[error("{address} is also in line {line}")]
    Twice { address: String, line: u64 },
    #[error("{address} belongs to {owner} already")]
    Taken { address: String, owner: String },
}

impl Column {
    const ALL: [Self; 7] =
        [Self::Name, Self::OldAddress, Self::NewAddress, Self::Login, Self::Language, Self::State, Self::Wave];

    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::OldAddress => "old address",
            Self::NewAddress => "new address",
            Self::Login => "login",
            Self::Language => "language",
            Self::State => "state",
            Self::Wave => "wave",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column \"{}\"", column.name())?;
        }
        write!(f, ": {}", self.problem)
    }
}

/// Reads the file: `,`, `;` or tab between the fields, any letter case in the header, with or without byte order mark.
/// Columns with other names are passed over.
pub fn parse(bytes: &[u8]) -> Result<Vec<Row>, Vec<Fault>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = 1 + line_ends(before);
        vec![Fault { line, column: None, problem: FaultKind::Encoding }]
    })?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let unreadable = |line| vec![Fault { line, column: None, problem: FaultKind::Unreadable }];
    let places = columns(reader.headers().map_err(|_| unreadable(1))?)?;
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    let mut lines = Lines { text, counted: 0, line: 1 };
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(error.position().map_or(1, csv::Position::line)))?;
        if record.iter().all(str::is_empty) {
            continue;
        }
        let line = lines.of(&record);
        match row(&record, line, &places) {
            Ok(row) => rows.push(row),
            Err(mut found) => faults.append(&mut found),
        }
    }
    for (column, address) in [
        (Column::OldAddress, (|row| &row.old_address) as fn(&Row) -> &String),
        (Column::NewAddress, |row| &row.new_address),
    ] {
        let mut seen = HashMap::new();
        for row in &rows {
            if let Some(line) = seen.insert(key(address(row)), row.line) {
                let problem = FaultKind::Twice { address: address(row).clone(), line };
                faults.push(Fault { line: row.line, column: Some(column), problem });
            }
        }
    }
    faults.sort_by_key(|fault| fault.line);
    if faults.is_empty() { Ok(rows) } else { Err(faults) }
}

/// One person, told by the fields of a row: name, old address, new address, login, language, state, wave.
pub fn one(fields: [&str; 7]) -> Result<Row, Vec<Fault>> {
    let places = Column::ALL.into_iter().enumerate().map(|(place, column)| (column, place)).collect();
    row(&csv::StringRecord::from(fields.map(str::trim).to_vec()), 1, &places)
}

/// Counts lines as editors do. The reader's own count does not: it sees the end of `\r\n` and empty lines too late.
struct Lines<'a> {
    text: &'a str,
    counted: usize,
    line: u64,
}

impl Lines<'_> {
    fn of(&mut self, record: &csv::StringRecord) -> u64 {
        let bytes = self.text.as_bytes();
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
        let start = start.clamp(self.counted, bytes.len());
        let blank = bytes[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = &bytes[self.counted..start + blank];
        self.line += line_ends(passed);
        self.counted = start + blank;
        self.line
    }
}

fn line_ends(bytes: &[u8]) -> u64 {
    bytes.split(|byte| *byte == b'\n').skip(1).map(|_| 1).sum()
}

/// The separator that is most frequent in the header.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
    b",;\t".iter().rev().max_by_key(|delimiter| count(delimiter)).copied().unwrap_or(b',')
}

fn columns(header: &csv::StringRecord) -> Result<HashMap<Column, usize>, Vec<Fault>> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-'], " ");
    let (mut places, mut faults) = (HashMap::new(), Vec::new());
    for column in Column::ALL {
        let mut found =
            header.iter().enumerate().filter(|(_, name)| plain(name) == column.name()).map(|(place, _)| place);
        let fault = |problem| Fault { line: 1, column: Some(column), problem };
        match (found.next(), found.next()) {
            (Some(place), None) => drop(places.insert(column, place)),
            (None, _) if matches!(column, Column::Language | Column::State | Column::Wave) => {}
            (None, _) => faults.push(fault(FaultKind::NoColumn)),
            (_, Some(_)) => faults.push(fault(FaultKind::ColumnTwice)),
        }
    }
    if faults.is_empty() { Ok(places) } else { Err(faults) }
}

fn row(record: &csv::StringRecord, line: u64, places: &HashMap<Column, usize>) -> Result<Row, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut field = |column: Column| {
        let text = places.get(&column).and_then(|place| record.get(*place)).unwrap_or_default();
        if let Err(problem) = check(column, text) {
            faults.push(Fault { line, column: Some(column), problem });
        }
        text.to_owned()
    };
    let [name, old_address, new_address, login, language, state, wave] = Column::ALL.map(&mut field);
    let language = language.to_lowercase().split(['-', '_']).next().unwrap_or_default().to_owned();
    let language = if language.is_empty() { LANGUAGES[0].to_owned() } else { language };
    // An empty field of a column that is there says something: active, and no wave.
    let state = places.contains_key(&Column::State).then(|| state_of(&state).unwrap_or(State::Active));
    let wave = places.contains_key(&Column::Wave).then_some(wave);
    let row = Row { line, name, old_address, new_address, login, language, state, wave };
    if faults.is_empty() { Ok(row) } else { Err(faults) }
}

/// What an organisation's list may say. Suspending somebody is the operator's.
fn state_of(text: &str) -> Option<State> {
    State::of(&text.to_lowercase()).filter(|state| *state != State::Suspended)
}

fn check(column: Column, text: &str) -> Result<(), FaultKind> {
    let optional = matches!(column, Column::Login | Column::Language | Column::State | Column::Wave);
    if text.is_empty() {
        return if optional { Ok(()) } else { Err(FaultKind::Empty) };
    }
    if text.chars().count() > FIELD_LIMIT {
        return Err(FaultKind::TooLong);
    }
    // Control characters could end a mail header; a leading hyphen could be an option of a directory's program.
    if text.chars().any(char::is_control) || (column != Column::Name && text.starts_with('-')) {
        return Err(FaultKind::Unsafe);
    }
    match column {
        Column::OldAddress | Column::NewAddress if text.parse::<lettre::Address>().is_err() => {
            Err(FaultKind::NotAnAddress(text.to_owned()))
        }
        Column::Language => {
            let language = text.to_lowercase();
            let known = language.split(['-', '_']).next().is_some_and(|language| LANGUAGES.contains(&language));
            if known { Ok(()) } else { Err(FaultKind::Language(text.to_owned())) }
        }
        Column::State if state_of(text).is_none() => Err(FaultKind::State(text.to_owned())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        parse(text.as_bytes()).expect_err("faults").iter().map(ToString::to_string).collect()
    }

    #[test]
    fn files_of_every_office_program_are_read() {
        let files = [
            "name,old address,new address,login\nAnna,anna@old.example,anna@new.example,anna\n",
            "\u{feff}NAME;Old_Address;New-Address;Login\r\nAnna;anna@old.example;anna@new.example;anna\r\n",
            "Name\tOld Address\tNew Address\tLogin\tDepartment\nAnna\tanna@old.example\tanna@new.example\tanna\tIT\n\n",
        ];
        for file in files {
            let rows = parse(file.as_bytes()).expect(file);
            assert_eq!(rows.len(), 1, "{file:?}");
            assert_eq!((rows[0].line, rows[0].login.as_str(), rows[0].language.as_str()), (2, "anna", "en"));
        }
        let german = "name,old address,new address,login,language\n\"Ü, Jo\",a@o.example,a@n.example,,de-AT\n";
        let rows = parse(german.as_bytes()).expect("rows");
        assert_eq!((rows[0].name.as_str(), rows[0].language.as_str()), ("Ü, Jo", "de"));
    }

    #[test]
    fn each_wrong_place_is_named_by_line_and_column() {
        let file = "name,old address,new address,login,language\n\
            Anna,anna@old.example,anna@new.example,anna,en\n\
            ,not an address,bob@new.example,bob,en\n\
            Cem,cem@old.example,,cem,fr\n\
            Dora,ANNA@old.example,dora@new.example,--help,en\n";
        assert_eq!(
            faults(file),
            [
                "line 3, column \"name\": is empty",
                "line 3, column \"old address\": is not a mail address: \"not an address\"",
                "line 4, column \"new address\": is empty",
                "line 4, column \"language\": \"fr\" is not a known language; use en or de",
                "line 5, column \"login\": contains a control character or starts with a hyphen",
            ]
        );
    }

    #[test]
    fn an_address_that_is_there_twice_is_named() {
        let file = "name,old address,new address,login\nA,a@o.example,a@n.example,\nB,A@O.example,b@n.example,\n";
        assert_eq!(faults(file), ["line 3, column \"old address\": A@O.example is also in line 2"]);
    }

    #[test]
    fn state_and_wave_say_something_only_where_they_are_columns() {
        let file = "name,old address,new address,login,State,wave\n\
            A,a@o.example,a@n.example,,Inactive,Berlin\nB,b@o.example,b@n.example,,,\n";
        let rows = parse(file.as_bytes()).expect("rows");
        assert_eq!((rows[0].state, rows[0].wave.as_deref()), (Some(State::Inactive), Some("Berlin")));
        assert_eq!((rows[1].state, rows[1].wave.as_deref()), (Some(State::Active), Some("")));
        let without = parse(b"name,old address,new address,login\nA,a@o.example,a@n.example,\n").expect("rows");
        assert_eq!((without[0].state, without[0].wave.as_deref()), (None, None));
        let wrong = "name,old address,new address,login,state\nA,a@o.example,a@n.example,,suspended\n";
        assert_eq!(faults(wrong), ["line 2, column \"state\": \"suspended\" is not a state; use active or inactive"]);
    }

    #[test]
    fn a_missing_column_and_a_wrong_encoding_are_told() {
        assert!(faults("name,login\nA,a\n")[0].starts_with("line 1, column \"old address\""));
        let fault =
            parse(b"name,old address,new address,login\nJos\xe9,a@o.example,a@n.example,x\n").expect_err("latin-1");
        assert_eq!((fault[0].line, &fault[0].problem), (2, &FaultKind::Encoding));
        assert_eq!(faults("").len(), 4);
    }
}
