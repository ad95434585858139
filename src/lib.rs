//! Reads systemd journals after the fact.

pub mod analysis;
pub mod bytes;
pub mod corrupt;
pub mod error;
pub mod file;
pub mod format;
pub mod journal;
pub mod output;
pub mod query;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
