//! The table of expectations, `scenarios.json`, and how an answer is held against a row.

use serde::Deserialize;
use serde_json::Value;

use super::machine::hex;
use super::scene::{Scene, Seen};
use super::support::{shared, testdata};

#[derive(Debug, Deserialize)]
struct Table {
    scenarios: Vec<Row>,
}

/// One scenario.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) needs: Vec<String>,
    #[serde(default)]
    pub(crate) also: Vec<String>,
    boots: Vec<Wanted>,
}

/// What is wanted of one boot.
#[derive(Debug, Deserialize)]
struct Wanted {
    name: String,
    machine: Option<String>,
    /// Acceptable statements on its place: `certain`, `uncertain`.
    order: Option<Vec<String>>,
    ending: Ending,
}

#[derive(Debug, Deserialize)]
struct Ending {
    orderliness: Option<Vec<String>>,
    action: Option<Vec<String>>,
    initiator: Option<Vec<String>>,
    cause: Option<Vec<String>>,
    confidence: Option<Vec<String>>,
    #[serde(default)]
    confidence_for: std::collections::BTreeMap<String, Vec<String>>,
    contributing_includes: Vec<String>,
    not_cause: Vec<String>,
    candidates_include: Vec<String>,
    #[serde(default)]
    candidates_exclude: Vec<String>,
}

/// All rows, in their order.
pub(crate) fn read() -> Vec<Row> {
    let text = std::fs::read_to_string(testdata("scenarios.json")).unwrap();
    if let Some(original) = shared("check/scenarios.json") {
        assert_eq!(
            text,
            std::fs::read_to_string(original).unwrap(),
            "testdata/scenarios.json is a copy of ../shared/check/scenarios.json"
        );
    }
    serde_json::from_str::<Table>(&text).unwrap().scenarios
}

impl Row {
    /// All that is not as wanted: one line each, with the boot, what was expected and what came.
    pub(crate) fn failures(&self, scene: &Scene, seen: &Seen) -> Vec<String> {
        let mut failures = Vec::new();
        for machine in &scene.machines {
            let wanted: Vec<&Wanted> = self
                .boots
                .iter()
                .filter(|boot| boot.machine.as_deref().is_none_or(|name| name == machine.name))
                .collect();
            assert_eq!(wanted.len(), machine.boots.len(), "scenario {}: boots of the scene", self.id);
            let (listed, true_order) = (seen.listed(machine), machine.boots.iter().map(|id| hex(*id)));
            let true_order: Vec<String> = true_order.collect();
            failures.extend(order(&wanted, &listed, &true_order, seen));
            for (wanted, id) in wanted.iter().zip(&true_order) {
                let at = seen.rows.iter().position(|row| row["boot_id"] == id.as_str());
                let found = at.map(|at| wanted.ending.failures(&seen.rows[at], &seen.whys[at]));
                let found = found.unwrap_or_else(|| vec![format!("is not listed: {listed:?}")]);
                failures.extend(found.into_iter().map(|what| format!("{}: {what}", wanted.name)));
            }
        }
        failures.extend(self.also_failures(scene, seen));
        failures
    }

    fn also_failures(&self, scene: &Scene, seen: &Seen) -> Vec<String> {
        let words: Vec<&str> = scene.also.iter().map(|(words, _)| *words).collect();
        assert_eq!(words, self.also, "scenario {}: every `also` of the table is checked", self.id);
        let failed = |(words, check): &super::scene::Also| Some(format!("also `{words}`: {}", check(seen).err()?));
        scene.also.iter().filter_map(failed).collect()
    }
}

/// Boots of a certain place must be listed in the true order; one that may be uncertain counts as placed if flagged.
fn order(wanted: &[&Wanted], listed: &[String], truth: &[String], seen: &Seen) -> Vec<String> {
    let mut failures = Vec::new();
    let certain = |id: &String| {
        let row = seen.rows.iter().find(|row| row["boot_id"] == id.as_str());
        row.is_none_or(|row| row.get("order_certain") != Some(&Value::Bool(false)))
    };
    let firm: Vec<&String> = truth.iter().filter(|id| certain(id)).collect();
    let shown: Vec<&String> = listed.iter().filter(|id| certain(id)).collect();
    if firm != shown {
        failures.push(format!("order: expected {firm:?}, got {shown:?}"));
    }
    for (wanted, id) in wanted.iter().zip(truth) {
        let stated = if certain(id) { "certain" } else { "uncertain" };
        if let Some(order) = &wanted.order
            && !order.iter().any(|word| word == stated)
        {
            failures.push(format!("{}: order: expected {order:?}, got {stated}", wanted.name));
        }
    }
    failures
}

impl Ending {
    fn failures(&self, row: &Value, why: &Value) -> Vec<String> {
        let ending = &row["ending"];
        let running = self.orderliness.as_ref().is_some_and(|words| words == &["running"]);
        let facets = [
            ("orderliness", &self.orderliness),
            ("action", &self.action),
            ("initiator", &self.initiator),
            ("cause", &self.cause),
            ("confidence", &self.confidence),
        ];
        let mut failures = Vec::new();
        for (name, accepted) in facets {
            let got = &ending[name];
            let right = match accepted {
                Some(words) => words.iter().any(|word| fits(word, got.as_str().unwrap_or_default())),
                None => !running || got.is_null(),
            };
            if !right {
                let expected = accepted.as_ref().map_or("nothing".to_owned(), |words| words.join(" or "));
                failures.push(format!("{name}: expected {expected}, got {}", shown(got)));
            }
            if why["ending"][name] != *got {
                failures.push(format!("{name}: `boots` has {}, `why` {}", shown(got), shown(&why["ending"][name])));
            }
        }
        failures.extend(self.cause_failures(ending));
        failures
    }

    /// What goes with the cause: its level, the conditions, the candidates, what it must not be.
    fn cause_failures(&self, ending: &Value) -> Vec<String> {
        let cause = ending["cause"].as_str().unwrap_or_default();
        let level = ending["confidence"].as_str().unwrap_or_default();
        let mut failures = Vec::new();
        if let Some(levels) = self.confidence_for.get(cause)
            && !levels.iter().any(|known| known == level)
        {
            failures.push(format!("confidence: expected {levels:?} for {cause}, got {level}"));
        }
        for class in self.not_cause.iter().filter(|class| fits(class, cause)) {
            failures.push(format!("cause: expected not {class}, got {cause}"));
        }
        let all = |name: &str| -> Vec<&str> { ending[name].as_array().into_iter().flatten().filter_map(id).collect() };
        for (name, wanted) in [("contributing", &self.contributing_includes), ("candidates", &self.candidates_include)]
        {
            let listed = all(name);
            for lacking in wanted.iter().filter(|id| !listed.contains(&id.as_str()) && *id != cause) {
                failures.push(format!("{name}: expected {lacking}, got {listed:?}"));
            }
        }
        for id in self.candidates_exclude.iter().filter(|id| all("candidates").contains(&id.as_str()) || *id == cause) {
            failures.push(format!("candidates: expected not {id}"));
        }
        failures
    }
}

/// The id of a condition or a candidate, which stands alone or in an object.
fn id(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value["id"].as_str())
}

/// Whether an id is this one, or of this class, `power.`.
fn fits(accepted: &str, id: &str) -> bool {
    if accepted.ends_with('.') { id.starts_with(accepted) } else { id == accepted }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| "nothing".to_owned(), str::to_owned)
}
