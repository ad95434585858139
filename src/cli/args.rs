//! The options, as clap reads them.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use super::look::Looks;
use super::shorthand;
use super::zone::Zone;
use crate::format::limits;

const EXAMPLES: &str = "\
Examples:
  lastwords DIR                     why did the last boot that ended end?
  lastwords why DIR -b -2           the same of the boot two before the newest
  lastwords boots DIR               all boots: when, how long, how they ended
  lastwords show DIR -b -1 -n 50    the last 50 entries of the boot before
  lastwords show DIR -o json _SYSTEMD_UNIT=sshd.service
  lastwords fields DIR _COMM        which programs logged, and how much

DIR is a directory pulled from /var/log/journal, a tree of such directories, or
single .journal and .journal~ files. Without it the current directory is read if
it holds journals, else this machine's own.

Exit status: 0 done; 1 a negative answer (`why`: the boot ended abruptly);
2 could not run; 3 done, but something could not be read (said on stderr).";

/// Reads systemd journals after the fact and says how each boot ended, with the evidence.
#[derive(Debug, Parser)]
#[command(name = "lastwords", version, override_usage = "lastwords [COMMAND] [OPTIONS] [PATH]...",
          after_help = EXAMPLES, max_term_width = 100, args_override_self = true,
          infer_long_args = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Colours: auto means on a terminal, unless NO_COLOR is set
    #[arg(long, value_enum, default_value_t = Color::Auto, global = true, value_name = "WHEN")]
    pub(super) color: Color,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Say how a boot ended, with the evidence (the default command)
    Why(Box<super::why::Why>),
    /// List all boots, oldest first
    Boots(Box<super::boots::Boots>),
    /// Print entries
    #[command(after_help = SHOW_EXAMPLES)]
    Show(Box<Show>),
    /// Print the entries that no index reaches, from files that a crash tore
    #[command(after_help = super::salvage::EXAMPLES)]
    Salvage(Box<super::salvage::Salvage>),
    /// List field names, or the values of one field with their counts
    Fields(Box<super::fields::Fields>),
    /// Count entries and bytes over time and by unit, boot, hour or any field
    Stats(Box<super::stats::Stats>),
    /// Say what each file's header says
    Info(Common),
    /// Check whether files are whole, every object and every link
    Verify(Box<super::verify::Verify>),
    /// List the rules that verdicts rest on, or check a file of your own
    Rules(super::rules::Rules),
    /// Print a script that completes this command's options in a shell
    Completions(super::complete::Completions),
    /// Print the manual page, or write one for each command into a directory
    Man(super::manual::Man),
}

/// All commands, with what clap adds to them.
pub(super) fn built() -> clap::Command {
    let mut cli = Cli::command();
    cli.build();
    cli
}

/// The arguments as clap is to read them.
pub(super) fn prepared(arguments: Vec<OsString>) -> Vec<OsString> {
    let cli = built();
    let arguments = with_command(arguments, &cli);
    let typed = arguments.get(first_word(&arguments)).and_then(|name| cli.find_subcommand(name));
    shorthand::with_values(arguments, typed)
}

/// Puts `why` where no command was typed, so that `lastwords DIR` asks the main question.
fn with_command(mut arguments: Vec<OsString>, cli: &clap::Command) -> Vec<OsString> {
    let at = first_word(&arguments);
    let first = arguments.get(at).and_then(|first| first.to_str()).unwrap_or_default();
    let known = cli.get_subcommands().any(|command| command.get_name() == first);
    let about = ["--help", "-h", "--version", "-V", "help"].contains(&first);
    if !known && !about {
        arguments.insert(at.min(arguments.len()), OsString::from("why"));
    }
    arguments
}

/// The index of the first argument behind the options that belong to no command.
pub(super) fn first_word(arguments: &[OsString]) -> usize {
    match arguments.get(1).and_then(|first| first.to_str()) {
        Some("--color") => 3,
        Some(first) if first.starts_with("--color=") => 2,
        _ => 1,
    }
}

/// Which files are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sources")]
pub(super) struct Inputs {
    /// Directories of journals, also below it (as journalctl's -D)
    #[arg(short = 'D', long = "directory", value_name = "DIR")]
    pub(super) directory: Vec<PathBuf>,
    /// Single files or glob patterns, whatever their names; - for one at standard input: a file (< FILE), no pipe
    #[arg(short = 'i', long = "file", value_name = "FILE")]
    pub(super) file: Vec<PathBuf>,
    /// A machine's root directory: the journals in var/log/journal and run/log/journal below it
    #[arg(long, value_name = "DIR")]
    pub(super) root: Vec<PathBuf>,
    /// Only the system's journals (system.journal, system@…)
    #[arg(long)]
    pub(super) system: bool,
    /// Only users' journals (user-1000.journal, user-1000@…)
    #[arg(long)]
    pub(super) user: bool,
    /// Only this journal namespace: a name, "" for the one without, +NAME for both; without it all are read
    #[arg(long, value_name = "NAME")]
    pub(super) namespace: Option<String>,
    /// All machines, which is so anyway (for journalctl's sake)
    #[arg(short = 'm', long, hide = true)]
    pub(super) merge: bool,
    /// Read only what the index of each file reaches: no walk through files that were not closed or are damaged
    #[arg(long)]
    pub(super) strict: bool,
    /// Walk every file and check every value's hash: finds flipped bits too, and costs a read of all. Without it a file
    /// that was closed in order is walked only when something of it cannot be read
    #[arg(long, conflicts_with = "strict")]
    pub(super) thorough: bool,
    /// Whether only the namespace without a name is read of what lies below a directory, as journalctl does.
    #[arg(skip)]
    pub(super) default_namespace: bool,
    /// Which entries a command is about.
    #[arg(skip)]
    pub(super) reach: crate::file::Reach,
    /// Leave out values that decompress to more than this many MiB
    #[arg(long, value_name = "MIB", help_heading = "Other options", default_value_t = limits::PAYLOAD_DEFAULT >> 20,
          value_parser = clap::value_parser!(u64).range(1..=limits::PAYLOAD_MOST >> 20))]
    pub(super) max_payload: u64,
}

/// Text for people or JSON for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    Text,
    Json,
}

/// What the commands share that answer about a whole journal.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// Where the journals are
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) inputs: Inputs,
    /// Form of the answer
    #[arg(short, long, value_enum, default_value_t = Form::Text, value_name = "FORM", help_heading = "How they look")]
    pub(super) output: Form,
    #[command(flatten)]
    pub(super) zone: Zone,
}

const SHOW_EXAMPLES: &str = "\
Examples:
  lastwords show DIR -b -1 -n 100            the end of the boot before
  lastwords show DIR -u ssh -p warning       what ssh said that is urgent
  lastwords show DIR -S '2026-10-12 05:00' -U '2026-10-12 06:00' --utc
  lastwords show DIR --around '2026-10-12 17:30' --context 20
  lastwords show DIR --now=journal-end -S -1h --tz device    its last hour
  lastwords show DIR _COMM=a _COMM=b         one or the other
  lastwords show DIR 'PRIORITY>=3' 'PRIORITY<=4'   both: 3 and 4
  lastwords show DIR PRIORITY=3 _UID=0       both
  lastwords show DIR PRIORITY=3 + _UID=0     either
  lastwords show DIR 'PRIORITY<=4' -g UNIT:^web --not-grep retry
  lastwords show DIR --container 'web-*' --stream stderr --join-partial
  lastwords show DIR -b -1 -F _SYSTEMD_UNIT  which units logged in that boot
  lastwords show DIR -b -1 --output excerpt.journal  that boot as a journal file
  lastwords show DIR -o export | systemd-journal-remote -o copy.journal -";

#[derive(Debug, Args)]
pub(super) struct Show {
    #[command(flatten)]
    pub(super) implies_last: super::given::ImpliesLast,
    /// Where the journals are, and terms. FIELD=value terms of one field are alternatives. Everything else must hold
    /// together: terms of different fields, and each FIELD!=value, FIELD~=pattern, FIELD!~=pattern, FIELD=*, FIELD!=*
    /// and comparison such as FIELD<=3, also those of one field. + separates alternatives of such groups. The absolute
    /// path of a program, with /usr or without, is a term too, for _EXE
    #[arg(value_name = "PATH|TERM")]
    pub(super) paths: Vec<OsString>,
    #[command(flatten)]
    pub(super) inputs: Inputs,
    /// The format; the first is the usual one
    #[arg(short, long, default_value = "short", value_name = "FORMAT", help_heading = "How they look",
          value_parser = super::look::formats())]
    pub(super) output: String,
    #[command(flatten)]
    pub(super) filters: super::filters::Filters,
    #[command(flatten)]
    pub(super) containers: super::containers::Containers,
    #[command(flatten)]
    pub(super) around: super::around::Around,
    #[command(flatten)]
    pub(super) compat: super::compat::Compat,
    #[command(flatten)]
    pub(super) invocation: super::invocation::Invocation,
    #[command(flatten)]
    pub(super) questions: super::questions::Questions,
    /// Only this boot: 0 the newest (also without a value), -1 the one before, 1 the oldest, an id or its beginning, or
    /// ID-1
    #[arg(short, long, value_name = "BOOT", num_args = 0..=1, default_missing_value = "0", help_heading = "Time")]
    pub(super) boot: Option<String>,
    /// Only the last N entries (10 without a value), or with +N the first
    #[arg(short = 'n', long, value_name = "N", num_args = 0..=1, default_missing_value = "10",
          help_heading = "How many, in which order")]
    pub(super) lines: Option<String>,
    /// All entries, whatever -n says (for journalctl's sake)
    #[arg(long, hide = true)]
    pub(super) no_tail: bool,
    /// Newest first
    #[arg(short, long, help_heading = "How many, in which order")]
    pub(super) reverse: bool,
    /// Only entries received at or after this time: '2026-10-12 17:30', yesterday, '2h ago', @1767319445, the stamp
    /// of a line (not of short-monotonic or short-delta; one without a year is of the latest that the journal has), and
    /// what else systemd.time(7) describes
    #[arg(short = 'S', long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Time")]
    pub(super) since: Option<String>,
    /// Only entries received at or before this time
    #[arg(short = 'U', long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Time")]
    pub(super) until: Option<String>,
    #[command(flatten)]
    pub(super) present: super::zone::Present,
    #[command(flatten)]
    pub(super) cursors: super::filters::Cursors,
    /// The end of the newest boot: -b -n 1000, each unless given
    #[arg(short = 'e', long, help_heading = "How many, in which order")]
    pub(super) pager_end: bool,
    #[command(flatten)]
    pub(super) looks: Looks,
    #[command(flatten)]
    pub(super) target: super::target::Target,
    /// Read every entry instead of asking the index of each file
    #[arg(long, help_heading = "Other options")]
    pub(super) no_index: bool,
    /// Say on stderr how the entries are found, and afterwards what was read
    #[arg(long, help_heading = "Other options")]
    pub(super) explain: bool,
    /// How many threads work (all cores without it)
    #[arg(long, value_name = "N", help_heading = "Other options", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) threads: Option<u16>,
    #[command(flatten)]
    pub(super) zone: Zone,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Vec<String> {
        let arguments = std::iter::once("lastwords").chain(text.split_whitespace()).map(OsString::from).collect();
        prepared(arguments).into_iter().skip(1).map(|argument| argument.into_string().unwrap()).collect()
    }

    #[test]
    fn a_path_alone_asks_why() {
        for (text, command) in
            [("dir", "why"), ("", "why"), ("-b -1", "why"), ("boots x", "boots"), ("--help", "--help")]
        {
            assert_eq!(typed(text)[0], command, "{text}");
        }
        assert_eq!(typed("--color never dir"), ["--color", "never", "why", "dir"]);
        assert_eq!(typed("--color=never boots dir"), ["--color=never", "boots", "dir"]);
    }

    #[test]
    fn values_of_b_and_n_may_be_left_out() {
        assert_eq!(typed("show -b dir"), ["show", "--boot=0", "dir"]);
        assert_eq!(typed("show -b -1 -n dir"), ["show", "--boot=-1", "--lines=10", "dir"]);
        assert_eq!(typed("show -b -n 5"), ["show", "--boot=0", "--lines=5"]);
        assert_eq!(typed("show --boot all -n all -b-1"), ["show", "--boot=all", "--lines=all", "-b-1"]);
        assert_eq!(typed("show -rb dir"), ["show", "-r", "--boot=0", "dir"]);
        assert_eq!(typed("show -rqb -1 -rn 5 -n5"), ["show", "-rq", "--boot=-1", "-r", "--lines=5", "-n5"]);
        assert_eq!(typed("show -g -b --grep -n -ub x"), ["show", "-g", "-b", "--grep", "-n", "-ub", "x"]);
        // Options may be abbreviated, as getopt has it; `--li` may be `--lines` or `--list-…`.
        assert_eq!(typed("show --lin 3 --boo -1 --pri 3"), ["show", "--lines=3", "--boot=-1", "--pri", "3"]);
        assert_eq!(typed("show --li 3"), ["show", "--li", "3"]);
        assert_eq!(typed("show --this-boot dir"), ["show", "--boot=0", "dir"]);
        let id = "0123456789abcdef0123456789abcdef-1";
        assert_eq!(typed(&format!("why -b {id}")), ["why".to_owned(), format!("--boot={id}")]);
        assert_eq!(typed("show -- -b -n"), ["show", "--", "-b", "-n"]);
    }

    #[test]
    fn options_may_be_abbreviated_as_long_as_one_is_meant() {
        let parsed = |text: &str| {
            let words = ["lastwords"].into_iter().chain(text.split_whitespace()).map(OsString::from).collect();
            Cli::try_parse_from(prepared(words)).map_err(|error| error.kind())
        };
        assert!(parsed("show --rev --prio err --lin 3 --no-host dir").is_ok());
        assert_eq!(parsed("show --no dir").err(), Some(clap::error::ErrorKind::UnknownArgument));
        // journalctl has no other option that begins so, unlike --catalog-dir here.
        for whole in ["--cat", "--catal", "--catalog"] {
            assert_eq!(typed(&format!("show {whole} dir")), ["show", "--catalog", "dir"]);
        }
        assert_eq!(typed("show --catalog-d dir x"), ["show", "--catalog-d", "dir", "x"]);
        assert_eq!(typed("show --ca dir"), ["show", "--ca", "dir"]);
    }

    #[test]
    fn the_options_are_sound() {
        Cli::command().debug_assert();
    }
}
