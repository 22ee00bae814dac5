//! What an operator does to many at once.
