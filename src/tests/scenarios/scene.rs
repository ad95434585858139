//! A scenario as journals, and what the command said of it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::machine::{Machine, hex};
use super::support::{Folder, lastwords};

/// What else a row of the table asks for, in the table's words, and how it is seen.
pub(crate) type Also = (&'static str, fn(&Seen) -> Result<(), String>);

/// One row of the table: its machines, and the checks of what it asks for beside the facets.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) machines: Vec<Machine>,
    pub(crate) also: Vec<Also>,
}

impl From<Machine> for Scene {
    fn from(machine: Machine) -> Self {
        Self { machines: vec![machine], also: Vec::new() }
    }
}

impl Scene {
    pub(crate) fn also(mut self, words: &'static str, check: fn(&Seen) -> Result<(), String>) -> Self {
        self.also.push((words, check));
        self
    }

    /// Writes the journals and asks the command.
    ///
    /// `SCENARIOS_DIR=DIR` keeps them there, a folder for each row.
    pub(crate) fn play(&self, id: &str) -> Seen {
        let folder = Folder::new(&format!("scenario-{id}"));
        self.write(folder.path());
        if let Some(kept) = std::env::var_os("SCENARIOS_DIR") {
            self.write(&PathBuf::from(kept).join(id));
        }
        let path = folder.path().to_str().unwrap().to_owned();
        let boots = lastwords(&["boots", &path, "-o", "json"]);
        let rows = boots.json().as_array().unwrap().clone();
        let ask = |row: &Value, form| lastwords(&["why", &path, "-b", &row["index"].to_string(), "-o", form]);
        let whys = rows.iter().map(|row| ask(row, "json").json()).collect();
        let texts = rows.iter().map(|row| ask(row, "text").text().to_owned()).collect();
        Seen { folder, machines: self.machines.clone(), rows, whys, texts }
    }

    fn write(&self, below: &Path) {
        self.machines.iter().for_each(|machine| machine.write(below));
    }
}

/// What the command said of a scene's boots, in the order of its list.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) folder: Folder,
    pub(crate) machines: Vec<Machine>,
    /// `boots -o json`.
    pub(crate) rows: Vec<Value>,
    /// `why -o json` of each boot.
    pub(crate) whys: Vec<Value>,
    /// `why` of each boot, as text.
    pub(crate) texts: Vec<String>,
}

impl Seen {
    /// The rows of a machine, in the order of the list, with their places in it.
    pub(crate) fn of(&self, machine: &Machine) -> Vec<(usize, &Value)> {
        let id = hex(machine.machine_id());
        self.rows.iter().enumerate().filter(|(_, row)| row["machine_id"] == id.as_str()).collect()
    }

    /// The boot ids that are listed of a machine.
    pub(crate) fn listed(&self, machine: &Machine) -> Vec<String> {
        self.of(machine).iter().map(|(_, row)| row["boot_id"].as_str().unwrap().to_owned()).collect()
    }

    /// Fails unless a text that is about a boot says this.
    pub(crate) fn says(&self, boot: usize, words: &str) -> Result<(), String> {
        let text = self.texts[boot].split_whitespace().collect::<Vec<_>>().join(" ");
        if text.contains(words) { Ok(()) } else { Err(format!("`why` of boot {boot} does not say `{words}`")) }
    }
}

/// Fails with these words unless it holds.
pub(crate) fn holds(it: bool, otherwise: impl Into<String>) -> Result<(), String> {
    if it { Ok(()) } else { Err(otherwise.into()) }
}
