//! Who says to be somebody else.
