//! Where this command differs from journalctl on purpose, and the option that takes the difference back.

use clap::Args;

use super::args::Show;

/// Following journalctl to the letter.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Other options")]
pub(super) struct Compat {
    /// Do as journalctl does where this differs: -k means only the newest boot, also behind -b all, -g with -n shows the newest first, with
    /// -m (all machines, as is usual here) no boot is implied and none is announced; of several -g or -D the last one counts, and below it no namespace
    /// does unless --namespace says so, a pattern is always for the first message, -t and -T
    /// take none, -T leaves out only of short… and with-unit, by the last identifier, --utc says nothing of -S and -U, and
    /// of a journal without entries that is said where entries would be
    #[arg(long)]
    pub(super) compat: bool,
}

/// What was typed of the options that journalctl lets imply others.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked {
    pub(super) dmesg: bool,
    pub(super) pager_end: bool,
    pub(super) merge: bool,
    pub(super) grep: bool,
    /// `-n` with a number, without `+`.
    pub(super) last: bool,
}

impl Compat {
    /// Whether only the newest boot is meant where none was typed.
    pub(super) const fn newest_boot(&self, asked: Asked) -> bool {
        if self.compat { (asked.dmesg || asked.pager_end) && !asked.merge } else { asked.pager_end }
    }

    /// Whether the newest entry comes first although that was not typed.
    pub(super) const fn reverse(&self, asked: Asked) -> bool {
        self.compat && asked.grep && asked.last
    }

    /// Whether the lines between boots are left out.
    pub(super) const fn hides_boots(&self, asked: Asked) -> bool {
        self.compat && asked.merge
    }
}

impl Show {
    /// Takes what was typed as journalctl does, where that was asked for.
    pub(super) fn take_back(&mut self) {
        if self.compat.compat {
            let earlier = self.inputs.directory.len().saturating_sub(1);
            self.inputs.directory.drain(..earlier);
            self.filters.as_journalctl(&self.output);
            self.inputs.default_namespace = self.inputs.namespace.is_none();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_on_request_do_options_imply_what_journalctl_lets_them_imply() {
        let (own, compat) = (Compat::default(), Compat { compat: true });
        let dmesg = Asked { dmesg: true, ..Asked::default() };
        assert!(!own.newest_boot(dmesg) && compat.newest_boot(dmesg));
        let end = Asked { pager_end: true, ..Asked::default() };
        assert!(own.newest_boot(end) && compat.newest_boot(end));
        let merged = Asked { merge: true, ..end };
        assert!(own.newest_boot(merged) && !compat.newest_boot(merged));
        assert!(!own.hides_boots(merged) && compat.hides_boots(merged));
        let grep = Asked { grep: true, last: true, ..Asked::default() };
        assert!(!own.reverse(grep) && compat.reverse(grep) && !compat.reverse(Asked { last: false, ..grep }));
    }
}
