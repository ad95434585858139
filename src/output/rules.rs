//! Rules as text or JSON: a list of them, one in full, and what is wrong with a file of them.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::report::page::{Page, Paint};
use super::report::text::weight;
use super::{Style, document};
use crate::analysis::{Fault, Rule, RuleSign, Rulebook, Sample, Text};

/// What a check of a file came to.
#[derive(Debug, Serialize)]
pub struct Checked<'a> {
    /// The file, as the user named it.
    pub file: &'a str,
    /// How many rules it adds.
    pub added: usize,
    /// How many rules it puts in the place of others.
    pub replaced: usize,
    /// What is wrong with it, by line; then none of it counts.
    pub faults: &'a [Fault],
}

/// Lists all rules: each in a line with what it shows behind, or where the page is too narrow for that below.
///
/// # Errors
/// When the writer fails.
pub fn list(book: &Rulebook, json: bool, safe: bool, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if json {
        let rules: Vec<Value> = book.rules().iter().map(|rule| object(members(rule))).collect();
        return document(&json!({ "version": 1, "weights": book.weights(), "rules": rules }), safe, out);
    }
    let longest = |of: &dyn Fn(&Rule) -> usize| book.rules().iter().map(|rule| of(rule)).max().unwrap_or_default();
    let (id, cause) = (longest(&|rule| rule.id.len()), longest(&|rule| self::cause(rule).len()));
    let before = id + 2 + 8 + 2 + 6 + 2 + cause + 2;
    let is_wide = style.width >= before + SHOWS;
    let head = format!("{:id$}  STRENGTH  WHERE   {:cause$}  {}", "RULE", "CAUSE", if is_wide { "SHOWS" } else { "" });
    writeln!(out, "{}", head.trim_end())?;
    let mut page = Page::new(style, out);
    for rule in book.rules() {
        let place = if rule.sign.is_some() { rule.place.id() } else { "code" };
        let what = self::cause(rule);
        let facts = format!("{:id$}  {:8}  {place:6}  {what:cause$}  ", rule.id, weight(rule.strength));
        if is_wide {
            page.paragraph(Paint::Plain, &facts, &rule.shows)?;
        } else {
            page.whole(Paint::Plain, "", facts.trim_end())?;
            page.paragraph(Paint::Plain, "  ", &rule.shows)?;
        }
    }
    Ok(())
}

/// So many columns for what a rule shows, or it stands below.
const SHOWS: usize = 40;

fn cause(rule: &Rule) -> &'static str {
    rule.causes.first().map_or("-", |cause| cause.id())
}

/// Shows one rule with all that it states.
///
/// # Errors
/// When the writer fails.
pub fn one(rule: &Rule, json: bool, safe: bool, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let members = members(rule);
    if json {
        return document(&object(members), safe, out);
    }
    let mut page = Page::new(style, out);
    page.paragraph(Paint::Plain, "", &format!("{}: {}", rule.id, rule.shows))?;
    for (name, value) in members.iter().filter(|(name, _)| *name != "id" && *name != "shows") {
        let lead = format!("  {name:16}");
        for value in value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice) {
            // What may be copied into a rule of one's own stays as it is.
            match *name {
                "versions" | "false_positives" | "source" => page.paragraph(Paint::Plain, &lead, &plain(value))?,
                _ => page.whole(Paint::Plain, &lead, &plain(value))?,
            }
        }
    }
    Ok(())
}

/// Says what a check of a file came to.
///
/// # Errors
/// When the writer fails.
pub fn checked(found: &Checked<'_>, json: bool, safe: bool, out: &mut dyn Write) -> io::Result<()> {
    if json {
        return document(found, safe, out);
    }
    for fault in found.faults {
        writeln!(out, "{}:{fault}", found.file)?;
    }
    if found.faults.is_empty() {
        let (file, added, replaced) = (found.file, found.added, found.replaced);
        let rules = if added == 1 { "rule" } else { "rules" };
        writeln!(out, "{file}: {added} {rules} added, {replaced} replaced")?;
    }
    Ok(())
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}={}", plain(value)));
            fields.collect::<Vec<_>>().join(" ")
        }
        value => value.to_string(),
    }
}

fn object(members: Vec<(&'static str, Value)>) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}

/// What a rule states, by the names of the rules file; what it does not state is absent.
fn members(rule: &Rule) -> Vec<(&'static str, Value)> {
    let mut members = vec![
        ("id", json!(rule.id)),
        ("file", json!(format!("{}:{}", rule.file, rule.stated_at))),
        ("where", json!(rule.place.id())),
        ("by", json!(rule.by.iter().map(|writer| writer.name()).collect::<Vec<_>>())),
    ];
    members.extend(rule.sign.iter().flat_map(sign));
    members.extend(says(rule));
    members.extend([("fires", samples(&rule.fires)), ("not", samples(&rule.not))]);
    members.extend([("fires_in", json!(rule.fires_in)), ("not_in", json!(rule.not_in))]);
    let stated = |value: &Value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty());
    members.retain(|(_, value)| stated(value));
    members
}

fn says(rule: &Rule) -> Vec<(&'static str, Value)> {
    vec![
        ("means", json!(rule.means.iter().map(|means| means.id()).collect::<Vec<_>>())),
        ("action", json!(rule.action)),
        ("initiator", json!(rule.initiator)),
        ("cause", json!(rule.causes)),
        ("candidates", json!(rule.candidates)),
        ("excludes", json!(rule.excludes)),
        ("contributing", json!(rule.contributing)),
        ("strength", json!(weight(rule.strength))),
        ("shows", json!(rule.shows)),
        ("versions", json!(rule.versions)),
        ("false_positives", json!(rule.false_positives)),
        ("source", json!(rule.source)),
    ]
}

fn sign(sign: &RuleSign) -> Vec<(&'static str, Value)> {
    let bits: Vec<String> = sign.bits.iter().map(|(name, bit)| format!("{name}: {bit}")).collect();
    let mut members = vec![
        ("message_id", json!(sign.message_ids)),
        ("fields", json!(sign.fields.iter().map(ToString::to_string).collect::<Vec<_>>())),
        ("step", json!(sign.step.map(|step| step.id()))),
        ("units", json!(sign.units)),
        ("lacks", json!(sign.lacks)),
        ("bits", json!(bits)),
        ("within", json!(sign.within.map(|within| within.0 as f64 / 1e6))),
    ];
    match &sign.text {
        Text::Any => {}
        Text::Whole(texts) => members.push(("text", json!(texts))),
        Text::Starts(starts) => members.push(("starts", json!(starts))),
        Text::Has(parts) => members.push(("has", json!(parts))),
        Text::Pattern(pattern) => {
            members.extend([("pattern", json!(pattern.expression)), ("literal", json!(pattern.literals))]);
        }
    }
    members
}

fn samples(samples: &[Sample]) -> Value {
    let fields = |sample: &Sample| {
        let fields = sample.fields.iter().map(|(name, value)| (name.clone(), json!(value)));
        Value::Object(fields.collect())
    };
    samples.iter().map(fields).collect()
}
