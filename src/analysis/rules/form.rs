//! One rule of a file: read, and checked on its own lines.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::look::sign;
use super::means::Means;
use super::reader::{At, Fields};
use super::rule::{Rule, Sample, Text, Where, is_field, named};
use super::sample;
use super::words;
use super::writer::{Stated, Writer};

/// Reads a rule, and where the file is read strictly tries it on its own lines.
pub(super) fn rule(
    mut fields: Fields<'_, '_, '_>,
    file: &str,
    senders: &BTreeMap<String, Arc<Stated>>,
    is_structural: bool,
    known: &mut BTreeSet<String>,
) -> Option<Rule> {
    let id = fields.needed("id").map(|id| identify(&mut fields, &id, known)).unwrap_or_default();
    let action = fields.texts("action").pop().and_then(|text| word(&mut fields, "action", &text, words::action));
    let strength = fields.needed("strength");
    let shows = fields.needed("shows");
    let rule = Rule {
        place: fields.word("where").unwrap_or(Where::Ending),
        by: if is_structural { Vec::new() } else { writers(&mut fields, senders) },
        sign: if is_structural { None } else { Some(sign(&mut fields)) },
        means: means(&mut fields, action),
        action,
        initiator: fields.word("initiator"),
        causes: fields.words("cause"),
        candidates: fields.words("candidates"),
        excludes: fields.words("excludes"),
        contributing: fields.word("contributing"),
        strength: strength.and_then(|text| word(&mut fields, "strength", &text, words::strength))?,
        shows: shows?.value.to_owned(),
        versions: versions(&mut fields),
        false_positives: fields.text("false_positives").map(|text| text.value.to_owned()),
        source: fields.text("source").map(|text| text.value.to_owned()),
        fires: if is_structural { Vec::new() } else { samples(&mut fields, "fires") },
        not: if is_structural { Vec::new() } else { samples(&mut fields, "not") },
        fires_in: if is_structural { owned(fields.texts("fires_in")) } else { Vec::new() },
        not_in: if is_structural { owned(fields.texts("not_in")) } else { Vec::new() },
        file: file.into(),
        stated_at: fields.line(fields.at()),
        id,
    };
    sentence(&mut fields, &rule);
    tried(&mut fields, &rule);
    fields.finish();
    Some(rule)
}

/// Of which versions a rule is; the catalogue's rules must say it.
fn versions(fields: &mut Fields<'_, '_, '_>) -> Option<String> {
    let text = if fields.needs_versions() { fields.needed("versions") } else { fields.text("versions") };
    text.map(|text| text.value.to_owned())
}

fn owned(texts: Vec<At<&str>>) -> Vec<String> {
    texts.into_iter().map(|text| text.value.to_owned()).collect()
}

fn word<T>(
    fields: &mut Fields<'_, '_, '_>,
    name: &str,
    text: &At<&str>,
    read: impl Fn(&str) -> Result<T, String>,
) -> Option<T> {
    read(text.value).map_err(|what| fields.fault(text.at, Some(name), what)).ok()
}

fn identify(fields: &mut Fields<'_, '_, '_>, id: &At<&str>, known: &mut BTreeSet<String>) -> String {
    fields.is_rule(id.value);
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    if !id.value.bytes().all(is_part) || !id.value.contains('.') {
        fields.fault(id.at, Some("id"), "an id is of small letters, digits and `-`, in parts with `.` between");
    }
    if !known.insert(id.value.to_owned()) {
        fields.fault(id.at, Some("id"), "another rule of this file has this id");
    }
    id.value.to_owned()
}

fn writers(fields: &mut Fields<'_, '_, '_>, senders: &BTreeMap<String, Arc<Stated>>) -> Vec<Writer> {
    let texts = fields.texts("by");
    if texts.is_empty() {
        fields.fault(fields.at(), Some("by"), "this is missing: a rule names who must have written the line");
    }
    let mut writers = Vec::new();
    for text in texts {
        let stated = senders.get(text.value).cloned().map(Writer::stated);
        match stated.or_else(|| Writer::known(text.value)) {
            Some(writer) => writers.push(writer),
            None => fields.fault(text.at, Some("by"), format!("there is no sender `{}`", text.value)),
        }
    }
    writers
}

fn means(fields: &mut Fields<'_, '_, '_>, action: Option<super::super::report::Action>) -> Vec<Means> {
    let stage = fields.text("stage").and_then(|text| word(fields, "stage", &text, words::stage));
    let texts = fields.texts("means");
    texts.iter().filter_map(|text| word(fields, "means", text, |name| Means::read(name, stage, action))).collect()
}

fn samples(fields: &mut Fields<'_, '_, '_>, name: &'static str) -> Vec<Sample> {
    let Some(value) = fields.value(name) else { return Vec::new() };
    let Some(list) = value.get_ref().as_array() else {
        fields.refuse(name, value, "a list of messages or of tables of fields");
        return Vec::new();
    };
    let mut samples = Vec::new();
    for one in list {
        let stated_at = fields.line(one.span().start);
        match sample::fields(one.get_ref()) {
            Some(found) => samples.push(Sample { fields: found, stated_at }),
            None => fields.refuse(name, one, "a message or a table of fields"),
        }
    }
    samples
}

/// What a rule's sentence names must be there to be filled in.
fn sentence(fields: &mut Fields<'_, '_, '_>, rule: &Rule) {
    if rule.shows.ends_with('.') {
        fields.fault(fields.spot("shows"), Some("shows"), "the sentence ends in a full stop");
    }
    if !fields.is_strict() {
        return;
    }
    let names = match rule.sign.as_ref().map(|sign| &sign.text) {
        Some(Text::Pattern(pattern)) => pattern.names(),
        _ => Vec::new(),
    };
    for name in named(&rule.shows).filter(|name| !is_field(name) && !names.iter().any(|known| known == name)) {
        fields.fault(fields.spot("shows"), Some("shows"), format!("there is no capture `{name}`"));
    }
}

/// Tries a rule on its own lines.
fn tried(fields: &mut Fields<'_, '_, '_>, rule: &Rule) {
    if !fields.is_strict() {
        return;
    }
    for (name, samples, wanted) in [("fires", &rule.fires, true), ("not", &rule.not, false)] {
        for sample in samples.iter().filter(|sample| sample::fires(rule, sample) != wanted) {
            let what = if wanted { "the rule does not fire on this line" } else { "the rule fires on this line" };
            fields.fault_at_line(sample.stated_at, name, what);
        }
    }
}
