//! The ways in which a login of a device becomes a user.
