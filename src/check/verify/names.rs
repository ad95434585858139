//! The lists of values that fields have: each DATA links to the one before it of the same name.

use std::collections::HashMap;

use super::finding::{Findings, Touches};
use super::rule::Rule;
use crate::bytes::Mix;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::{Data, Field, field};

/// How many field names are followed; real files have a few hundred.
pub(super) const NAMES_KEPT: usize = 1 << 16;

/// How many are followed in each of many parts of a file.
pub(super) const NAMES_LEAST: usize = 1 << 10;

/// The values of each name in a stretch of the file, and the FIELD objects.
#[derive(Debug, Default)]
pub(super) struct Names {
    values: HashMap<Box<[u8]>, Values, Mix>,
    fields: HashMap<Box<[u8]>, (Offset, Offset), Mix>,
    /// DATA whose name cannot be read: they may be in any list.
    nameless: Vec<Offset>,
    /// The places of the FIELD objects, ascending.
    pub(super) objects: Vec<Offset>,
    /// Whether there were more names than are followed.
    pub(super) overflow: bool,
    /// How many are.
    most: usize,
}

#[derive(Clone, Copy, Debug)]
struct Values {
    first: Offset,
    /// Where the first one links to.
    before: Offset,
    last: Offset,
}

/// A name as text.
pub(super) fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name.get(..64.min(name.len())).unwrap_or_default()).into_owned()
}

impl Names {
    /// Room for so many names.
    pub(super) fn of(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// Takes a DATA whose name cannot be read.
    pub(super) fn nameless(&mut self, at: Offset) {
        if self.nameless.len() < self.most { self.nameless.push(at) } else { self.overflow = true }
    }

    /// Takes the next DATA, of this name; `false` when it is none.
    #[inline]
    pub(super) fn push(&mut self, name: &[u8], data: &Data<'_>, findings: &mut Findings) -> bool {
        // What is remembered is a name.
        if let Some(values) = self.values.get_mut(name) {
            linked(name, data.at, data.next_field, values.last, &self.nameless, findings);
            values.last = data.at;
            return true;
        }
        let is_name = field::is_name(name);
        if is_name && self.values.len() < self.most {
            let values = Values { first: data.at, before: data.next_field, last: data.at };
            self.values.insert(name.into(), values);
        } else {
            self.overflow |= is_name;
        }
        is_name
    }

    /// Takes a FIELD.
    pub(super) fn field(&mut self, field: &Field<'_>) {
        if self.objects.len() < self.most {
            self.objects.push(field.at);
            // No value has another name, however long it may be.
            if field::is_name(field.name) {
                self.fields.entry(field.name.into()).or_insert((field.at, field.head_data));
            }
        } else {
            self.overflow = true;
        }
    }

    /// Takes the stretch behind this one.
    pub(super) fn append(&mut self, next: Self, findings: &mut Findings) {
        self.nameless.extend(next.nameless);
        for (name, values) in next.values {
            match self.values.get_mut(&name) {
                Some(held) => {
                    linked(&name, values.first, values.before, held.last, &self.nameless, findings);
                    held.last = values.last;
                }
                None => drop(self.values.insert(name, values)),
            }
        }
        for (name, field) in next.fields {
            self.fields.entry(name).or_insert(field);
        }
        self.objects.extend(next.objects);
        let most = [self.nameless.len(), self.values.len(), self.objects.len()].into_iter().max();
        self.overflow |= next.overflow || most > Some(NAMES_KEPT);
    }

    /// Checks the lists' ends; values behind `linked_to` may wait for their links.
    pub(super) fn end(&self, linked_to: Offset, findings: &mut Findings) {
        for (name, values) in &self.values {
            linked(name, values.first, values.before, Offset(0), &self.nameless, findings);
            let touches = || Touches::Field { name: text(name) };
            match self.fields.get(name) {
                Some((_, head)) if *head == values.last || self.nameless.binary_search(head).is_ok() => {}
                Some((at, _)) => {
                    let damage = Corrupt::new(*at, "field", Fault::Unlisted { at: values.last, wanted: "its list" });
                    // The last thing that a writer does for a new value.
                    if values.last > linked_to {
                        findings.remark(Rule::FieldList, damage, touches());
                    } else {
                        findings.add(Rule::FieldList, damage, touches());
                    }
                }
                None if self.overflow => {}
                None => {
                    let damage =
                        Corrupt::new(values.first, "data", Fault::Unlisted { at: values.first, wanted: "a field" });
                    if values.first > linked_to {
                        findings.remark(Rule::FieldList, damage, touches());
                    } else {
                        findings.add(Rule::FieldList, damage, touches());
                    }
                }
            }
        }
    }
}

/// Holds a link to the previous value of a name against where that lies.
fn linked(name: &[u8], at: Offset, link: Offset, wanted: Offset, nameless: &[Offset], findings: &mut Findings) {
    if link != wanted && nameless.binary_search(&link).is_err() {
        let damage = Corrupt::new(at, "data", Fault::Differs { found: link.0, wanted: wanted.0 });
        findings.add(Rule::FieldList, damage, Touches::Field { name: text(name) });
    }
}
