//! A rules file, read and checked: everything that is wrong with it is reported at once.
//!
//! ```toml
//! version = 1
//!
//! [senders]
//! gate = [["_SYSTEMD_UNIT=gate.service"]]
//!
//! [[rule]]
//! id = "gate.restart"
//! where = "ending"
//! by = "gate"
//! pattern = '^restart in (?P<seconds>[0-9]+) s$'
//! literal = "restart in "
//! cause = "requested.orchestrator"
//! strength = "strong"
//! shows = "the gate asked for a restart in {seconds} s"
//! fires = ["restart in 5 s"]
//! not = ["no restart in sight"]
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::means::Means;
use super::pattern::Pattern;
use super::reader::{At, Fault, Faults, Fields, number};
use super::rule::{Rule, Sample, Sign, Text, Where, is_field, named};
use super::sample;
use super::term::Term;
use super::weights::Weights;
use super::words;
use super::writer::{Stated, Writer};
use crate::format::Monotonic;

/// The version of the files that are understood.
const VERSION: f64 = 1.0;
/// So long may a file of rules be, in bytes.
pub const LARGEST: usize = 2 << 20;
/// So many rules may a file have.
const MOST_RULES: usize = 5000;
/// A literal shorter than this is in too many messages.
const SHORTEST_LITERAL: usize = 3;

/// What a rules file states.
#[derive(Debug, Default)]
pub(super) struct Stock {
    pub(super) rules: Vec<Rule>,
    pub(super) senders: BTreeMap<String, Arc<Stated>>,
    pub(super) weights: Option<Weights>,
}

/// Reads a file; it may use the senders of another.
///
/// Where it is `strict`, patterns are compiled and every rule is tried on its own samples; else patterns are compiled
/// when they are first needed.
///
/// # Errors
/// Everything that is wrong with it, by line.
pub(super) fn read(
    file: &str,
    text: &str,
    senders: &BTreeMap<String, Arc<Stated>>,
    strict: bool,
) -> Result<Stock, Vec<Fault>> {
    let mut faults = Faults::new(text, strict);
    if text.len() > LARGEST {
        faults.add(0, None, None, format!("the file has {} bytes; {LARGEST} are allowed", text.len()));
        return Err(faults.into_found());
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        faults.add(error.span().map_or(0, |span| span.start), None, None, error.message().to_owned());
    }
    let mut stock = Stock { senders: senders.clone(), ..Stock::default() };
    let mut fields = Fields::new(&mut faults, root.get_ref(), root.span());
    version(&mut fields);
    let (stated, weights) = (table(&mut fields, "senders"), table(&mut fields, "weights"));
    let (structural, rules) = (tables(&mut fields, "structural"), tables(&mut fields, "rule"));
    fields.finish();
    if let Some(stated) = stated {
        self::senders(&mut faults, stated, &mut stock.senders);
    }
    stock.weights = weights.map(|weights| self::weights(Fields::new(&mut faults, weights.0, weights.1)));
    let mut known = BTreeSet::new();
    let all = structural.into_iter().map(|it| (it, true)).chain(rules.into_iter().map(|it| (it, false)));
    for ((table, span), is_structural) in all.take(MOST_RULES) {
        let fields = Fields::new(&mut faults, table, span);
        stock.rules.extend(rule(fields, file, &stock.senders, is_structural, &mut known));
    }
    let found = faults.into_found();
    if found.is_empty() { Ok(stock) } else { Err(found) }
}

type Spot<'t> = (&'t DeTable<'t>, std::ops::Range<usize>);

fn version(fields: &mut Fields<'_, '_, '_>) {
    match fields.number("version") {
        Some(VERSION) => {}
        Some(other) => {
            let at = fields.at();
            fields.fault(at, Some("version"), format!("version {other} is not understood; this is version {VERSION}"));
        }
        None => fields.fault(0, Some("version"), format!("this is missing; the present one is {VERSION}")),
    }
}

fn table<'t>(fields: &mut Fields<'_, '_, 't>, name: &'static str) -> Option<Spot<'t>> {
    let value = fields.value(name)?;
    let table = value.get_ref().as_table();
    if table.is_none() {
        fields.refuse(name, value, "a table");
    }
    Some((table?, value.span()))
}

fn tables<'t>(fields: &mut Fields<'_, '_, 't>, name: &'static str) -> Vec<Spot<'t>> {
    let Some(value) = fields.value(name) else { return Vec::new() };
    let mut found = Vec::new();
    let Some(list) = value.get_ref().as_array() else {
        fields.refuse(name, value, "a list of tables");
        return found;
    };
    if list.len() > MOST_RULES {
        fields.fault(value.span().start, Some(name), format!("there are {}; {MOST_RULES} are read", list.len()));
    }
    for one in list {
        match one.get_ref().as_table() {
            Some(table) => found.push((table, one.span())),
            None => fields.refuse(name, one, "a table"),
        }
    }
    found
}

/// `name = [["FIELD=value", …], …]`: all terms of one of the lists.
fn senders(faults: &mut Faults<'_>, (table, _): Spot<'_>, known: &mut BTreeMap<String, Arc<Stated>>) {
    for (name, value) in table {
        let (at, name) = (value.span().start, name.get_ref().as_ref());
        let field = format!("senders.{name}");
        let lists = value.get_ref().as_array().into_iter().flatten();
        let any: Vec<Vec<Term>> = lists.filter_map(|list| terms(faults, &field, list.get_ref().as_array()?)).collect();
        if any.is_empty() || value.get_ref().as_array().is_some_and(|lists| lists.len() != any.len()) {
            faults.add(at, None, Some(&field), "this is not a list of lists of FIELD=value");
        }
        for all in any.iter().filter(|all| !all.iter().any(Term::is_trusted)) {
            let terms: Vec<String> = all.iter().map(ToString::to_string).collect();
            let what =
                format!("[{}] names no field that journald sets itself, such as _SYSTEMD_UNIT", terms.join(", "));
            faults.add(at, None, Some(&field), what);
        }
        if Writer::known(name).is_some() {
            faults.add(at, None, Some(&field), "this name is taken by a sender that is built in");
        }
        known.insert(name.to_owned(), Arc::new(Stated { name: name.to_owned(), any }));
    }
}

fn terms(faults: &mut Faults<'_>, field: &str, list: &[Spanned<DeValue<'_>>]) -> Option<Vec<Term>> {
    let mut terms = Vec::new();
    for one in list {
        match one.get_ref().as_str()?.parse() {
            Ok(term) => terms.push(term),
            Err(error) => faults.add(one.span().start, None, Some(field), error),
        }
    }
    (!list.is_empty()).then_some(terms)
}

fn weights(mut fields: Fields<'_, '_, '_>) -> Weights {
    let mut weights = Weights::default();
    for (name, place) in [
        ("proof", &mut weights.proof),
        ("strong", &mut weights.strong),
        ("moderate", &mut weights.moderate),
        ("weak", &mut weights.weak),
        ("noise_share", &mut weights.noise_share),
        ("noise_divisor", &mut weights.noise_divisor),
    ] {
        *place = fields.number(name).unwrap_or(*place);
    }
    if let Some(value) = fields.value("decay") {
        match decay(value.get_ref()) {
            Some(decay) => weights.decay = decay,
            None => fields.refuse("decay", value, "a list of [seconds, factor], the last with \"\" for seconds"),
        }
    }
    fields.finish();
    weights
}

fn decay(value: &DeValue<'_>) -> Option<Vec<(Option<f64>, f64)>> {
    let step = |one: &Spanned<DeValue<'_>>| match &one.get_ref().as_array()?[..] {
        [until, factor] if until.get_ref().as_str() == Some("") => Some((None, number(factor.get_ref())?)),
        [until, factor] => Some((Some(number(until.get_ref())?), number(factor.get_ref())?)),
        _ => None,
    };
    let steps: Vec<(Option<f64>, f64)> = value.as_array()?.iter().map(step).collect::<Option<_>>()?;
    let (last, before) = steps.split_last()?;
    let bounded = before.iter().all(|(until, _)| until.is_some());
    (last.0.is_none() && bounded && before.is_sorted_by(|one, two| one.0 < two.0)).then_some(steps)
}

fn rule(
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
        versions: fields.text("versions").map(|text| text.value.to_owned()),
        false_positives: fields.text("false_positives").map(|text| text.value.to_owned()),
        source: fields.text("source").map(|text| text.value.to_owned()),
        fires: if is_structural { Vec::new() } else { samples(&mut fields, "fires") },
        not: if is_structural { Vec::new() } else { samples(&mut fields, "not") },
        file: file.into(),
        stated_at: fields.line(fields.at()),
        id,
    };
    sentence(&mut fields, &rule);
    tried(&mut fields, &rule);
    fields.finish();
    Some(rule)
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

fn sign(fields: &mut Fields<'_, '_, '_>) -> Sign {
    let sign = Sign {
        message_ids: message_ids(fields),
        fields: fields.words("fields"),
        step: fields.word("step"),
        units: owned(fields.texts("units")),
        text: text(fields),
        lacks: owned(fields.texts("lacks")),
        bits: bits(fields),
        within: fields.number("within").map(|seconds| Monotonic((seconds * 1e6) as u64)),
    };
    if sign.step.is_none() && !sign.units.is_empty() {
        fields.fault(fields.spot("units"), Some("units"), "units are of a `step`");
    }
    if let (Text::Pattern(pattern), true) = (&sign.text, fields.is_strict()) {
        let names = pattern.names();
        for (capture, _) in sign.bits.iter().filter(|(capture, _)| !names.contains(capture)) {
            fields.fault(fields.spot("bits"), Some("bits"), format!("the pattern has no capture `{capture}`"));
        }
    }
    sign
}

fn owned(texts: Vec<At<&str>>) -> Vec<String> {
    texts.into_iter().map(|text| text.value.to_owned()).collect()
}

fn message_ids(fields: &mut Fields<'_, '_, '_>) -> Vec<String> {
    let texts = fields.texts("message_id");
    for text in &texts {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.value.len() != 32 || !text.value.bytes().all(is_digit) {
            fields.fault(text.at, Some("message_id"), "an id has 32 small hexadecimal digits");
        }
    }
    owned(texts)
}

fn text(fields: &mut Fields<'_, '_, '_>) -> Text {
    let (whole, starts, has) = (fields.texts("text"), fields.texts("starts"), fields.texts("has"));
    let (pattern, literals) = (fields.text("pattern"), fields.texts("literal"));
    let stated = [!whole.is_empty(), !starts.is_empty(), !has.is_empty(), pattern.is_some()];
    if stated.iter().filter(|stated| **stated).count() > 1 {
        fields.fault(fields.at(), None, "only one of text, starts, has, pattern");
    }
    for (name, list) in [("text", &whole), ("starts", &starts), ("has", &has), ("literal", &literals)] {
        for short in list.iter().filter(|text| text.value.len() < SHORTEST_LITERAL) {
            fields.fault(short.at, Some(name), format!("`{}` is shorter than {SHORTEST_LITERAL} bytes", short.value));
        }
    }
    if let Some(pattern) = pattern {
        return Text::Pattern(self::pattern(fields, &pattern, literals));
    }
    if let Some(literal) = literals.first() {
        fields.fault(literal.at, Some("literal"), "a literal belongs to a `pattern`");
    }
    match stated {
        [true, ..] => Text::Whole(owned(whole)),
        [_, true, ..] => Text::Starts(owned(starts)),
        [_, _, true, _] => Text::Has(owned(has)),
        _ => Text::Any,
    }
}

fn pattern(fields: &mut Fields<'_, '_, '_>, text: &At<&str>, literals: Vec<At<&str>>) -> Pattern {
    if literals.is_empty() {
        let what = "this needs a `literal` that every match contains, so that few messages are looked at";
        fields.fault(text.at, Some("pattern"), what);
    }
    let pattern = Pattern::new(text.value.to_owned(), owned(literals));
    if fields.is_strict()
        && let Err(what) = pattern.check()
    {
        fields.fault(text.at, Some("pattern"), what);
    }
    pattern
}

fn bits(fields: &mut Fields<'_, '_, '_>) -> Vec<(String, u32)> {
    let Some((table, span)) = table(fields, "bits") else { return Vec::new() };
    let mut bits = Vec::new();
    for (capture, value) in table {
        match number(value.get_ref()).filter(|bit| *bit < 64.0 && bit.fract() == 0.0) {
            Some(bit) => bits.push((capture.get_ref().to_string(), bit as u32)),
            None => fields.fault(span.start, Some("bits"), format!("`{}` is not a bit, 0 to 63", capture.get_ref())),
        }
    }
    bits
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
