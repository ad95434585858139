//! A timeline as bars in a terminal.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Scale, number};
use crate::format::Realtime;
use crate::output::Style;
use crate::output::when::clock;
use crate::query::stats::{Measure, Sum, Timeline};

/// Rows of the chart; each is eight steps high.
const ROWS: usize = 8;
/// The steps of the highest bar.
pub(super) const HEIGHT: usize = ROWS * 8;

/// Columns before the bars: a number and the axis.
const GUTTER: usize = 12;

/// Fewer columns than this show nothing.
const LEAST: usize = 10;

/// A bar is drawn no wider than this, so that a few do not look like many.
const WIDEST: usize = 4;

const STEPS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One column of the chart.
#[derive(Clone, Copy, Debug)]
enum Column {
    /// A bar that begins then and is so high.
    Bar(Realtime, u64),
    /// Longer than a few columns, nothing was logged.
    Break,
}

/// Writes a timeline with a title and both axes, within the width of the style.
pub(super) fn write(
    timeline: &Timeline,
    measure: Measure,
    scale: Scale,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let room = style.width.saturating_sub(GUTTER + 1).max(LEAST);
    let longest = (room / 4) as u64;
    let fitted = timeline.fitted(room, longest);
    let columns = columns(&fitted, measure, longest);
    let Some(most) = columns.iter().map(Column::height).max() else { return Ok(()) };
    let wide = (room / columns.len()).clamp(1, WIDEST);
    title(&fitted, &columns, measure, scale, style, out)?;
    let bar = style.paint(anstyle::AnsiColor::Cyan.on_default());
    for row in (0..ROWS).rev() {
        let label = match row {
            _ if row == ROWS - 1 => number(most, measure),
            _ if row == ROWS / 2 - 1 => scale.at_half(most).map_or_else(String::new, |half| number(half, measure)),
            _ => String::new(),
        };
        let mark = if label.is_empty() { '│' } else { '┤' };
        let text: String = columns.iter().flat_map(|column| [column.cell(row, most, scale)].repeat(wide)).collect();
        writeln!(out, "{label:>10} {mark}{bar}{}{bar:#}", text.trim_end())?;
    }
    axis(&fitted, &columns, wide, &style.zone, out)
}

/// The bars with the gaps between them.
fn columns(timeline: &Timeline, measure: Measure, longest: u64) -> Vec<Column> {
    let mut columns = Vec::new();
    let step = timeline.step_us();
    for ((start, sum), (gap, _)) in timeline.bars().zip(timeline.gaps()) {
        if gap > longest {
            columns.push(Column::Break);
        } else {
            let empty = (1..=gap).rev().map(|back| Realtime(start.0.saturating_sub(back.saturating_mul(step))));
            columns.extend(empty.map(|start| Column::Bar(start, 0)));
        }
        columns.push(Column::Bar(start, Sum::of(sum, measure)));
    }
    columns
}

impl Column {
    const fn height(&self) -> u64 {
        match self {
            Self::Bar(_, height) => *height,
            Self::Break => 0,
        }
    }

    /// What stands in a row, counted from below.
    fn cell(&self, row: usize, most: u64, scale: Scale) -> char {
        let Self::Bar(_, height) = self else { return '┆' };
        let steps = scale.steps(*height, most, HEIGHT);
        STEPS.get(steps.saturating_sub(row * 8).min(8)).copied().unwrap_or(' ')
    }
}

fn title(
    timeline: &Timeline,
    columns: &[Column],
    measure: Measure,
    scale: Scale,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let what = match measure {
        Measure::Entries => "Entries",
        Measure::Bytes => "Bytes",
        Measure::Disk => "Bytes on disk",
    };
    let scale = match scale {
        Scale::Linear => "linear",
        Scale::Logarithmic => "logarithmic",
    };
    let last = timeline.bars().next_back().map(|(start, _)| start).unwrap_or_default();
    let zone = clock(last, &style.zone, "%Z");
    let cut = if columns.iter().any(|column| matches!(column, Column::Break)) { "; ┆ stands for a gap" } else { "" };
    let bold = style.paint(anstyle::Style::new().bold());
    writeln!(out, "{bold}{what} per {}, {zone}, {scale}{cut}{bold:#}", step(timeline.step_us() / 1_000_000))
}

/// The length of a bar in words.
fn step(seconds: u64) -> String {
    const UNITS: [(u64, &str); 5] =
        [(7 * 86_400, "week"), (86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")];
    let unit = UNITS.iter().find(|(length, _)| seconds.is_multiple_of(*length) && seconds >= *length);
    match unit {
        Some((length, name)) if seconds == *length => (*name).to_owned(),
        Some((length, name)) => format!("{} {name}s", seconds / length),
        None => "bar".to_owned(),
    }
}

/// The axis of time: a line with a mark for each label, and the labels.
fn axis(timeline: &Timeline, columns: &[Column], wide: usize, zone: &TimeZone, out: &mut dyn Write) -> io::Result<()> {
    let labels = labels(timeline, columns, wide, zone);
    let (mut line, mut text) = (String::new(), String::new());
    for (index, column) in columns.iter().enumerate() {
        let label = labels.iter().find(|(at, _)| *at == index);
        line.push(match (column, label) {
            (Column::Break, _) => '┆',
            (_, Some(_)) => '┬',
            _ => '─',
        });
        line.extend(std::iter::repeat_n(if matches!(column, Column::Break) { '┆' } else { '─' }, wide - 1));
        if let Some((_, label)) = label {
            text.extend(std::iter::repeat_n(' ', (index * wide).saturating_sub(text.len())));
            text.push_str(label);
        }
    }
    writeln!(out, "{:>10} └{line}", 0)?;
    writeln!(out, "{:>10}  {text}", "")
}

/// Which columns are labelled, and how: as many as fit, round times first.
fn labels(timeline: &Timeline, columns: &[Column], wide: usize, zone: &TimeZone) -> Vec<(usize, String)> {
    let starts: Vec<Option<Realtime>> = columns
        .iter()
        .map(|column| match column {
            Column::Bar(start, _) => Some(*start),
            Column::Break => None,
        })
        .collect();
    let ends =
        |form| [starts.first(), starts.last()].map(|end| clock(end.copied().flatten().unwrap_or_default(), zone, form));
    let same = |form| matches!(ends(form), [first, last] if first == last);
    let form = match (timeline.step_us() / 1_000_000, same("%F"), same("%Y")) {
        (86_400.., ..) => "%Y-%m-%d",
        (0..60, true, _) => "%H:%M:%S",
        (_, true, _) => "%H:%M",
        (0..60, false, _) => "%Y-%m-%d %H:%M:%S",
        (_, false, true) => "%m-%d %H:%M",
        (_, false, false) => "%Y-%m-%d %H:%M",
    };
    let length = clock(Realtime(0), zone, form).len();
    let (room, between) = (columns.len() * wide, (length + 2).div_ceil(wide));
    let (mut labels, mut from) = (Vec::new(), 0);
    while from * wide + length <= room {
        let near = starts.iter().enumerate().skip(from).take(if from == 0 { 1 } else { between });
        let fits = |at: &usize| at * wide + length <= room;
        let near = near.filter_map(|(at, start)| Some((at, (*start)?))).filter(|(at, _)| fits(at));
        // Of several that are as round, the first.
        match near.min_by_key(|(at, start)| (roughness(*start, zone), *at)) {
            Some((at, start)) => {
                labels.push((at, clock(start, zone, form)));
                from = at + between;
            }
            None => from += 1,
        }
    }
    labels
}

/// How far a time of the day is from a round one: 0 for midnight.
fn roughness(time: Realtime, zone: &TimeZone) -> usize {
    const ROUND: [i64; 9] = [86_400, 43_200, 21_600, 10_800, 3600, 1800, 600, 300, 60];
    let Ok(time) = Timestamp::from_second((time.0 / 1_000_000).cast_signed()) else { return ROUND.len() };
    let local = time.as_second() + i64::from(zone.to_offset(time).seconds());
    ROUND.iter().position(|length| local.rem_euclid(*length) == 0).unwrap_or(ROUND.len())
}
