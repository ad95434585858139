//! `completions`: scripts by which shells complete this command's options, and their values as far as they have names.

use std::io::Write;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Args, CommandFactory};
use clap_complete::Shell;

use super::args::Cli;
use super::{Status, Stop};
use crate::query::stats::Key;
use crate::query::word::{FACILITIES, PRIORITIES};

/// Which shell.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints a script for a shell.
pub(super) fn run(args: &Completions, out: &mut dyn Write) -> Result<Status, Stop> {
    let mut cli = Cli::command().mut_subcommands(|command| command.mut_args(with_names));
    // The generator does not return what its writer says, so it writes into memory.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli, "lastwords", &mut script);
    if args.shell == Shell::Bash {
        let script = String::from_utf8_lossy(&script).replacen(BEFORE, &[WORDS, BEFORE].concat(), 1);
        out.write_all(script.as_bytes())?;
    } else {
        out.write_all(&script)?;
    }
    Ok(Status::Done)
}

/// Where the words were gone through in bash's script, and an answer to them begins.
const BEFORE: &str = "    case \"${cmd}\" in\n        lastwords)\n";

/// What bash's script has to know beside: bash takes `--output=short` for three words, where the first word behind
/// `--color` is no command `why` is meant, and the system lists the zones that it knows.
const WORDS: &str = r#"    if [[ ${prev} == "=" && ${COMP_CWORD} -ge 2 ]] ; then
        prev="${COMP_WORDS[COMP_CWORD-2]}"
    fi
    local first=1
    if [[ ${COMP_WORDS[1]} == --color ]] ; then
        first=3
        if [[ ${COMP_WORDS[2]} == "=" ]] ; then
            first=4
        fi
    fi
    if [[ ${cmd} == lastwords && ${COMP_CWORD} -gt ${first} ]] ; then
        cmd="lastwords__subcmd__why"
    fi
    if [[ ${prev} == --tz ]] ; then
        local zone zones="device local UTC"
        while IFS=$'\t' read -r _ _ zone _ ; do
            zones+=" ${zone}"
        done < <(grep -v '^#' "${TZDIR:-/usr/share/zoneinfo}/zone.tab" 2>/dev/null)
        COMPREPLY=( $(compgen -W "${zones}" -- "${cur#=}") )
        return 0
    fi

"#;

/// An option with the names that its value may be; others are taken too, so that only the scripts hear of them.
fn with_names(option: Arg) -> Arg {
    let names: &[&'static str] = match option.get_id().as_str() {
        "priority" => &PRIORITIES,
        "facility" => &FACILITIES,
        "tz" => &["device", "local", "UTC"],
        "now" => &["journal-end"],
        "by" => &Key::NAMES,
        "boot" => return option.value_parser(PossibleValuesParser::new(["0", "-1", "-2", "-3"])),
        _ => return option,
    };
    // Some facilities have only numbers.
    let names = names.iter().filter(|name| name.starts_with(|first: char| first.is_ascii_alphabetic()));
    option.value_parser(PossibleValuesParser::new(names.copied()))
}
