//! Counts and sizes as text and as JSON.

mod chart;
mod json;
mod text;

pub use json::json;
pub use text::text;

use crate::journal::Boot;
use crate::query::stats::{Measure, Stats};

/// What is shown of some statistics.
#[derive(Debug)]
pub struct View<'a> {
    /// The statistics.
    pub stats: &'a Stats,
    /// The journal's boots, for the names of groups by boot.
    pub boots: &'a [Boot],
    /// So many groups of each table, and the rest as a sum.
    pub top: usize,
    /// What groups are chosen by, and what the chart shows.
    pub measure: Measure,
    /// How high the bars of the chart are.
    pub scale: Scale,
}

/// How heights grow with numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// In proportion.
    #[default]
    Linear,
    /// With the logarithm of one more, so that 0 stays 0.
    Logarithmic,
}

impl Scale {
    /// How many of `steps` stand for `number`, where all of them stand for `most`; at least one for what is not 0.
    fn steps(self, number: u64, most: u64, steps: usize) -> usize {
        if number == 0 || most == 0 {
            return 0;
        }
        let part = match self {
            Self::Linear => number as f64 / most as f64,
            Self::Logarithmic => (number as f64).ln_1p() / (most as f64).ln_1p(),
        };
        ((part * steps as f64).round() as usize).clamp(1, steps)
    }

    /// The number that bars of half the height of `most` stand for; none where that is not a whole one.
    fn at_half(self, most: u64) -> Option<u64> {
        let half = match self {
            Self::Linear => most / 2,
            Self::Logarithmic => ((most as f64).ln_1p() / 2.0).exp_m1().round() as u64,
        };
        (self.steps(half, most, chart::HEIGHT) == chart::HEIGHT / 2).then_some(half)
    }
}

/// A number of entries, or of bytes in a unit that keeps it short.
fn number(number: u64, measure: Measure) -> String {
    match measure {
        Measure::Entries => number.to_string(),
        Measure::Bytes | Measure::Disk => size(number),
    }
}

/// A size in a binary unit, with one decimal from KiB on.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut tenths = u128::from(bytes) * 10 / 1024;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    while tenths >= 10_240 {
        tenths /= 1024;
        unit = units.next();
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, unit.unwrap_or(&""))
}

#[cfg(test)]
mod tests;
