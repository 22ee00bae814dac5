//! Set-ups that are cut off, repeated or held up, and the profiles that people go on using.
