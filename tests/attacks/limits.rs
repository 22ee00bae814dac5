//! More of everything than one computer would send.
