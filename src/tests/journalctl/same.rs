//! Whether two answers are the same, once what is known to differ is made up for.

use serde_json::Value;

use crate::program::{Output, Reply};
use crate::recording::Digest;
use crate::table::{Line, Table};

/// The first difference between our answer and theirs.
pub(crate) fn difference(table: &Table, line: &Line, version: u32, ours: &Reply, theirs: &Reply) -> Option<String> {
    let wanted = line.status(version).unwrap_or(match theirs.status {
        // journalctl has one status for what it refuses and for what it did not find.
        1 if !theirs.stderr.is_empty() => 2,
        status => status,
    });
    if ours.status != wanted {
        return Some(format!("status {} instead of {wanted}; {:?}, not {:?}", ours.status, ours.stderr, theirs.stderr));
    }
    let silent = theirs.stderr.is_empty() && !line.says(version);
    if silent != ours.stderr.is_empty() && (silent || ours.status == 2) {
        return Some(format!("said {:?}, not {:?}", ours.stderr, theirs.stderr));
    }
    let ours = settled(table, line, version, &ours.stdout);
    match &theirs.stdout {
        Output::Raw(bytes) => first_difference(&ours, &made_up(table, line, version, bytes.clone())),
        Output::Recorded(digest) if *digest == Digest::of(&ours) => None,
        Output::Recorded(digest) => {
            let text = digest.text.as_ref();
            let shown = text.and_then(|text| first_difference(&ours, text.as_bytes()));
            shown.or_else(|| Some(format!("{} instead of {digest}", Digest::of(&ours))))
        }
    }
}

fn settled(table: &Table, line: &Line, version: u32, output: &Output) -> Vec<u8> {
    let Output::Raw(bytes) = output else { panic!("ours is never recorded") };
    made_up(table, line, version, bytes.clone())
}

fn first_difference(ours: &[u8], theirs: &[u8]) -> Option<String> {
    let text = |line: Option<&[u8]>| line.map_or("the end".to_owned(), |line| format!("{}", line.escape_ascii()));
    let (mut our, mut their) = (ours.split_inclusive(|b| *b == b'\n'), theirs.split_inclusive(|b| *b == b'\n'));
    for number in 1.. {
        match (our.next(), their.next()) {
            (None, None) => return None,
            (our, their) if our == their => {}
            (our, their) => return Some(format!("line {number}\n  ours   {}\n  theirs {}", text(our), text(their))),
        }
    }
    None
}

/// An output with the rules for its mode and version applied.
pub(crate) fn made_up(table: &Table, line: &Line, version: u32, output: Vec<u8>) -> Vec<u8> {
    table.rules_for(line, version).fold(output, |output, rule| match rule {
        "members-sorted" => members_sorted(&output),
        "pretty-members-sorted" => pretty_members_sorted(&output),
        "no-seqnums" => without_seqnums(&output),
        "offsets-with-colon" => with_colons(&output),
        "lines-sorted" => lines_sorted(&output),
        "no-boot-lines" => lines(&output).filter(|line| !is_boot_line(line)).flatten().copied().collect(),
        "sizes-without-tenths" => {
            String::from_utf8_lossy(&output).replace(".0K blob data]", "K blob data]").into_bytes()
        }
        "colours-collapsed" => colours_collapsed(&output),
        rule => panic!("no rule {rule}"),
    })
}

fn lines(output: &[u8]) -> impl Iterator<Item = &[u8]> {
    output.split_inclusive(|byte| *byte == b'\n')
}

fn lines_sorted(output: &[u8]) -> Vec<u8> {
    let mut all: Vec<&[u8]> = lines(output).collect();
    all.sort_unstable();
    all.concat()
}

fn is_boot_line(line: &[u8]) -> bool {
    String::from_utf8_lossy(line).contains("-- Boot ")
}

/// Of colours directly behind one another only the last counts; numbers of colours are parted by colons.
fn colours_collapsed(output: &[u8]) -> Vec<u8> {
    let mut collapsed = Vec::with_capacity(output.len());
    let mut colour = None;
    let mut rest = output;
    while let Some(byte) = rest.first() {
        let end = rest.starts_with(b"\x1b[").then(|| rest.iter().position(|byte| *byte == b'm')).flatten();
        let (part, after) = rest.split_at(end.map_or(1, |end| end + 1));
        match end {
            Some(_) => colour = Some(String::from_utf8_lossy(part).replace("38;5;", "38:5:")),
            None => {
                collapsed.extend(colour.take().into_iter().flat_map(String::into_bytes));
                collapsed.push(*byte);
            }
        }
        rest = after;
    }
    collapsed.extend(colour.into_iter().flat_map(String::into_bytes));
    collapsed
}

/// One object a line, whatever stands before it.
fn members_sorted(output: &[u8]) -> Vec<u8> {
    let line = |line: &[u8]| match line.iter().position(|byte| *byte == b'{') {
        Some(at) => match serde_json::from_slice::<Value>(&line[at..]) {
            Ok(value) => [&line[..at], &serde_json::to_vec(&value).unwrap(), b"\n"].concat(),
            Err(_) => line.to_vec(),
        },
        None => line.to_vec(),
    };
    lines(output).flat_map(line).collect()
}

/// Objects over several lines: each as one line, then its own lines sorted, so that indents count.
fn pretty_members_sorted(output: &[u8]) -> Vec<u8> {
    let mut sorted = Vec::new();
    for object in String::from_utf8_lossy(output).split_inclusive("\n}\n") {
        if let Ok(value) = serde_json::from_str::<Value>(object) {
            sorted.extend(serde_json::to_vec(&value).unwrap());
            sorted.push(b'\n');
        }
        let mut members: Vec<&str> = object.lines().map(|line| line.trim_end_matches(',')).collect();
        members.sort_unstable();
        sorted.extend(members.join("\n").into_bytes());
        sorted.push(b'\n');
    }
    sorted
}

/// Leaves out the sequence numbers of an export stream or of objects, one a line.
fn without_seqnums(output: &[u8]) -> Vec<u8> {
    let is_number = |line: &[u8]| {
        let line = line.trim_ascii_start();
        line.starts_with(b"__SEQNUM") || line.starts_with(b"\"__SEQNUM")
    };
    let line = |line: &[u8]| match line.iter().position(|byte| *byte == b'{') {
        Some(at) => match serde_json::from_slice::<Value>(&line[at..]) {
            Ok(Value::Object(mut members)) => {
                members.retain(|name, _| !name.starts_with("__SEQNUM"));
                [&line[..at], &serde_json::to_vec(&members).unwrap(), b"\n"].concat()
            }
            _ => line.to_vec(),
        },
        None => line.to_vec(),
    };
    lines(output).filter(|line| !is_number(line)).flat_map(line).collect()
}

/// `+0000` becomes `+00:00`; what continues a message moves one column to the right.
fn with_colons(output: &[u8]) -> Vec<u8> {
    let mut changed = Vec::with_capacity(output.len());
    let mut longer = false;
    for line in lines(output) {
        let stamp = line.split(|byte| *byte == b' ').next().unwrap_or_default();
        let sign = stamp.len().checked_sub(5).filter(|_| stamp.get(10) == Some(&b'T'));
        match sign.filter(|at| matches!(stamp[*at], b'+' | b'-') && stamp[at + 1..].iter().all(u8::is_ascii_digit)) {
            Some(at) => {
                longer = true;
                changed.extend([&line[..at + 3], b":", &line[at + 3..]].concat());
            }
            None if longer && line.starts_with(b" ") => changed.extend([b" ", line].concat()),
            None => changed.extend_from_slice(line),
        }
    }
    changed
}
