//! What one peer can use up of what is everybody's.

#[path = "limits/codes.rs"]
mod codes;
#[path = "limits/computers.rs"]
mod computers;
#[path = "limits/peers.rs"]
mod peers;
