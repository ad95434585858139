//! Colours of entries, in the bytes that journalctl writes.

/// Which colours the reader's terminal knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Palette {
    /// None at all.
    #[default]
    None,
    /// The sixteen that every terminal with colours has.
    Sixteen,
    /// Those and the 240 further ones, of which two are used: a yellow and a grey that are easier to read.
    Many,
}

/// What starts a colour; empty where nothing is coloured.
pub(super) type Ink = &'static [u8];

const BOLD: Ink = b"\x1b[0;1;39m";

const RESET: Ink = b"\x1b[0m";

/// What ends a colour.
pub(super) const fn off(ink: Ink) -> Ink {
    if ink.is_empty() { b"" } else { RESET }
}

/// The colour of what is conspicuous within text of a colour; none in that of none.
pub(super) const fn highlight(ink: Ink) -> Ink {
    match ink {
        b"" => b"",
        // Bold would not stand out from bold, nor much from grey.
        BOLD | b"\x1b[0;90m" | b"\x1b[0;38:5:245m" => b"\x1b[0;1;31m",
        _ => BOLD,
    }
}

impl Palette {
    /// The colour of a message by its priority, one digit.
    pub(super) fn priority(self, priority: Option<&[u8]>) -> Ink {
        match priority {
            Some([b'0'..=b'3']) => self.either(b"\x1b[0;1;31m", b"\x1b[0;1;31m"),
            Some(b"4") => self.either(b"\x1b[0;1;33m", b"\x1b[0;1;38:5:185m"),
            Some(b"5") => self.bold(),
            Some(b"7") => self.grey(),
            _ => b"",
        }
    }

    /// The colour of what the kernel's audit says.
    pub(super) const fn audit(self) -> Ink {
        self.either(b"\x1b[0;34m", b"\x1b[0;34m")
    }

    pub(super) const fn bold(self) -> Ink {
        self.either(BOLD, BOLD)
    }

    pub(super) const fn underlined(self) -> Ink {
        self.either(b"\x1b[0;4m", b"\x1b[0;4m")
    }

    /// The heads of lists; no colour is reset before it, unlike [`Palette::underlined`].
    pub(super) const fn head(self) -> Ink {
        self.either(b"\x1b[4m", b"\x1b[4m")
    }

    /// The grey of a cursor, which is the same wherever there are colours.
    pub(super) const fn cursor(self) -> Ink {
        self.either(b"\x1b[0;38:5:245m", b"\x1b[0;38:5:245m")
    }

    pub(super) const fn grey(self) -> Ink {
        self.either(b"\x1b[0;90m", b"\x1b[0;38:5:245m")
    }

    pub(super) const fn green(self) -> Ink {
        self.either(b"\x1b[0;32m", b"\x1b[0;32m")
    }

    const fn either(self, sixteen: Ink, many: Ink) -> Ink {
        match self {
            Self::None => b"",
            Self::Sixteen => sixteen,
            Self::Many => many,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_priority_is_one_digit_and_many_colours_are_more_than_sixteen() {
        for (priority, sixteen, many) in [
            (&b"0"[..], &b"\x1b[0;1;31m"[..], &b"\x1b[0;1;31m"[..]),
            (b"3", b"\x1b[0;1;31m", b"\x1b[0;1;31m"),
            (b"4", b"\x1b[0;1;33m", b"\x1b[0;1;38:5:185m"),
            (b"5", b"\x1b[0;1;39m", b"\x1b[0;1;39m"),
            (b"6", b"", b""),
            (b"7", b"\x1b[0;90m", b"\x1b[0;38:5:245m"),
            (b"8", b"", b""),
            (b"03", b"", b""),
        ] {
            assert_eq!(Palette::None.priority(Some(priority)), b"");
            assert_eq!(Palette::Sixteen.priority(Some(priority)), sixteen);
            assert_eq!(Palette::Many.priority(Some(priority)), many);
        }
        assert_eq!((off(b""), off(Palette::Many.audit())), (&b""[..], &b"\x1b[0m"[..]));
    }
}
