//! Points: how much the signs for each cause weigh together.
//!
//! They are no probabilities. A sign counts once per rule, by its latest line; it counts for less the longer before the
//! end it lies, and for a quarter where this machine shows it all the time and nothing ends.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ids::Cause;
use super::item::{Item, Role};
use crate::analysis::rules::Weights;

/// What one sign weighs for one cause.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Points {
    /// The cause that it speaks for.
    pub cause: Cause,
    /// The rule's stable name.
    pub rule: String,
    /// What its strength is worth.
    pub weight: f64,
    /// The part that its distance from the end leaves.
    pub decay: f64,
    /// Whether it is divided, since this machine shows it all the time.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_noise: bool,
    /// What comes out.
    pub points: f64,
}

/// What a sign weighs for a cause, where the end lay `since_us` microseconds before the last entry.
fn weigh(weights: &Weights, item: &Item, cause: Cause, since_us: u64) -> Points {
    let fades = matches!(item.role, Role::Precursor | Role::Request) && !item.is_proof();
    let decay = if fades { weights.decay(item.ago.saturating_sub(since_us)) } else { 1.0 };
    let weight = weights.points(item.strength);
    let divisor = if item.is_noise { weights.noise_divisor } else { 1.0 };
    let points = weight * decay / divisor;
    Points { cause, rule: item.rule.clone(), weight, decay, is_noise: item.is_noise, points }
}

/// The points of each sign for each cause, and their sums.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis) struct Score {
    /// One for each rule and cause.
    pub(in crate::analysis) parts: Vec<Points>,
}

impl Score {
    /// Adds up signs, of each rule the one that weighs most; distances count from `since_us` before the last entry.
    pub(in crate::analysis) fn of<'i>(items: impl Iterator<Item = &'i Item>, weights: &Weights, since_us: u64) -> Self {
        let mut best: BTreeMap<(Cause, String), Points> = BTreeMap::new();
        for item in items {
            for cause in &item.causes {
                let points = weigh(weights, item, *cause, since_us);
                let known = best.entry((*cause, item.rule.clone())).or_insert_with(|| points.clone());
                if points.points > known.points {
                    *known = points;
                }
            }
        }
        Self { parts: best.into_values().filter(|part| part.points > 0.0).collect() }
    }

    /// The causes with points and their sums, the highest first; of equal ones the first of the taxonomy.
    pub(in crate::analysis) fn ranked(&self) -> Vec<(Cause, f64)> {
        let mut sums: BTreeMap<Cause, f64> = BTreeMap::new();
        for part in &self.parts {
            *sums.entry(part.cause).or_default() += part.points;
        }
        let mut ranked: Vec<(Cause, f64)> = sums.into_iter().collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
        ranked
    }

    /// Takes a cause out of account.
    pub(in crate::analysis) fn drop(&mut self, cause: Cause) {
        self.parts.retain(|part| part.cause != cause);
    }
}
