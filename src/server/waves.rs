//! Waves: a cutover of their own for a group of users.
