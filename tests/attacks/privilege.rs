//! Operators and their tokens.
