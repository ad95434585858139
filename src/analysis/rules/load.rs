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

use super::form::rule;
use super::reader::{Fault, Faults, Fields, number};
use super::rule::Rule;
use super::term::Term;
use super::weights::Weights;
use super::writer::{Stated, Writer};

/// The version of the files that are understood.
const VERSION: f64 = 1.0;
/// So long may a file of rules be, in bytes.
pub const LARGEST: usize = 2 << 20;
/// So many rules may a file have.
const MOST_RULES: usize = 5000;

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// The catalogue as it comes with the program: every rule says of which versions it is, and patterns are compiled
    /// when they are first needed.
    Catalogue,
    /// A user's file: patterns are compiled, and every rule is tried on its own samples.
    Strict,
}

/// What a rules file states.
#[derive(Debug, Default)]
pub(super) struct Stock {
    pub(super) rules: Vec<Rule>,
    pub(super) senders: BTreeMap<String, Arc<Stated>>,
    pub(super) weights: Option<Weights>,
}

/// Reads a file; it may use the senders of another.
///
/// # Errors
/// Everything that is wrong with it, by line.
pub(super) fn read(
    file: &str,
    text: &str,
    senders: &BTreeMap<String, Arc<Stated>>,
    care: Care,
) -> Result<Stock, Vec<Fault>> {
    let mut faults = Faults::new(text, care);
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

pub(super) fn table<'t>(fields: &mut Fields<'_, '_, 't>, name: &'static str) -> Option<Spot<'t>> {
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
