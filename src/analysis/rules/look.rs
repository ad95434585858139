//! What a line looks like, as a rule of a file states it.

use super::load::table;
use super::pattern::Pattern;
use super::reader::{At, Fields, number};
use super::rule::{Sign, Text};
use crate::format::Monotonic;

/// A literal shorter than this is in too many messages.
const SHORTEST_LITERAL: usize = 3;

/// Reads what a rule asks of a line.
pub(super) fn sign(fields: &mut Fields<'_, '_, '_>) -> Sign {
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
