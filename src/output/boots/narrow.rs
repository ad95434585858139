//! Rows that fit 80 columns: what a boot is, when it began and ended, how and why, in short forms.

use super::Row;
use super::table::{action, gap, has_matches, index_width, mark, word};
use crate::analysis::{ClockKind, Confidence, Ending};
use crate::format::Realtime;
use crate::output::Style;
use crate::output::when::{Spelling, clock, span};

/// Tables fit so many columns.
const NARROWEST: usize = 80;
/// Characters of an id where there is room.
const ID: usize = 8;
/// The same where causes are long, starts have their years and boots are many.
const SHORTEST_ID: usize = crate::query::BEGINNING;
/// So long may a span be; of a longer one the larger unit is left.
const SPAN: usize = 6;
/// So long is the longest of the words for what became of the machine.
const ACTION: usize = "power-cut".len();
/// So long is the shortest form of an ending.
const ENDING: usize = 7;

/// What fits a terminal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    /// Characters of a number.
    index: usize,
    /// Characters of an id.
    id: usize,
    /// Whether all boots started in one year, which need not be repeated.
    one_year: Option<i16>,
    /// Whether ends say how many days after the start they are.
    days: bool,
    /// Characters of a span, or of a count of matches.
    gap: usize,
    /// Whether these are counts.
    matches: bool,
    /// Characters of an ending.
    ending: usize,
    /// Whether there is room to say what became of the machine.
    action: bool,
    /// Whether nothing stands between a number and its id, and between a cause and its mark.
    tight: bool,
}

impl Columns {
    pub(super) fn of(rows: &[Row<'_>], style: &Style) -> Self {
        let mut years = rows.iter().map(|row| clock(row.span.clock.start, &style.zone, "%Y").parse::<i16>().ok());
        let year = years.next().flatten();
        let longest = |of: &dyn Fn(&Row<'_>) -> usize| rows.iter().map(of).max().unwrap_or_default();
        let columns = Self {
            index: index_width(rows),
            id: ID,
            one_year: year.filter(|_| years.all(|other| other == year)),
            days: rows.iter().any(|row| days(row, style) > 0),
            gap: longest(&|row| short(&gap(row)).len()).max(if has_matches(rows) { 5 } else { 3 }),
            matches: has_matches(rows),
            ending: longest(&|row| word(row).len()).max(ENDING),
            action: false,
            tight: false,
        };
        columns.narrowed(longest(&|row| cause(row, false).len()), style.width)
    }

    /// With as much as a cause of so many characters leaves room for.
    fn narrowed(mut self, cause: usize, width: usize) -> Self {
        let excess = |columns: &Self| (columns.before_cause() + cause).saturating_sub(width.max(NARROWEST));
        self.ending = self.ending.saturating_sub(excess(&self)).max(ENDING);
        self.id = self.id.saturating_sub(excess(&self)).max(SHORTEST_ID);
        self.days &= excess(&self) == 0;
        self.tight = excess(&self) > 0;
        self.action = width > self.before_cause() + cause.max("CAUSE".len()) + ACTION;
        self
    }

    /// Whether ends say how many days after the start they are.
    pub(super) const fn has_days(&self) -> bool {
        self.days
    }

    /// The characters of a row before its cause.
    fn before_cause(self) -> usize {
        let ids = self.index + 2 + self.id;
        let action = if self.action { ACTION + 1 } else { 0 };
        ids + 1 + self.start() + 1 + self.end() + 1 + SPAN + 1 + self.gap + 1 + self.ending + 1 + action
    }

    /// The characters of a start, with the letter for its clock.
    const fn start(self) -> usize {
        if self.one_year.is_some() { "05-12 05:54r".len() } else { "26-05-12 05:54r".len() }
    }

    /// The characters of an end.
    const fn end(self) -> usize {
        if self.days { "05:54+1".len() } else { "05:54".len() }
    }

    /// The names of the columns.
    pub(super) fn head(&self) -> String {
        let (index, id, start, end) = (self.index, self.id, self.start(), self.end());
        let (gap, ending, name) = (self.gap, self.ending, if self.matches { "MATCH" } else { "GAP" });
        let year = self.one_year.map_or_else(|| "START".to_owned(), |year| format!("START {year}"));
        let ids = format!("{:>index$} {}{:<id$}", "IDX", self.space(), "BOOT");
        let action = if self.action { format!("{:<ACTION$} ", "ACTION") } else { String::new() };
        let times = format!("{year:<start$} {:<end$} {:>SPAN$} {name:>gap$}", "END", "UPTIME");
        format!("{ids} {times} {:<ending$} {action}CAUSE", "ENDING")
    }

    /// A row up to how the boot ended, and from there on.
    pub(super) fn line(&self, row: &Row<'_>, style: &Style) -> (String, String) {
        let (index, id, end, width) = (self.index, row.boot.id.to_string(), self.end(), self.gap);
        let id = id.get(..self.id).unwrap_or_default();
        let form = if self.one_year.is_some() { "%m-%d %H:%M" } else { "%y-%m-%d %H:%M" };
        let start = clock(row.span.clock.start, &style.zone, form);
        let start = format!("{start}{}", letter(row.span.clock.kind));
        let (ended, uptime) = (self.ended(row, style), short(&span(row.uptime(), Spelling::Column)));
        let ids = format!("{:>index$}{}{}{id}", row.index, mark(row), self.space());
        let before = format!("{ids} {start} {ended:<end$} {uptime:>SPAN$} {:>width$} ", short(&gap(row)));
        let (how, ending) = (word(row), self.ending);
        let how = how.get(..ending).unwrap_or(how);
        let became = if self.action { format!("{:<ACTION$} ", action(row.ending.action)) } else { String::new() };
        (before, format!("{how:<ending$} {became}{}", cause(row, self.tight)))
    }

    const fn space(&self) -> &'static str {
        if self.tight { "" } else { " " }
    }

    /// The time of the end, and how many days after the start that is.
    fn ended(&self, row: &Row<'_>, style: &Style) -> String {
        let time = clock(row.boot.last.realtime, &style.zone, "%H:%M");
        match days(row, style) {
            days @ 1..10 if self.days => format!("{time}+{days}"),
            10.. if self.days => format!("{time}+…"),
            _ => time,
        }
    }
}

/// How many calendar days after its start a boot ended.
pub(super) fn days(row: &Row<'_>, style: &Style) -> u64 {
    let day = |at: Realtime| clock(at, &style.zone, "%Y-%m-%d").parse::<jiff::civil::Date>().ok();
    let between = |(from, to): (jiff::civil::Date, jiff::civil::Date)| u64::try_from((to - from).get_days()).ok();
    day(row.span.clock.start).zip(day(row.boot.last.realtime)).and_then(between).unwrap_or_default()
}

/// `1d 15h` without the space, and of more than fits the larger unit.
fn short(span: &str) -> String {
    let joined = span.replace(' ', "");
    if joined.len() <= SPAN { joined } else { span.split(' ').next().unwrap_or_default().to_owned() }
}

/// What a clock is worth, as one letter.
pub(super) const fn letter(kind: ClockKind) -> char {
    match kind {
        ClockKind::Synced(_) => ' ',
        ClockKind::Rtc => 'r',
        ClockKind::FakeHwclock => 'f',
        ClockKind::Epoch => 'e',
        ClockKind::Unknown => '?',
    }
}

/// Why the boot ended, or what it was, where it was none of the machine's own.
fn cause(row: &Row<'_>, tight: bool) -> String {
    row.remarks.label.map_or_else(|| why(&row.ending, tight), |label| label.id().to_owned())
}

/// The cause and how sure it is: what is proven needs no mark, a running boot has none.
fn why(ending: &Ending, tight: bool) -> String {
    let mark = match ending.confidence {
        None => return String::new(),
        Some(Confidence::Proven | Confidence::Undetermined) => return ending.cause.to_string(),
        Some(Confidence::Likely) => '~',
        Some(Confidence::Possible) => '?',
    };
    let space = if tight { "" } else { " " };
    format!("{}{space}{mark}", ending.cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Action, Cause, Orderliness};

    #[test]
    fn the_longest_cause_fits_80_columns_though_starts_have_their_years_and_boots_are_many() {
        let longest = Cause::ALL.iter().map(|cause| cause.id().len()).max().unwrap() + " ~".len();
        let columns = |index, one_year| Columns {
            index,
            id: ID,
            one_year,
            days: true,
            gap: SPAN,
            matches: false,
            ending: "incomplete".len(),
            action: false,
            tight: false,
        };
        for (index, one_year) in [(3, Some(2026)), (3, None), (4, Some(2026)), (4, None), (5, None)] {
            let room = columns(index, one_year);
            assert_eq!(room.head().len(), room.before_cause() + "CAUSE".len(), "the head says where causes begin");
            let narrow = room.narrowed(longest, 80);
            let tight = if narrow.tight { 2 } else { 0 };
            assert!(narrow.before_cause() + longest - tight <= 80, "{narrow:?}");
            assert!(!narrow.tight || one_year.is_none(), "{narrow:?}");
        }
        let (all, roomy) = (columns(3, Some(2026)), columns(3, Some(2026)).narrowed(longest, 100));
        assert_eq!((roomy.id, roomy.days, roomy.ending), (all.id, true, all.ending), "where all fits, nothing is cut");
        let wider = all.narrowed(longest, 120);
        assert!(wider.action && !all.narrowed(longest, 80).action, "where there is more room, more is shown");
        assert_eq!(wider.head().len(), wider.before_cause() + "CAUSE".len());
        assert!(wider.before_cause() + longest <= 120);
    }

    #[test]
    fn a_span_that_is_too_long_loses_its_smaller_unit() {
        assert_eq!(
            ["27s", "34m 29s", "1d 15h", "123d 04h", "-", "1234567"].map(short),
            ["27s", "34m29s", "1d15h", "123d", "-", "1234567"]
        );
    }

    #[test]
    fn a_cause_says_how_sure_it_is_and_a_running_boot_has_none() {
        let of = |cause, confidence| {
            let ending = Ending {
                orderliness: Orderliness::Abrupt,
                action: Some(Action::Unknown),
                initiator: None,
                cause,
                confidence,
                headline: String::new(),
                candidates: Vec::new(),
                contributing: Vec::new(),
            };
            why(&ending, false)
        };
        assert_eq!(of(Cause::PowerLoss, Some(Confidence::Likely)), "power.loss ~");
        assert_eq!(of(Cause::PowerLoss, Some(Confidence::Proven)), "power.loss");
        assert_eq!(of(Cause::UndeterminedAbrupt, Some(Confidence::Undetermined)), "undetermined.abrupt");
        assert_eq!(of(Cause::NoneStillRunning, None), "");
    }
}
