//! The program that tells the agents when.
