//! Whatever stands in the registry, reading it ends well.

use super::*;
use crate::mail::outlook::registry::{Kind, Value};

const COPIES: u64 = 300;

/// Numbers that look random and are the same in every run: xorshift (Marsaglia, "Xorshift RNGs", 2003).
fn next(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state >> 33).expect("31 bits")
}

fn damaged(value: &Value, dice: &mut u64) -> Value {
    let mut value = value.clone();
    match next(dice) % 5 {
        0 => value.kind = Kind(u32::try_from(next(dice) % 14).expect("small")),
        1 => value.bytes.truncate(next(dice) % (value.bytes.len() + 1)),
        2 => value.bytes.clear(),
        3 => value.bytes.extend([0, 0xD8, 0xFF]),
        _ => {
            let random = (0..next(dice) % 24).map(|_| next(dice).to_le_bytes()[0]);
            value.bytes = random.collect();
        }
    }
    value
}

#[test]
fn no_damage_makes_the_reading_fail() {
    let mut differ = 0;
    for name in NAMES {
        let whole = hive(name);
        let expected = serde_json::to_value(reading_of(name, &whole)).expect("plain data");
        let values = whole.all();
        for seed in 1..=COPIES {
            let mut dice = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let mut hive = whole.clone();
            for _ in 0..=values.len() / 4 {
                let (key, value_name) = &values[next(&mut dice) % values.len()];
                let value = hive.value(key, value_name).expect("it is there").clone();
                hive.insert(key, value_name, damaged(&value, &mut dice));
            }
            let read = serde_json::to_value(reading_of(name, &hive)).expect("plain data");
            differ += u32::from(read != expected);
        }
    }
    assert!(differ > 1000, "the damage was seen in {differ} readings");
}
