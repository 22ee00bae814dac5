//! The value and the real registry behave alike.

use super::*;

/// Numbers that look random and are the same in every run: xorshift (Marsaglia, "Xorshift RNGs", 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("below the limit")
    }

    fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    fn key(&mut self, base: &Key) -> Key {
        let mut key = base.clone();
        for _ in 0..self.below(4) {
            key = key.below(self.of(&["Büro Müller", "BÜRO MÜLLER", "Σ", "σ", "0000000A", "a"]));
        }
        key
    }

    fn value(&mut self) -> Value {
        let mut bytes = Value::sz(self.of(&["", "Straße", "C:\\x"])).bytes;
        bytes.truncate(bytes.len() - self.below(bytes.len().min(4)));
        Value { kind: Kind(self.of(&[0, 1, 2, 3, 4, 7, 11])), bytes }
    }

    /// One that can be taken back.
    fn change(&mut self, base: &Key) -> Change {
        let key = self.key(base);
        let name = self.of(&["", "ÄÖ", "äö", "First-Run"]).to_owned();
        match self.below(5) {
            0 => Change::Create(key),
            1 => Change::Remove(key, name),
            _ => Change::Set(key, name, self.value()),
        }
    }

    /// One that only undoing takes.
    fn removal(&mut self, base: &Key) -> Change {
        let key = self.key(base);
        if self.below(3) == 0 { Change::RemoveTree(key) } else { Change::RemoveIfEmpty(key) }
    }
}

/// A key of the test's own, removed at the end.
struct Own(Key);

impl Own {
    fn new() -> Self {
        Self(Key::user(format!(r"Software\Mailshift test {}", uuid::Uuid::new_v4())))
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let _ = write(&Change::RemoveTree(self.0.clone()));
    }
}

fn now(base: &Key) -> Hive {
    read(std::slice::from_ref(base)).expect("read")
}

fn make(change: &Change, model: &mut Hive, base: &Key) {
    write(change).unwrap_or_else(|error| panic!("{change:?}: {error}"));
    model.apply(change);
    assert_eq!(now(base), *model, "{change:?}");
}

#[test]
fn random_changes_leave_the_same_in_both_and_can_be_taken_back() {
    let own = Own::new();
    let base = &own.0;
    let mut dice = Dice(0x4D61_696C_7368_6966);
    let mut model = now(base);
    for _ in 0..40 {
        let before = model.clone();
        let mut receipts = Vec::new();
        for _ in 0..8 {
            let change = dice.change(base);
            receipts.push(change.undone(&model));
            make(&change, &mut model, base);
        }
        assert_ne!(model, before);
        for change in receipts.iter().rev().flatten() {
            make(change, &mut model, base);
        }
        assert_eq!(model, before);
        // The next round starts from another registry.
        make(&dice.change(base), &mut model, base);
        make(&dice.change(base), &mut model, base);
        make(&dice.removal(base), &mut model, base);
    }
}

#[test]
fn a_set_up_is_taken_back_exactly_on_the_real_registry() {
    let own = Own::new();
    let base = &own.0;
    let key = |path: &str| base.below(path);
    for change in [
        Change::Set(base.clone(), "DefaultProfile".into(), Value::sz("Büro Müller")),
        Change::Create(key(r"Profiles\Büro Müller")),
        Change::Set(key("Setup"), "First-Run".into(), Value { kind: Kind::BINARY, bytes: vec![0; 16] }),
        // A text without its NUL, and half a character: kept as they are.
        Change::Set(key("Setup"), "FirstRun".into(), Value { kind: Kind::SZ, bytes: vec![b'x', 0] }),
        Change::Set(key("Setup"), "Half".into(), Value { kind: Kind::SZ, bytes: vec![b'x', 0, b'y'] }),
    ] {
        write(&change).expect("prepared");
    }
    let before = now(base);
    let mut model = before.clone();
    let mut receipts = Vec::new();
    for change in [
        Change::Create(key(r"Profiles\neu@example.org")),
        Change::Set(base.clone(), "defaultprofile".into(), Value::sz("neu@example.org")),
        Change::Remove(key("Setup"), "First-Run".into()),
        Change::Remove(key("Setup"), "FirstRun".into()),
        Change::Set(key("Setup"), "Half".into(), Value::sz("whole")),
        Change::Set(key(r"AutoDiscover\RedirectServers"), "autodiscover.example".into(), Value::sz("")),
        Change::Set(key("AutoDiscover"), "ExcludeScpLookup".into(), Value::dword(1)),
    ] {
        receipts.push(change.undone(&model));
        make(&change, &mut model, base);
    }
    for change in receipts.iter().rev().flatten() {
        make(change, &mut model, base);
    }
    assert_eq!(now(base), before);
}

#[test]
fn passwords_are_not_read_and_the_machines_part_is_not_written() {
    let own = Own::new();
    let base = &own.0;
    for name in ["IMAP Password", "smtp password", "IMAP User"] {
        write(&Change::Set(base.clone(), name.into(), Value::sz("x"))).expect("written");
    }
    let hive = now(base);
    assert_eq!(hive.values(base).map(|(name, _)| name).collect::<Vec<_>>(), ["IMAP User"]);
    let machine = Change::Create(Key::machine(r"SOFTWARE\Mailshift test"));
    assert_eq!(write(&machine).expect_err("not ours").kind(), std::io::ErrorKind::PermissionDenied);
}
