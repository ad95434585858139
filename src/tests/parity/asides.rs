//! What goes beside entries: sizes and headers, completions and man pages, explanations.

use crate::show;
use crate::support::{self, Answer, DEMO, Folder, lastwords};

#[test]
fn other_questions_have_journalctls_spelling_too() {
    let usage = show("--disk-usage");
    let text = usage.text();
    assert!(text.starts_with("Archived and active journals take up ") && text.ends_with(" in the file system.\n"));
    let header = show("--header");
    // Its form is journalctl's, see the test of that name.
    assert!(header.text().starts_with("File path: testdata/demo/"));
    let mut files = lastwords(&["info", DEMO, "-o", "json"]).json()["files"].clone();
    for file in files.as_array_mut().unwrap() {
        // What a walk through the file counted is not in its header.
        assert!(
            ["account", "accounted", "lost"].iter().all(|counted| file
                .as_object_mut()
                .unwrap()
                .remove(*counted)
                .is_some())
        );
    }
    assert_eq!(show("--header -o json").json(), files);
    assert_eq!(show("--header --list-boots").status, 2);
}

#[test]
fn shells_and_man_learn_the_options_from_the_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let answer = lastwords(&["completions", shell]);
        assert_eq!((answer.status, answer.stderr.as_str()), (0, ""));
        for word in ["list-invocations", "disk-usage", "completions", "why"] {
            assert!(answer.text().contains(word), "{word} for {shell}");
        }
    }
    assert_eq!(lastwords(&["completions", "csh"]).status, 2);
    let page = lastwords(&["man"]);
    assert!(page.text().contains(".TH lastwords 1"), "{}", page.text());
    let folder = Folder::new("parity-man");
    let below = folder.path().join("man1");
    let answer = lastwords(&[std::ffi::OsStr::new("man"), below.as_os_str()]);
    assert_eq!((answer.status, answer.text()), (0, ""), "{}", answer.stderr);
    for page in ["lastwords.1", "lastwords-show.1", "lastwords-why.1"] {
        let text = std::fs::read_to_string(below.join(page)).unwrap();
        assert!(text.contains(&format!(".TH {}", page.trim_end_matches(".1"))), "{page}");
    }
    let show = std::fs::read_to_string(below.join("lastwords-show.1")).unwrap();
    assert!(show.contains("list\\-invocations"));
    let (_, behind) = show.split_once(".SH EXAMPLES\n.nf\n").unwrap();
    let (examples, behind) = behind.split_once(".fi\n").unwrap();
    assert!(
        examples.starts_with("  lastwords show DIR \\-b \\-1 \\-n 100            the end of the boot before\n"),
        "{examples}"
    );
    assert!(behind.contains(".SH TIME\n") && !show.contains("EXTRA"), "examples come first");
    let stats = std::fs::read_to_string(below.join("lastwords-stats.1")).unwrap();
    assert!(stats.contains(".SH NOTES\n.PP\nENTRIES counts"), "{stats}");
}

/// The database of one id with one text, in English.
fn catalog_database(id: &str, text: &str) -> Vec<u8> {
    let mut bytes = b"RHHHKSLP\0\0\0\0\0\0\0\0".to_vec();
    [40_u64, 1, 56].iter().for_each(|number| bytes.extend(number.to_le_bytes()));
    bytes.extend(
        lastwords::format::Id128(std::array::from_fn(|at| u8::from_str_radix(&id[at * 2..][..2], 16).unwrap())).0,
    );
    bytes.extend([0; 40]);
    bytes.extend(text.as_bytes());
    bytes.push(0);
    bytes
}

#[test]
fn explanations_are_those_of_the_root() {
    const STARTED: &str = "f77379a8490b408bbe5f6940505a777b";
    let root = Folder::new("explained-root");
    let journal = std::fs::read(support::testdata("demo/84aa495b7a814afba75e63bef421138c/system.journal")).unwrap();
    root.file("var/log/journal/x.journal", &journal);
    let line = |more: &[&str]| {
        let path = root.path().to_str().unwrap();
        lastwords(
            &[&["show", "--root", path, "-o", "short", "-q", &format!("MESSAGE_ID={STARTED}"), "-n", "1"], more]
                .concat(),
        )
    };
    let below = |answer: &Answer| answer.text().lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let own = below(&line(&["-x"]));
    assert!(own[0].contains("The journal daemon began to write here"), "{own:?}");
    assert_eq!(below(&line(&[])), [""; 0]);

    let source =
        root.file("usr/lib/systemd/catalog/a.catalog", format!("-- {STARTED}\nSubject: by a source\n").as_bytes());
    assert_eq!(below(&line(&["-x"])), ["░░ Subject: by a source"]);

    let database = catalog_database(STARTED, "Subject: by a database\n");
    root.file("var/lib/systemd/catalog/database", &database);
    assert_eq!(below(&line(&["-x"])), ["░░ Subject: by a database"]);
    // What is named goes before what is found.
    assert_eq!(below(&line(&["-x", "--catalog-dir", source.to_str().unwrap()])), ["░░ Subject: by a source"]);

    root.file("var/lib/systemd/catalog/database", &database[..50]);
    let torn = line(&["-x"]);
    assert_eq!((below(&torn), torn.status), (own, 0));
    assert!(torn.stderr.contains("no catalog database") && torn.stderr.contains("not used"), "{}", torn.stderr);
}

#[test]
fn what_a_query_does_is_told_in_good_english() {
    let explained =
        |line: &str| lastwords(&[&["show", "--explain"], &line.split(' ').collect::<Vec<_>>()[..]].concat()).stderr;
    let one = explained("--file testdata/small/state-online.journal -n 1");
    assert!(one.contains("plan: 1 file, ") && one.ends_with("done: 1 entry shown\n"), "{one}");
    let torn = explained("--file testdata/broken/pages-lost.journal -o cat");
    assert_eq!(torn.matches("in order:").count(), 1, "{torn}");
    let demo = explained(&format!("-D {DEMO} -b -1 PRIORITY=2"));
    for words in [" 1 file,", "1 runs", "1 merges", "1 boots", "1 entries", "1 match\n"] {
        assert_eq!(demo.contains(words) || one.contains(words), words == " 1 file,", "{words}: {one}{demo}");
    }
}

#[test]
fn what_was_read_is_told_also_where_nothing_was_searched() {
    let explained = |line: &str| lastwords(&line.split(' ').collect::<Vec<_>>()).stderr;
    let few = explained(&format!("show --explain -D {DEMO} -n 3 -q"));
    assert!(few.contains("/system.journal: of 504 entries as many as are wanted\n"), "{few}");
    // By their cursors, the last three are the user's.
    assert!(few.contains("/user-1000.journal: 3 entries read\n"), "{few}");
    assert!(few.ends_with("done: 3 entries shown\n") && few.matches(" read\n").count() == 1, "{few}");
    let all = explained(&format!("show --explain -D {DEMO} -b -1 -q"));
    assert!(all.contains("/system.journal: all of 2") && all.contains(" entries read\n"), "{all}");
}

#[test]
fn every_command_that_chooses_entries_tells_how_they_are_found() {
    let explained = |line: &str| lastwords(&line.split(' ').collect::<Vec<_>>()).stderr;
    for command in ["boots", "stats", "fields"] {
        let chosen = explained(&format!("{command} --explain {DEMO} PRIORITY=2"));
        assert!(chosen.contains("plan: 7 files, 8 boots;") && chosen.contains(": index, at most "), "{chosen}");
    }
    assert_eq!(
        explained(&format!("fields --explain {DEMO}")),
        "lastwords: plan: 7 files, whose indexes have the names and the counts: no entry is read\n"
    );
    assert!(explained(&format!("stats --explain {DEMO}")).contains("/system.journal: all of 504 entries\n"));
    assert!(
        explained(&format!("boots --explain {DEMO}")).starts_with("lastwords: plan: 7 files, nothing to choose by")
    );
}
