//! The log, one line for each entry: what others have said may hold line breaks, and must not look like an entry of its own.

use std::io::{Result, Write};

/// Writes each entry, which comes in one piece, as one line.
pub struct Lines<W>(pub W);

impl<W: Write> Write for Lines<W> {
    fn write(&mut self, entry: &[u8]) -> Result<usize> {
        let (inside, end) = entry.strip_suffix(b"\n").map_or((entry, &b""[..]), |inside| (inside, &b"\n"[..]));
        let mut line = Vec::with_capacity(entry.len());
        for byte in inside {
            match byte {
                b'\n' => line.extend_from_slice(b"\\n"),
                b'\r' => line.extend_from_slice(b"\\r"),
                byte => line.push(*byte),
            }
        }
        line.extend_from_slice(end);
        self.0.write_all(&line)?;
        Ok(entry.len())
    }

    fn flush(&mut self) -> Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, PoisonError};

    use super::*;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_a_stranger_says_is_no_entry_of_its_own() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || Lines(writer.clone())).finish();
        let said = "550 no\r\n2026-11-21T17:00:00Z  INFO nobody has broken in";
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(reason = %said, "refused");
            tracing::warn!("the next entry, {said}");
        });
        let written = log.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let text = String::from_utf8(written).expect("text");
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.ends_with('\n') && text.contains("550 no\\r\\n2026"), "{text}");
    }
}
