//! What one peer can use up of what is everybody's.

mod codes;
mod computers;
mod peers;
