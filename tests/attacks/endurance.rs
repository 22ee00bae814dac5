//! Servers that lose, mistake or restore their database.
