//! The lines that come with a rule, for its test.

use toml::de::DeValue;

use super::super::source::Line;
use super::matching::fits;
use super::rule::{Rule, Sample};

/// The fields of a sample: a text is the message alone, a table has them all.
pub(super) fn fields(value: &DeValue<'_>) -> Option<Vec<(String, String)>> {
    if let Some(message) = value.as_str() {
        return Some(vec![("MESSAGE".to_owned(), message.to_owned())]);
    }
    let field = |(name, value): (&toml::Spanned<toml::de::DeString<'_>>, &toml::Spanned<DeValue<'_>>)| {
        Some((name.get_ref().to_string(), value.get_ref().as_str()?.to_owned()))
    };
    value.as_table()?.iter().map(field).collect()
}

impl Sample {
    /// The lines that it stands for: where it does not say who wrote it, one by each of the rule's writers.
    #[must_use]
    pub fn lines(&self, rule: &Rule) -> Vec<Line> {
        if self.fields.iter().any(|(name, _)| name.starts_with('_')) || rule.by.is_empty() {
            return vec![line(&self.fields)];
        }
        let by = |example: Vec<(String, String)>| {
            let theirs = example.into_iter().filter(|(name, _)| self.fields.iter().all(|(own, _)| own != name));
            line(&theirs.chain(self.fields.iter().cloned()).collect::<Vec<_>>())
        };
        rule.by.iter().map(|writer| by(writer.example())).collect()
    }
}

fn line(fields: &[(String, String)]) -> Line {
    let fields = fields.iter().map(|(name, value)| (name.clone().into(), value.clone().into_bytes()));
    Line { fields: fields.collect(), ..Line::default() }
}

/// Whether a rule fires on all lines that a sample stands for.
pub(super) fn fires(rule: &Rule, sample: &Sample) -> bool {
    sample.lines(rule).iter().all(|line| fits(rule, line).is_some())
}
