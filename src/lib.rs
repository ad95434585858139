//! Reads systemd journals after the fact.

pub mod bytes;
pub mod corrupt;
pub mod error;
pub mod file;
pub mod format;
pub mod output;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
