//! What several boots show, as sentences for the report on one of them.

use super::{Change, History, Series};
use crate::format::Id128;

const SECOND: u64 = 1_000_000;

/// What the other boots show of one boot's end, a sentence each, without a full stop; `boots` are the numbers and machines
/// of all boots.
pub(in crate::analysis) fn of(history: &History, boots: &[(i64, Id128)], boot: usize) -> Vec<String> {
    let named = |of: &[usize]| names(of, boots);
    let has = |of: &[usize]| of.binary_search(&boot).is_ok();
    let mut told = Vec::new();
    told.extend(history.crash_loops.iter().filter(|series| has(&series.boots)).map(|series| {
        format!("boots {} died one after another soon after their start{}", named(&series.boots), before(series))
    }));
    let short = history.short_series.iter().filter(|series| has(&series.boots));
    told.extend(short.map(|series| format!("boots {} were short and ended in order", named(&series.boots))));
    told.extend(history.equal_gaps.iter().filter(|gaps| has(&gaps.boots)).map(|gaps| {
        let others: Vec<usize> = gaps.boots.iter().copied().filter(|other| *other != boot).collect();
        format!("the machine was back after {}, as after the abrupt ends of boots {}", gaps.told(), named(&others))
    }));
    told.extend(history.hours.iter().filter(|hours| has(&hours.boots)).map(|hours| {
        let time = |minute: u64| format!("{:02}:{:02}", minute / 60, minute % 60);
        let (from, to) = (time(hours.from_minute), time(hours.to_minute));
        format!("{} abrupt ends fall between {from} and {to} UTC: boots {}", hours.boots.len(), named(&hours.boots))
    }));
    let first = history.first_failures.iter().filter(|first| first.boot == boot);
    told.extend(first.map(|first| format!("the first abrupt end of this machine; before it: {}", all(&first.changes))));
    told.extend(history.together.iter().filter(|together| together.boots.contains(&boot)).map(|together| {
        let within = together.to.0.saturating_sub(together.from.0).div_ceil(SECOND);
        format!("{} machines ended abruptly within {within} s: boots {}", together.machines, named(&together.boots))
    }));
    let alike = history.alike.iter().filter(|alike| has(&alike.boots));
    told.extend(
        alike.map(|alike| format!("{} machines share {}: boots {}", alike.machines, alike.what, named(&alike.boots))),
    );
    told
}

fn before(series: &Series) -> String {
    if series.changes.is_empty() { String::new() } else { format!("; before the first: {}", all(&series.changes)) }
}

fn all(changes: &[Change]) -> String {
    changes.iter().map(Change::to_string).collect::<Vec<_>>().join("; ")
}

/// Boots by their numbers, a run of many by its ends; where there are several machines, with the machine.
///
/// `all` are the numbers and machines of all boots.
pub(crate) fn names(boots: &[usize], all: &[(i64, Id128)]) -> String {
    let boots: Vec<(i64, Id128)> = boots.iter().filter_map(|boot| all.get(*boot).copied()).collect();
    let machine = |id: Id128| id.to_string().chars().take(8).collect::<String>();
    let differ = |among: &[(i64, Id128)]| among.iter().zip(among.iter().skip(1)).any(|(one, two)| one.1 != two.1);
    let is_mixed = differ(&boots);
    let name = |(index, id): &(i64, Id128)| match is_mixed {
        true => format!("{index} (machine {})", machine(*id)),
        false => index.to_string(),
    };
    let listed = match boots.as_slice() {
        [first, .., last] if boots.len() > 4 => format!("{} … {} ({} in all)", name(first), name(last), boots.len()),
        few => few.iter().map(name).collect::<Vec<_>>().join(", "),
    };
    match boots.first() {
        Some((_, id)) if !is_mixed && differ(all) => format!("{listed} of machine {}", machine(*id)),
        _ => listed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boots_have_their_machine_where_there_are_several() {
        let [one, two] = [Id128([0x11; 16]), Id128([0x22; 16])];
        let alone: Vec<(i64, Id128)> = (-5..=0).map(|index| (index, one)).collect();
        assert_eq!(names(&[1, 2], &alone), "-4, -3");
        assert_eq!(names(&[0, 1, 2, 3, 5], &alone), "-5 … 0 (5 in all)");
        let mixed: Vec<(i64, Id128)> = (-5..=0).map(|index| (index, if index % 2 == 0 { two } else { one })).collect();
        assert_eq!(names(&[0, 2], &mixed), "-5, -3 of machine 11111111");
        assert_eq!(names(&[0, 1], &mixed), "-5 (machine 11111111), -4 (machine 22222222)");
    }
}
