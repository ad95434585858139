//! How much evidence counts, in points.

use super::super::report::Strength;

/// The points of evidence, and what lessens them.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Weights {
    /// Of what settles a facet alone.
    pub proof: f64,
    /// Of what is hard to explain otherwise.
    pub strong: f64,
    /// Of what makes a cause plausible.
    pub moderate: f64,
    /// Of a hint.
    pub weak: f64,
    /// By how much a precursor counts less the longer before the last entry it stands: up to so many seconds, times
    /// this; the last has no bound. Ascending.
    pub decay: Vec<(Option<f64>, f64)>,
    /// What occurs in more than this share of a machine's ten-minute windows far from any end is noise.
    pub noise_share: f64,
    /// Noise counts so many times less.
    pub noise_divisor: f64,
}

impl Default for Weights {
    fn default() -> Self {
        let decay = vec![(Some(30.0), 1.0), (Some(120.0), 0.7), (Some(600.0), 0.4), (None, 0.1)];
        Self { proof: 100.0, strong: 8.0, moderate: 4.0, weak: 2.0, decay, noise_share: 0.3, noise_divisor: 4.0 }
    }
}

impl Weights {
    /// The points of a strength.
    #[must_use]
    pub const fn points(&self, strength: Strength) -> f64 {
        match strength {
            Strength::Proof => self.proof,
            Strength::Strong => self.strong,
            Strength::Moderate => self.moderate,
            Strength::Weak => self.weak,
            Strength::Ctx => 0.0,
        }
    }

    /// What a precursor so many microseconds before the last entry is multiplied by.
    #[must_use]
    pub fn decay(&self, before_us: u64) -> f64 {
        let seconds = before_us as f64 / 1e6;
        let fits = |(until, _): &&(Option<f64>, f64)| until.is_none_or(|until| seconds <= until);
        self.decay.iter().find(fits).map_or(1.0, |(_, factor)| *factor)
    }
}
