//! The rules, each against a file that breaks it.
