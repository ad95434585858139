//! Options about containers, by what their engines' journald drivers write.

use clap::{Args, ValueEnum};

use super::nothing::Names;
use crate::error::Error;
use crate::output::Format;
use crate::query::{Matches, container};

/// Which containers' entries.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Containers")]
pub(super) struct OfContainers {
    /// Only entries of this container: its name, tag, id or 8 or more digits of that, or a pattern such as 'web-*';
    /// several are alternatives
    #[arg(long, value_name = "NAME|ID")]
    container: Vec<String>,
    /// Only what containers wrote to this stream, by the rule of journald drivers: priority 6 is stdout, 3 is stderr;
    /// a line that began with <N> may have set another one
    #[arg(long, value_enum, value_name = "STREAM")]
    stream: Option<Stream>,
}

/// Which containers' entries, and how their long lines look.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Containers")]
pub(super) struct Containers {
    #[command(flatten)]
    of: OfContainers,
    /// Join the parts of lines that were too long for one entry (CONTAINER_PARTIAL_MESSAGE), as far as they are among
    /// the entries asked for, and show them where the first one is; with short… and cat. -g looks at each part alone
    #[arg(long, conflicts_with = "output_fields")]
    join_partial: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Stream {
    Stdout,
    Stderr,
}

impl OfContainers {
    /// Adds the conditions to `matches`.
    ///
    /// # Errors
    /// When a pattern cannot be read.
    pub(super) fn apply(&self, matches: &mut Matches) -> Result<(), Error> {
        let mut groups = Vec::new();
        for name in &self.container {
            groups.extend(container::named(name)?);
        }
        matches.require(groups);
        if let Some(stream) = self.stream {
            matches.require(container::streamed(match stream {
                Stream::Stdout => container::Stream::Stdout,
                Stream::Stderr => container::Stream::Stderr,
            }));
        }
        Ok(())
    }
}

impl OfContainers {
    /// The names that were typed.
    pub(super) fn names(&self) -> Names<'_> {
        const FIELDS: &[&str] = &["CONTAINER_NAME", "CONTAINER_TAG", "CONTAINER_ID", "CONTAINER_ID_FULL"];
        let typed = self.container.iter().map(String::as_str).collect();
        Names { what: "the container", typed, fields: FIELDS, suffix: "" }
    }
}

impl Containers {
    /// The names that were typed.
    pub(super) fn names(&self) -> Names<'_> {
        self.of.names()
    }

    /// Adds the conditions to `matches`.
    ///
    /// # Errors
    /// When a pattern cannot be read.
    pub(super) fn apply(&self, matches: &mut Matches) -> Result<(), Error> {
        self.of.apply(matches)
    }

    /// Whether any was typed, or parts of messages are to be joined.
    pub(super) fn are_any(&self) -> bool {
        self.typed().iter().any(|(is_given, _)| *is_given)
    }

    /// Each option, and whether it was typed.
    pub(super) const fn typed(&self) -> [(bool, &'static str); 3] {
        [
            (!self.of.container.is_empty(), "--container"),
            (self.of.stream.is_some(), "--stream"),
            (self.join_partial, "--join-partial"),
        ]
    }

    /// Whether parts of messages are to be joined.
    ///
    /// # Errors
    /// When the format shows whole entries, of which none can be left out.
    pub(super) fn joins(&self, name: &str, format: Format) -> Result<bool, Error> {
        let lines = matches!(format, Format::Short(_) | Format::WithUnit | Format::Cat);
        if self.join_partial && !lines {
            let why = "it shows whole entries; --join-partial goes with short…, with-unit and cat".to_owned();
            return Err(Error::BadQuery { what: "--output", input: name.to_owned(), why });
        }
        Ok(self.join_partial)
    }
}
