//! Brings the values of a repeated field together in one array, where the field first stood.
//!
//! Nearly no entry has one, so members are appended as they come and their places noted; only an entry with a repeated
//! name is put in order afterwards.

/// What stands around and between the values of an array.
#[derive(Clone, Copy, Debug)]
pub(super) struct Brackets {
    pub(super) open: &'static [u8],
    pub(super) comma: &'static [u8],
    pub(super) close: &'static [u8],
    /// Whether lines within the values are indented by one TAB more.
    pub(super) deepen: bool,
}

/// The members of one entry, as they were appended to the output.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// Counts entries, so that nothing needs to be cleared between them.
    entry: u64,
    /// By the name's number: the entry that had it last, and its first place there.
    seen: Vec<(u64, usize)>,
    list: Vec<Member>,
    start: usize,
    repeated: bool,
    scratch: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    /// The place in the list of the first member of this name.
    first: usize,
    /// Where the member ends in the output; it starts where the one before ends.
    end: usize,
}

impl Members {
    /// Begins an entry whose members start at `start`.
    pub(super) fn begin(&mut self, start: usize) {
        self.entry += 1;
        self.list.clear();
        self.start = start;
        self.repeated = false;
    }

    /// Notes a member that ends at `end`.
    #[inline]
    pub(super) fn add(&mut self, name: u32, end: usize) {
        let here = self.list.len();
        let name = name as usize;
        if self.seen.len() <= name {
            self.seen.resize(name + 1, (0, 0));
        }
        let seen = &mut self.seen[name];
        if seen.0 == self.entry {
            self.repeated = true;
        } else {
            *seen = (self.entry, here);
        }
        self.list.push(Member { first: seen.1, end });
    }

    /// Brings members of the same name together; `value_at` says where in a member its value starts.
    #[inline]
    pub(super) fn group(&mut self, brackets: &Brackets, out: &mut Vec<u8>, value_at: impl Fn(&[u8]) -> usize) {
        if self.repeated {
            self.regroup(brackets, out, value_at);
        }
    }

    #[cold]
    fn regroup(&mut self, brackets: &Brackets, out: &mut Vec<u8>, value_at: impl Fn(&[u8]) -> usize) {
        self.scratch.clear();
        self.scratch.extend_from_slice(out.get(self.start..).unwrap_or_default());
        out.truncate(self.start);
        let mut start = 0;
        let mut parts = Vec::with_capacity(self.list.len());
        for member in &self.list {
            let end = member.end - self.start;
            parts.push((member.first, self.scratch.get(start..end).unwrap_or_default()));
            start = end;
        }
        // Stable: values keep their order.
        parts.sort_by_key(|(first, _)| *first);
        for group in parts.chunk_by(|one, two| one.0 == two.0) {
            append(group, brackets, out, &value_at);
        }
    }
}

/// Appends all members of one name as one.
fn append(group: &[(usize, &[u8])], brackets: &Brackets, out: &mut Vec<u8>, value_at: impl Fn(&[u8]) -> usize) {
    if let [(_, alone)] = group {
        return out.extend_from_slice(alone);
    }
    for (nth, (_, member)) in group.iter().enumerate() {
        append_nth(nth, member, brackets, out, &value_at);
    }
    out.extend_from_slice(brackets.close);
}

/// Appends one of several members of a name, the first of which is number 0; the closing bracket is left to be written.
pub(super) fn append_nth(
    nth: usize,
    member: &[u8],
    brackets: &Brackets,
    out: &mut Vec<u8>,
    value_at: impl Fn(&[u8]) -> usize,
) {
    let (name, value) = member.split_at_checked(value_at(member)).unwrap_or_default();
    if nth == 0 {
        out.extend_from_slice(name);
    }
    out.extend_from_slice(if nth == 0 { brackets.open } else { brackets.comma });
    append_more(value, brackets, out);
}

/// Appends what follows of a value of which some was appended, up to an end of a line or within one.
pub(super) fn append_more(value: &[u8], brackets: &Brackets, out: &mut Vec<u8>) {
    if brackets.deepen {
        // Newlines of the journal are escaped, so these are line ends of ours.
        value.split_inclusive(|byte| *byte == b'\n').enumerate().for_each(|(line, text)| {
            out.extend_from_slice(if line == 0 { b"" } else { b"\t" });
            out.extend_from_slice(text);
        });
    } else {
        out.extend_from_slice(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Brackets = Brackets { open: b"[", comma: b",", close: b"]", deepen: false };

    /// One entry after another with members `name:value`.
    fn grouped(members: &mut Members, brackets: &Brackets, parts: &[(u32, &str)]) -> String {
        let mut out = b"head".to_vec();
        members.begin(out.len());
        for (name, part) in parts {
            out.extend_from_slice(part.as_bytes());
            members.add(*name, out.len());
        }
        members.group(brackets, &mut out, |member| member.iter().position(|byte| *byte == b':').unwrap() + 1);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn repeated_members_become_an_array_at_their_first_place() {
        let mut members = Members::default();
        for _ in 0..2 {
            let parts = [(0, " a:1"), (1, " b:2"), (0, " a:3"), (7, " c:4"), (0, " a:5"), (7, " c:")];
            assert_eq!(grouped(&mut members, &PLAIN, &parts), "head a:[1,3,5] b:2 c:[4,]");
            assert_eq!(grouped(&mut members, &PLAIN, &[(1, " b:1"), (0, " a:2")]), "head b:1 a:2");
        }
    }

    #[test]
    fn values_in_an_array_are_indented_where_lines_are() {
        let brackets = Brackets { open: b"[\n\t\t", comma: b",\n\t\t", close: b"\n\t]", deepen: true };
        let parts = [(0, " a:1"), (0, " a:[\n\t\t2\n\t]")];
        let grouped = grouped(&mut Members::default(), &brackets, &parts);
        assert_eq!(grouped, "head a:[\n\t\t1,\n\t\t[\n\t\t\t2\n\t\t]\n\t]");
    }
}
