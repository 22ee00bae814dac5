//! The install hash: which `[Install…]` section of `profiles.ini` belongs to an installation.
//!
//! It is `CityHash64` in version 1.0.2 over the UTF-16LE name of the installation folder (no trailing slash), written as
//! upper-case hexadecimal without leading zeros. Version 1.1, the published one, gives other values. The algorithm is
//! Geoff Pike's and Jyrki Alakuijala's, the vectors below are known values of Firefox and Thunderbird.

const K0: u64 = 0xC3A5_C85C_97CB_3127;
const K1: u64 = 0xB492_B66F_BE98_F273;
const K2: u64 = 0x9AE1_6A3B_2F90_404F;
const K3: u64 = 0xC949_D7C7_509E_6557;
const MULTIPLIER: u64 = 0x9DDF_EA08_EB38_2D69;

/// The hash of an installation folder. On Windows its case is the one on the disk.
pub(super) fn install_hash(folder: &str) -> String {
    let bytes: Vec<u8> = folder.encode_utf16().flat_map(u16::to_le_bytes).collect();
    format!("{:X}", city(&Bytes(&bytes)))
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn byte(&self, at: usize) -> u64 {
        u64::from(self.0[at])
    }

    fn read<const N: usize>(&self, at: usize) -> u64 {
        let mut word = [0; 8];
        word[..N].copy_from_slice(&self.0[at..at + N]);
        u64::from_le_bytes(word)
    }

    fn front(&self, at: usize) -> u64 {
        self.read::<8>(at)
    }

    fn back(&self, before_end: usize) -> u64 {
        self.read::<8>(self.0.len() - before_end)
    }
}

fn mixed(value: u64) -> u64 {
    value ^ (value >> 47)
}

fn combined(low: u64, high: u64) -> u64 {
    let first = mixed((low ^ high).wrapping_mul(MULTIPLIER));
    mixed((high ^ first).wrapping_mul(MULTIPLIER)).wrapping_mul(MULTIPLIER)
}

fn city(text: &Bytes<'_>) -> u64 {
    match text.len() {
        0..=16 => up_to_16(text),
        17..=32 => up_to_32(text),
        33..=64 => up_to_64(text),
        _ => above_64(text),
    }
}

fn up_to_16(text: &Bytes<'_>) -> u64 {
    let length = text.len();
    match text.0.len() {
        0 => K2,
        count @ 1..=3 => {
            let low = text.byte(0).wrapping_add(text.byte(count >> 1) << 8);
            let high = length.wrapping_add(text.byte(count - 1) << 2);
            mixed(low.wrapping_mul(K2) ^ high.wrapping_mul(K3)).wrapping_mul(K2)
        }
        count @ 4..=8 => combined(length.wrapping_add(text.read::<4>(0) << 3), text.read::<4>(count - 4)),
        _ => {
            let (first, last) = (text.front(0), text.back(8));
            // At most 16: the shift fits.
            combined(first, last.wrapping_add(length).rotate_right(u32::try_from(length).unwrap_or(0))) ^ last
        }
    }
}

fn up_to_32(text: &Bytes<'_>) -> u64 {
    let a = text.front(0).wrapping_mul(K1);
    let b = text.front(8);
    let c = text.back(8).wrapping_mul(K2);
    let d = text.back(16).wrapping_mul(K0);
    combined(
        a.wrapping_sub(b).rotate_right(43).wrapping_add(c.rotate_right(30)).wrapping_add(d),
        a.wrapping_add((b ^ K3).rotate_right(20)).wrapping_sub(c).wrapping_add(text.len()),
    )
}

fn up_to_64(text: &Bytes<'_>) -> u64 {
    fn folded(start: u64, words: [u64; 2], last: u64) -> (u64, u64) {
        let mut a = start;
        let b = a.wrapping_add(last).rotate_right(52);
        let mut c = a.rotate_right(37);
        a = a.wrapping_add(words[0]);
        c = c.wrapping_add(a.rotate_right(7));
        a = a.wrapping_add(words[1]);
        (a.wrapping_add(last), b.wrapping_add(a.rotate_right(31)).wrapping_add(c))
    }
    let start = text.front(0).wrapping_add(text.len().wrapping_add(text.back(16)).wrapping_mul(K0));
    let (front_low, front_high) = folded(start, [text.front(8), text.front(16)], text.front(24));
    let start = text.front(16).wrapping_add(text.back(32));
    let (back_low, back_high) = folded(start, [text.back(24), text.back(16)], text.back(8));
    let sum = front_low
        .wrapping_add(back_high)
        .wrapping_mul(K2)
        .wrapping_add(back_low.wrapping_add(front_high).wrapping_mul(K0));
    mixed(mixed(sum).wrapping_mul(K0).wrapping_add(front_high)).wrapping_mul(K2)
}

fn weak(text: &Bytes<'_>, at: usize, first: u64, second: u64) -> (u64, u64) {
    let a = first.wrapping_add(text.front(at));
    let last = text.front(at + 24);
    let b = second.wrapping_add(a).wrapping_add(last).rotate_right(21);
    let sum = a.wrapping_add(text.front(at + 8)).wrapping_add(text.front(at + 16));
    (sum.wrapping_add(last), b.wrapping_add(sum.rotate_right(44)).wrapping_add(a))
}

#[allow(clippy::many_single_char_names, reason = "the names of the algorithm's description")]
fn above_64(text: &Bytes<'_>) -> u64 {
    let count = text.0.len();
    let mut x = text.front(0);
    let mut y = text.back(16) ^ K1;
    let mut z = text.back(56) ^ K0;
    let mut v = weak(text, count - 64, text.len(), y);
    let mut w = weak(text, count - 32, text.len().wrapping_mul(K1), K0);
    z = z.wrapping_add(mixed(v.1).wrapping_mul(K1));
    x = z.wrapping_add(x).rotate_right(39).wrapping_mul(K1);
    y = y.rotate_right(33).wrapping_mul(K1);
    for at in (0..(count - 1) & !63).step_by(64) {
        x = x.wrapping_add(y).wrapping_add(v.0).wrapping_add(text.front(at + 16)).rotate_right(37).wrapping_mul(K1);
        y = y.wrapping_add(v.1).wrapping_add(text.front(at + 48)).rotate_right(42).wrapping_mul(K1);
        x ^= w.1;
        y ^= v.0;
        z = (z ^ w.0).rotate_right(33);
        v = weak(text, at, v.1.wrapping_mul(K1), x.wrapping_add(w.0));
        w = weak(text, at + 32, z.wrapping_add(w.1), y);
        (z, x) = (x, z);
    }
    combined(
        combined(v.0, w.0).wrapping_add(mixed(y).wrapping_mul(K1)).wrapping_add(z),
        combined(v.1, w.1).wrapping_add(x),
    )
}

#[cfg(test)]
mod tests {
    use super::install_hash;

    #[test]
    fn hashes_are_the_ones_that_thunderbird_writes() {
        for (folder, hash) in [
            ("/usr/lib/thunderbird", "FDC34C9F024745EB"),
            ("/usr/lib/firefox", "4F96D1932A9F858E"),
            (r"C:\Program Files\Mozilla Firefox", "308046B0AF4A39CB"),
            (r"C:\Program Files (x86)\Mozilla Firefox", "E7CF176E110C211B"),
            (r"C:\Program Files\Mozilla Thunderbird", "D78BF5DD33499EC2"),
            (r"C:\Program Files (x86)\Mozilla Thunderbird", "8216C80C92C4E828"),
            ("/Applications/Firefox.app/Contents/MacOS", "2656FF1E876E9973"),
            ("/Applications/Thunderbird.app/Contents/MacOS", "712DAF5A23ABECDC"),
        ] {
            assert_eq!(install_hash(folder), hash, "{folder}");
        }
    }

    /// One folder for each branch: 0, up to 3, up to 8, up to 16, up to 32, up to 64, up to 128 bytes, more.
    #[test]
    fn every_length_of_a_folder_name_has_its_own_branch() {
        for (folder, hash) in [
            ("", "9AE16A3B2F90404F"),
            ("/", "2349085C622C3043"),
            ("/o", "45AC9D7EDF22F955"),
            ("/tb", "9EE1A3F9BFE790A5"),
            ("/opt/tb", "5585C215202ACA6B"),
            ("/opt/thunderbird", "9238613B8C3D2579"),
            ("/home/anna/.local/share/thunderbird", "5DB7A62E4E16A650"),
            ("/home/anna/.local/share/a folder with a long name/and one more below/thunderbird", "64C6F5FE9B34D457"),
        ] {
            assert_eq!(install_hash(folder), hash, "{folder}");
        }
    }
}
