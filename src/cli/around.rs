//! Options that ask for what stands around one entry or moment.

use clap::Args;

use super::loss::say;
use crate::error::Error;
use crate::file::Cursor;
use crate::journal::Journal;
use crate::query::{self, Nearest, Now, Selection, Start, moment};

/// Around what, and how much.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Time")]
pub(super) struct Around {
    /// The entry of this cursor and what stands around it, or what stands around a moment; other options choose among
    /// the entries around it
    #[arg(long, value_name = "CURSOR|TIME", allow_hyphen_values = true,
          conflicts_with_all = ["cursor", "after_cursor", "cursor_file", "lines", "pager_end", "Questions"])]
    around: Option<String>,
    /// With --around, so many entries before and as many behind
    #[arg(long, value_name = "N", default_value_t = 10, requires = "around")]
    context: usize,
}

/// What was asked for, as far as it was found.
pub(super) struct Found {
    /// Where to begin in both directions; nothing comes after the moment without it.
    pub(super) start: Option<Start>,
    /// Whether the entry there is itself wanted.
    itself: bool,
    /// How many entries either side.
    pub(super) context: usize,
}

impl Around {
    /// Whether it was asked for.
    pub(super) const fn is_any(&self) -> bool {
        self.around.is_some()
    }

    /// Finds the entry or the moment; says if that is not quite what was asked for. `None` when nothing was.
    ///
    /// # Errors
    /// When the text is neither a cursor nor a time, or there is no entry of the cursor and no time to go by.
    pub(super) fn find(&self, journal: &Journal, boot: Option<usize>, now: &Now) -> Result<Option<Found>, Error> {
        let Some(text) = &self.around else { return Ok(None) };
        let context = self.context;
        let time = match text.parse::<Cursor>() {
            Err(_) => moment(text, now)?,
            Ok(cursor) => match (Start::at(journal, &cursor, false), cursor.realtime) {
                (Ok(start), _) => return Ok(Some(Found { start: Some(start), itself: true, context })),
                (Err(_), Some(time)) => {
                    say("the cursor's entry is not here: showing what stands around its time");
                    time
                }
                (Err(error), None) => return Err(error),
            },
        };
        let nearest = Nearest::of(journal, boot, time);
        if nearest.boots > 1 {
            say(&format!("the clock showed this time in {} boots: showing the first; -b chooses", nearest.boots));
        }
        Ok(Some(Found { start: nearest.start, itself: false, context }))
    }
}

impl Found {
    /// Gathers what stands around; `selection` begins at the start.
    pub(super) fn gather(&self, journal: &Journal, selection: &Selection<'_>) -> query::Around {
        match &self.start {
            Some(start) if self.itself => query::Around::entry(journal, selection, start, self.context),
            start => query::Around::moment(journal, selection, start.as_ref(), self.context),
        }
    }
}
