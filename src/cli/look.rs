//! Options of `show` that say how entries look.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use jiff::tz::TimeZone;

use super::Terminal;
use super::loss::{say, visible};
use super::target::{self, Formats};
use crate::error::Error;
use crate::output::{Catalog, Format, Look, Palette};

/// How entries look.
#[derive(Debug, Args)]
#[command(next_help_heading = "How they look")]
pub(super) struct Looks {
    /// Only these fields where whole entries are shown; with cat, these in place of the message
    #[arg(long, value_name = "NAME,…")]
    output_fields: Vec<String>,
    /// Show long and unprintable values in full
    #[arg(short, long)]
    all: bool,
    /// Cut lines to the terminal's width, and messages to 3 lines or 300 bytes
    #[arg(long, overrides_with = "full")]
    no_full: bool,
    /// Show lines in full, as is done anyway
    #[arg(short = 'l', long, overrides_with = "no_full")]
    full: bool,
    /// Leave out the host's name
    #[arg(short = 'W', long)]
    no_hostname: bool,
    /// Show only the first line of each message
    #[arg(long)]
    truncate_newline: bool,
    /// No lines but entries: no boots, no remarks; what could not be read is still said
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Explain entries below them, where their MESSAGE_ID is known: by the catalog of the system below --root, else in
    /// short texts of our own about reboots
    #[arg(short = 'x', long)]
    catalog: bool,
    /// Take explanations from here: a database or *.catalog files, in DIR or below a system's root (implies -x)
    #[arg(long, value_name = "DIR")]
    catalog_dir: Option<PathBuf>,
    /// Say of each entry in which file and where it lies, and whether the index reaches it or it was salvaged
    #[arg(long)]
    provenance: bool,
    /// Say the cursor of the last entry
    #[arg(long)]
    pub(super) show_cursor: bool,
    /// No pager, as there is none anyway (for journalctl's sake)
    #[arg(long, hide = true)]
    no_pager: bool,
    /// Pass control bytes of the journal on to the terminal
    #[arg(long)]
    raw: bool,
}

/// The formats that -o knows; `help` lists them.
pub(super) fn formats() -> Formats {
    let others = [PossibleValue::new(target::NAME), PossibleValue::new("help").hide(true)];
    Formats::of(PossibleValuesParser::new(Format::NAMES.map(PossibleValue::new).into_iter().chain(others)))
}

impl Looks {
    /// The look that was asked for, on this terminal; `roots` are the systems whose catalogues explain.
    ///
    /// # Errors
    /// When the catalogue that was named cannot be read.
    pub(super) fn look(&self, zone: TimeZone, roots: &[PathBuf], terminal: &Terminal) -> Result<Look, Error> {
        let fields = self.output_fields.iter().flat_map(|names| names.split(','));
        Ok(Look {
            zone,
            safe: terminal.interactive && !self.raw,
            color: palette(terminal),
            highlight: None,
            all: self.all,
            fields: fields.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            no_hostname: self.no_hostname,
            first_line: self.truncate_newline,
            width: self.no_full.then_some(terminal.width),
            quiet: self.quiet,
            catalog: self.explanations(roots)?.map(Arc::new),
            provenance: self.provenance,
            ascii: is_ascii(&locale("LC_CTYPE")),
        })
    }

    fn explanations(&self, roots: &[PathBuf]) -> Result<Option<Catalog>, Error> {
        match &self.catalog_dir {
            Some(place) => Catalog::open(place, &locale("LC_MESSAGES")).map(Some),
            None if self.catalog => Ok(Some(roots.iter().find_map(|root| of_root(root)).unwrap_or_else(Catalog::own))),
            None => Ok(None),
        }
    }
}

/// The catalogue of a system. One that nobody named may be damaged, as the journals there: that is said, and the
/// entries are shown.
fn of_root(root: &Path) -> Option<Catalog> {
    Catalog::of_root(root, &locale("LC_MESSAGES")).unwrap_or_else(|error| {
        say(&visible(&format!("{error}: not used for explanations")));
        None
    })
}

/// What the environment says of a category of the locale.
fn locale(category: &str) -> String {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    ["LC_ALL", category, "LANG"].into_iter().find_map(set).unwrap_or_default()
}

/// Whether a locale's text is not in UTF-8; where none is set it is, as everywhere today.
fn is_ascii(locale: &str) -> bool {
    let name = locale.to_ascii_lowercase();
    !name.is_empty() && !name.contains("utf-8") && !name.contains("utf8")
}

/// The colours that SYSTEMD_COLORS asks for, where there are any. As systemd's tools, this asks nothing of TERM: every
/// terminal but a dumb one, which has none at all, is taken to know 256.
pub(super) fn palette(terminal: &Terminal) -> Palette {
    if terminal.color { named(&std::env::var("SYSTEMD_COLORS").unwrap_or_default()) } else { Palette::None }
}

/// The same for the heads of lists, which are underlined: the console of Linux shows that as a colour, so that there, as
/// in systemd's tools, they have none.
pub(super) fn head_palette(terminal: &Terminal) -> Palette {
    if std::env::var_os("TERM").is_some_and(|term| term == "linux") { Palette::None } else { palette(terminal) }
}

fn named(wanted: &str) -> Palette {
    if wanted == "16" { Palette::Sixteen } else { Palette::Many }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_asks_for_16_colours_gets_no_more() {
        for (wanted, many) in [("", true), ("1", true), ("true", true), ("16", false), ("256", true), ("24bit", true)] {
            assert_eq!(named(wanted) == Palette::Many, many, "{wanted}");
        }
    }

    #[test]
    fn only_a_locale_that_names_another_charset_is_ascii() {
        for (locale, ascii) in
            [("", false), ("C.UTF-8", false), ("de_DE.utf8", false), ("C", true), ("de_DE.ISO-8859-1", true)]
        {
            assert_eq!(is_ascii(locale), ascii, "{locale}");
        }
    }
}
