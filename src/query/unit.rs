//! Which entries belong to a unit: what it wrote, and what others wrote about it.

use std::collections::BTreeSet;

use super::Term;
use crate::error::Error;
use crate::journal::Journal;

/// The MESSAGE_ID of a core dump.
const COREDUMP: &[u8] = b"fc2e22bc6ee647b6b90729ab34a250b1";

/// The endings of unit names.
const SUFFIXES: [&str; 11] = [
    ".service",
    ".socket",
    ".device",
    ".mount",
    ".automount",
    ".swap",
    ".target",
    ".path",
    ".timer",
    ".slice",
    ".scope",
];

/// Groups of terms, of which one must hold, for a system unit or a pattern of such with `*`, `?` and `[…]`.
///
/// A name without a unit's ending is a service, an absolute path a mount (or below `/dev` a device). What PID 1 says of
/// the unit counts by `_PID=1` as well as by the cgroup, since writers changed from one to the other.
///
/// # Errors
/// When a pattern cannot be read.
pub fn system(name: &str) -> Result<Vec<Vec<Term>>, Error> {
    let unit = |field: &str| names(field, name);
    let is = |field: &str, value: &[u8]| Term::is(field, value);
    let mut groups = vec![
        vec![unit("_SYSTEMD_UNIT")?],
        vec![unit("UNIT")?, is("_PID", b"1")],
        vec![unit("UNIT")?, is("_SYSTEMD_CGROUP", b"/init.scope")],
        vec![unit("OBJECT_SYSTEMD_UNIT")?, is("_UID", b"0")],
        vec![unit("COREDUMP_UNIT")?, is("MESSAGE_ID", COREDUMP)],
    ];
    if is_slice(name) {
        groups.push(vec![unit("_SYSTEMD_SLICE")?]);
    }
    Ok(groups)
}

/// The same for a unit of users' managers. Whose it is does not matter: the reader's own id says nothing of the machine
/// that wrote the journal.
///
/// # Errors
/// When a pattern cannot be read.
pub fn user(name: &str) -> Result<Vec<Vec<Term>>, Error> {
    let mut groups = Vec::new();
    for field in ["_SYSTEMD_USER_UNIT", "USER_UNIT", "OBJECT_SYSTEMD_USER_UNIT", "COREDUMP_USER_UNIT"] {
        groups.push(vec![names(field, name)?]);
    }
    if is_slice(name) {
        groups.push(vec![names("_SYSTEMD_USER_SLICE", name)?]);
    }
    Ok(groups)
}

/// The full names of the units that a name means: of a pattern those in the journal that fit it, in order; `of_user` units
/// of users' managers.
///
/// # Errors
/// When a pattern cannot be read.
pub fn meant(journal: &Journal, name: &str, of_user: bool) -> Result<BTreeSet<String>, Error> {
    if !is_pattern(name) {
        return Ok([full(name)].into());
    }
    let mut found = BTreeSet::new();
    for field in if of_user { ["_SYSTEMD_USER_UNIT", "USER_UNIT"] } else { ["_SYSTEMD_UNIT", "UNIT"] } {
        let term = names(field, name)?;
        // What cannot be read of them is told by whoever reads their entries.
        let _ = journal.each_value(field.as_bytes(), |value| {
            found.extend(term.found_in(value).and_then(|_| String::from_utf8(value.to_vec()).ok()));
        });
    }
    Ok(found)
}

/// Whether a name is a shell pattern.
pub(super) fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

fn is_slice(name: &str) -> bool {
    name.ends_with(".slice") || is_pattern(name)
}

/// The condition that `field` names the unit.
fn names(field: &str, name: &str) -> Result<Term, Error> {
    if name.is_empty() {
        let why = "a unit has a name, such as ssh.service or 'ssh*'".to_owned();
        return Err(Error::BadQuery { what: "--unit", input: String::new(), why });
    }
    if is_pattern(name) {
        return Term::like(field, &format!("(?s)^{}$", glob(&escape_name(name, b"[]!^*?"))), true);
    }
    Ok(Term::is(field, full(name).as_bytes()))
}

/// A shell pattern as a regular expression.
pub(super) fn glob(pattern: &str) -> String {
    let mut regex = String::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        match c {
            '*' => regex.push_str(".*"),
            '?' => regex.push('.'),
            '[' => match set(rest.as_str()) {
                Some((set, after)) => {
                    regex.push_str(&set);
                    rest = after.chars();
                }
                None => regex.push_str("\\["),
            },
            other => regex.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
    }
    regex
}

/// A set of characters and what follows it; `None` when it is not closed.
fn set(text: &str) -> Option<(String, &str)> {
    let (not, text) = text.strip_prefix(['!', '^']).map_or((false, text), |rest| (true, rest));
    // A bracket that comes first belongs to the set.
    let close = text.char_indices().skip(1).find(|(_, c)| *c == ']').map(|(at, _)| at)?;
    let (inner, after) = text.split_at_checked(close)?;
    let inner = inner.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]").replace("&&", "&\\&");
    Some((format!("[{}{inner}]", if not { "^" } else { "" }), after.get(1..)?))
}

/// A unit's full name: an absolute path is a mount or a device, what has no unit's ending a service; what no unit name may
/// hold is escaped.
pub(super) fn full(name: &str) -> String {
    let has_ending = SUFFIXES.iter().any(|suffix| name.ends_with(suffix));
    match name.strip_prefix('/') {
        Some(path) if path.starts_with("dev/") => format!("{}.device", escape(path)),
        Some(path) => format!("{}.mount", escape(path)),
        None if has_ending => escape_name(name, b""),
        None => format!("{}.service", escape_name(name, b"")),
    }
}

/// A path as unit names spell it: `/` becomes `-`, what else is not allowed `\xNN`. The root is `-`.
fn escape(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let parts: Vec<String> = parts.into_iter().map(|part| bytes(part, |byte| is_plain(byte) && byte != b'-')).collect();
    let joined = parts.join("-");
    match joined.strip_prefix('.') {
        _ if joined.is_empty() => "-".to_owned(),
        Some(rest) => format!("\\x2e{rest}"),
        None => joined,
    }
}

/// A name as typed: what no unit name may hold is escaped, but for what is `kept`; a `/` becomes `-`.
fn escape_name(name: &str, kept: &[u8]) -> String {
    bytes(&name.replace('/', "-"), |byte| is_plain(byte) || b"@\\".contains(&byte) || kept.contains(&byte))
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_' | b'.')
}

fn bytes(text: &str, plain: impl Fn(u8) -> bool) -> String {
    let escaped = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("\\x{byte:02x}") };
    text.bytes().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_get_their_ending() {
        let cases = [
            ("sshd", "sshd.service"),
            ("getty@tty1", "getty@tty1.service"),
            ("a.timer", "a.timer"),
            ("/", "-.mount"),
            ("/srv/my data", "srv-my\\x20data.mount"),
            ("/boot/.x-y", "boot-.x\\x2dy.mount"),
            ("/dev/sda1", "dev-sda1.device"),
            ("a b", "a\\x20b.service"),
            // As systemd 257 says that it escapes them.
            ("foo bar.service", "foo\\x20bar.service"),
            ("x@y z.service", "x@y\\x20z.service"),
            ("foo+bar=baz.service", "foo\\x2bbar\\x3dbaz.service"),
            ("a/b", "a-b.service"),
            ("foo\\x20bar.service", "foo\\x20bar.service"),
        ];
        for (typed, unit) in cases {
            assert_eq!(full(typed), unit, "{typed}");
        }
    }

    #[test]
    fn patterns_match_whole_names() {
        let term = names("UNIT", "ssh*[!d].s?rvice").unwrap();
        for (unit, fits) in
            [("ssh.service", false), ("sshx.service", true), ("sshd.service", false), ("asshx.service", false)]
        {
            assert_eq!(term.fits(format!("UNIT={unit}").as_bytes()), fits, "{unit}");
        }
        assert!(names("UNIT", "a[").unwrap().fits(b"UNIT=a["));
        assert!(names("UNIT", "foo b*").unwrap().fits(b"UNIT=foo\\x20bar.service"));
        assert!(names("UNIT", "a[]b]").unwrap().fits(b"UNIT=a]"));
    }
}
