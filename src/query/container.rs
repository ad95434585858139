//! Which entries belong to a container, by the fields that the journald drivers of container engines (moby's, conmon's)
//! write, and which of its streams they came through.

use super::Term;
use super::unit::{glob, is_pattern};
use crate::error::Error;

/// The fields that name a container, by what people type for it.
const NAMES: [&str; 4] = ["CONTAINER_NAME", "CONTAINER_ID", "CONTAINER_ID_FULL", "CONTAINER_TAG"];

/// The field that holds the whole id.
const ID: &str = "CONTAINER_ID_FULL";

/// So many digits of an id name a container, as with boots.
const PREFIX: usize = 8;

/// One of the two streams of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// What the drivers log as `PRIORITY=6`.
    Stdout,
    /// What the drivers log as `PRIORITY=3`.
    Stderr,
}

/// Groups of terms, of which one must hold, for a container by its name, its tag, its id or eight or more digits of
/// that, or a pattern of any of them with `*`, `?` and `[…]`.
///
/// # Errors
/// When a pattern cannot be read.
pub fn named(name: &str) -> Result<Vec<Vec<Term>>, Error> {
    if is_pattern(name) {
        let pattern = format!("(?s)^{}$", glob(name));
        return NAMES.iter().map(|field| Ok(vec![Term::like(field, &pattern, true)?])).collect();
    }
    let mut groups: Vec<_> = NAMES.iter().map(|field| vec![Term::is(field, name.as_bytes())]).collect();
    if name.len() >= PREFIX && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        groups.push(vec![Term::like(ID, &format!("^{name}"), false)?]);
    }
    Ok(groups)
}

/// Groups of terms, of which one must hold, for what a container wrote to a stream.
///
/// The drivers store no stream but a priority for each. conmon takes a `<N>` in front of a line as its priority, so that
/// such a line counts to the stream of that priority or to none.
#[must_use]
pub fn streamed(stream: Stream) -> Vec<Vec<Term>> {
    let priority: &[u8] = match stream {
        Stream::Stdout => b"6",
        Stream::Stderr => b"3",
    };
    // Some writers leave out the name, others the id.
    let present = |field: &&str| Term::present(field);
    NAMES.iter().take(3).map(|field| vec![Term::is("PRIORITY", priority), present(field)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = "CONTAINER_ID_FULL=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn fits(name: &str, payload: &str) -> bool {
        named(name).unwrap().iter().any(|group| group.iter().all(|term| term.fits(payload.as_bytes())))
    }

    #[test]
    fn a_container_has_a_name_a_tag_and_an_id() {
        for (name, payload) in [
            ("web", "CONTAINER_NAME=web"),
            ("web", "CONTAINER_TAG=web"),
            ("0123456789ab", "CONTAINER_ID=0123456789ab"),
            ("01234567", FULL),
            ("0123456789ABCDEF", FULL),
            ("w?b*", "CONTAINER_NAME=web-1"),
            ("0123*", FULL),
        ] {
            assert!(fits(name, payload), "{name}");
        }
    }

    #[test]
    fn nothing_else_fits() {
        for (name, payload) in [
            ("web", "CONTAINER_NAME=web-1"),
            ("web", "SYSLOG_IDENTIFIER=web"),
            ("0123456", FULL),
            ("12345678", FULL),
            ("w?b", "CONTAINER_NAME=web-1"),
            ("Web", "CONTAINER_NAME=web"),
        ] {
            assert!(!fits(name, payload), "{name}");
        }
    }

    #[test]
    fn a_stream_is_a_priority_of_a_container() {
        for (stream, priority) in [(Stream::Stdout, "PRIORITY=6"), (Stream::Stderr, "PRIORITY=3")] {
            for group in streamed(stream) {
                let [one, other] = &group[..] else { panic!("{group:?}") };
                assert!(one.fits(priority.as_bytes()));
                assert!(
                    ["CONTAINER_NAME=", "CONTAINER_ID=", "CONTAINER_ID_FULL="]
                        .iter()
                        .any(|name| { other.fits(format!("{name}x").as_bytes()) })
                );
            }
        }
    }
}
