//! Braces in patterns for files: `{a,b}` stands for `a` and for `b`, as in glob(3) with GLOB_BRACE.

/// A pattern with braces stands for no more patterns than this.
pub(super) const MOST: usize = 1000;

/// The patterns that one with braces stands for, in order; `None` when these are more than [`MOST`].
///
/// Braces may be within braces. What has an opening brace that nothing closes stands for itself.
pub(super) fn alternatives(pattern: &str) -> Option<Vec<String>> {
    let (mut done, mut begun) = (Vec::new(), vec![pattern.to_owned()]);
    // Each step takes a pair of braces away, and together they may be no more either.
    for _ in 0..MOST * 2 {
        let Some(next) = begun.pop() else { return Some(done) };
        match first(&next) {
            None => done.push(next),
            Some((before, choices, after)) => {
                begun.extend(choices.iter().rev().take(MOST + 1).map(|choice| [before, choice, after].concat()));
            }
        }
        if done.len() + begun.len() > MOST {
            return None;
        }
    }
    begun.is_empty().then_some(done)
}

/// What stands before the first pair of braces, the choices in it, and what stands behind.
fn first(pattern: &str) -> Option<(&str, Vec<&str>, &str)> {
    let open = pattern.find('{')?;
    let (mut depth, mut from, mut choices) = (0_usize, open + 1, Vec::new());
    for (at, byte) in pattern.bytes().enumerate().skip(open + 1) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            b',' if depth == 0 => {
                choices.push(pattern.get(from..at)?);
                from = at + 1;
            }
            b'}' => {
                choices.push(pattern.get(from..at)?);
                return Some((pattern.get(..open)?, choices, pattern.get(at + 1..)?));
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_stand_for_each_of_their_parts() {
        for (pattern, expected) in [
            ("a", &["a"][..]),
            ("{a,b}.journal", &["a.journal", "b.journal"]),
            ("x{a,b{c,d},}é", &["xaé", "xbcé", "xbdé", "xé"]),
            ("{a,b}{c,d}", &["ac", "ad", "bc", "bd"]),
            ("{a}{}", &["a"]),
            ("{a,b", &["{a,b"]),
            ("a,b}", &["a,b}"]),
            ("{a{b,c}", &["{a{b,c}"]),
            ("*{a,b}?", &["*a?", "*b?"]),
        ] {
            assert_eq!(alternatives(pattern).unwrap(), expected, "{pattern}");
        }
    }

    #[test]
    fn braces_that_stand_for_too_much_are_refused() {
        assert_eq!(alternatives(&"{a,b}".repeat(9)).map(|all| all.len()), Some(512));
        assert_eq!(alternatives(&"{a,b}".repeat(10)), None);
        assert_eq!(alternatives(&format!("{{{}}}", ",".repeat(100_000))), None);
        assert_eq!(alternatives(&"{a}".repeat(10_000)), None);
        assert_eq!(alternatives(&["{".repeat(10_000), "}".repeat(10_000)].concat()), None);
    }
}
