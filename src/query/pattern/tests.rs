use super::*;

fn is_plain(text: &str) -> bool {
    matches!(Pattern::read(text.as_bytes(), false).unwrap().engine, Engine::Plain(_))
}

#[test]
fn look_around_and_back_references_are_understood() {
    for (text, fits, other) in [
        (r"job(?= done)", "job done", "job failed"),
        (r"job(?! done)", "job failed", "job done"),
        (r"(?<=pid )42", "pid 42", "uid 42"),
        (r"(?<!pid )42", "uid 42", "pid 42"),
        (r"(\w+) \1", "on on", "on off"),
        (r"(?<q>['°])x\k<q>", "°x°", "°x'"),
        (r"(?>a+)b", "aab", "aac"),
        (r"x++[xy]", "xxy", "xxx"),
        (r"^(?=.*one)(?=.*two)", "two one", "two"),
    ] {
        assert!(!is_plain(text), "{text}");
        let pattern = Pattern::read(text.as_bytes(), false).unwrap();
        assert_eq!((pattern.is_match(fits.as_bytes()), pattern.is_match(other.as_bytes())), (true, false), "{text}");
        assert_eq!((pattern.as_str(), pattern.given_up()), (text, 0));
    }
    assert!(is_plain(r"a.*\bb{2,3}$"));
}

#[test]
fn bytes_that_are_no_text_are_searched_too() {
    let pattern = Pattern::read(br"(?<=B)C", true).unwrap();
    assert!(pattern.is_match(b"\xff\xfebc\xff") && pattern.is_match(b"abc"));
    assert_eq!((pattern.find(b"\xffbc"), pattern.find("°bc".as_bytes())), (Some(2..3), Some(3..4)));
    let strict = Pattern::read(b"(?<=B)C", false).unwrap();
    assert!(!strict.is_match(b"\xffbc") && !strict.is_match(b"abc"));
}

#[test]
fn a_search_without_end_is_given_up_and_counted() {
    let pattern = Pattern::read(br"^(?=a)(a|a)+\1$", false).unwrap();
    let twin = pattern.clone();
    assert!(!twin.is_match(&[[b'a'; 40].as_slice(), b"b"].concat()));
    assert_eq!(pattern.given_up(), 1);
    assert!(pattern.is_match(b"aa"));
    assert_eq!(pattern.given_up(), 1);
}

#[test]
fn a_long_value_ends_the_search_sooner() {
    // Each place of the value reads the whole rest.
    let pattern = Pattern::read(br"(?=.*one)(?=.*two)", false).unwrap();
    let long = "x".repeat(1 << 16);
    assert!(!pattern.is_match(long.as_bytes()));
    assert_eq!(pattern.given_up(), 1);
    assert!(!pattern.is_match(&long.as_bytes()[..8 << 10]));
    assert!(pattern.is_match(format!("one two {long}").as_bytes()), "what is found at once is found");
    assert_eq!(pattern.given_up(), 1, "8 KiB are searched whole");
}

fn fits(pattern: &str, value: &[u8]) -> bool {
    Pattern::read(pattern.as_bytes(), false).unwrap().is_match(value)
}

/// Checked with journalctl 252 and 257, as the tables below: `-g` over messages of these bytes.
#[test]
fn bytes_that_are_no_character_are_any_sign_to_both_engines() {
    let (one, two, latin) = (b"bad\xffbyte".as_slice(), b"bad\xff\xfebyte".as_slice(), b"f\xfcr".as_slice());
    for (pattern, value, wanted) in [
        ("bad.byte", one, true),
        ("bad.byte", two, false),
        ("bad..byte", two, true),
        ("bad[^x]byte", one, true),
        (r"bad\Wbyte", one, true),
        (r"bad\Dbyte", one, true),
        (r"bad\Sbyte", one, true),
        (r"bad\wbyte", one, false),
        (r"bad\sbyte", one, false),
        ("bad[x]byte", one, false),
        ("^f.r$", latin, true),
        (r"f[\x80-\xff]r", latin, true),
        (r"f[^\x00-\x7f]r", latin, true),
        (r"f[[:^alpha:]]r", latin, true),
        // A sequence that breaks off is as many signs as bytes.
        ("^a..b$", b"a\xe2\x82b", true),
    ] {
        let looking = format!("(?=){pattern}");
        assert!(!is_plain(&looking));
        assert_eq!((fits(pattern, value), fits(&looking, value)), (wanted, wanted), "{pattern}");
    }
    let found = |pattern: &str, value: &[u8]| Pattern::read(pattern.as_bytes(), false).unwrap().find(value);
    assert_eq!(found("d.b", one), Some(2..5));
    assert_eq!(found(".b", "°\u{fffd}b".as_bytes()), Some(2..6));
    assert_eq!((found("b", b"\xc3\xa9\xff\xfeb"), found("y", two)), (Some(4..5), Some(6..7)));
}

#[test]
fn the_end_is_also_before_a_final_newline() {
    for (pattern, value, wanted) in [
        ("end$", "end\n", true),
        ("end$", "end", true),
        ("end$", "end\n\n", false),
        ("end$", "end\nmore", false),
        ("^$", "\n", true),
        ("^(end)$", "end\n", true),
        ("(end$)\\n", "end\n", true),
        ("end$\\n", "end\n", true),
        ("(?m)end$", "end\nmore", true),
        (r"end\Z", "end\n", true),
        (r"end\z", "end\n", false),
        (r"x\n$", "x\n\n", true),
        (r"(?s)end.$", "end\n", true),
        (r"end$\z", "end\n", false),
        ("(?=e)end$", "end\n", true),
        ("a$|end$", "end\n", true),
        ("foo$bar", "foobar", false),
    ] {
        assert_eq!(fits(pattern, value.as_bytes()), wanted, "{pattern} {value:?}");
    }
    assert!(is_plain("^(a|b$)$|c$") && !is_plain(r"a$\n"));
    assert_eq!(Pattern::read(b"nd$", false).unwrap().find(b"end\n"), Some(1..3));
}

#[test]
fn signs_mean_what_they_mean_to_journalctl() {
    for (pattern, yes, no) in [
        (r"\<a\>", "x <a>", "a"),
        (r"(?=.)\<a\>", "x <a>", "a"),
        (r"[\<]a\>", "x <a>", "a"),
        (r"\\<a", r"\<a", "<a"),
        ("[a&&b]", "&", "x"),
        ("[a-z&&[^b]]", "^]", "a"),
        ("[a-z--b]", "0", "("),
        ("[a~~b]", "~", "x"),
        ("[[]", "[", "]"),
        ("[[x]", "[", "]"),
        ("[]a]", "]", "["),
        ("[^]a]", "[", "]a"),
        ("[a-]", "-", "b"),
        ("[+--]", ",", "."),
        (r"[\w-]", "-", "+"),
        (r"[\Q]^-\E]", "^", "a"),
        (r"a\Q.s\Eervice", "a.service", "axservice"),
        (r"\Q.service", "a.service", "axservice"),
        (r"\v", "a\u{c}b", "a b"),
        (r"^\V+$", "a b", "a\u{c}b"),
        (r"a\hb", "a\tb", "afb"),
        (r"[^\h\v]", "a", " \t\n"),
        (r"a\Rb", "a\r\nb", "a b"),
        (r"^\N{3}$", "abc", "a\nb"),
        (r"\033\[", "\u{1b}[0m", "033["),
        (r"\o{33}|\x{7e}", "\u{1b}", "o"),
        (r"\cA|\e", "\u{1}", "A"),
        (r"^\101$", "A", "101"),
        (r"\0", "nul\0", "0"),
        (r"(a)\g{1}", "aa", "ab"),
        (r"(a)(x)\g{-2}", "axa", "axx"),
        (r"(?<n>a)\k{n}b", "aab", "ab"),
        (r"(?'n'a)(?P=n)b", "aab", "ab"),
        (r"(a|b)(?1)c", "abc", "ac"),
        (r"(?P<n>a|b)(?P>n)c", "abc", "ac"),
        (r"^(?<q>a)?(?(q)b|z)$", "ab", "az"),
        ("(?x) a  b # foo", "ab", "a  b"),
        (r"(?x)a[ ]b\ c", "a b c", "abc"),
        ("(?x: a ) b", "a b", "ab"),
        ("a(?#c)*b$", "aab", "xba"),
        (r"on\Kx", "onx", "x"),
        ("a{2", "a{2", "aa"),
        ("a{}b", "a{}b", "ab"),
        (r"a\b{", "a{", "ab{"),
        ("[[:alpha:]&&x]", "&", "]"),
    ] {
        assert!(fits(pattern, yes.as_bytes()), "{pattern} {yes:?}");
        assert!(!fits(pattern, no.as_bytes()), "{pattern} {no:?}");
    }
    let strict = |pattern: &str| Pattern::read(pattern.as_bytes(), true).unwrap();
    assert!(!strict(r"[\x80-\xff]").is_match(b"task"), "no letter is beyond ASCII for its case");
    for text in [r"[*+]x", r"\++x", r"[?+]x", r"a\?+", r"[a&&b]\h\v"] {
        assert!(is_plain(text), "{text}");
    }
    assert!(!is_plain(r"[x]*+y") && !is_plain("a{2}+"));
}

/// journalctl refuses these as well; where it does not, they would mean something else here.
#[test]
fn what_nobody_understands_is_refused_with_a_reason() {
    let byte = r"\xff is a part of characters: write the character itself, or [\x80-\xff] for any that is not ASCII";
    for (text, why) in [
        ("(", "unclosed group"),
        ("(?=(", "unclosed group"),
        (")", "unopened group"),
        ("[a", "unclosed class of characters"),
        ("a**", "* repeats nothing"),
        ("^*", "* repeats nothing"),
        ("a{1}{2}", "{2} repeats nothing"),
        ("a{2,1}", "{2,1}: the numbers are out of order"),
        ("a{99999}", "99999 is more than 65535"),
        ("a{,2}", "{,2} means different things to different versions; write {0,2}"),
        (r"a\u0041", r"\u is not supported here"),
        ("(?(1)a|b)", "there is no group 1"),
        ("[b-a]", "b-a: the range is out of order"),
        (r"[a-\d]", r"\d is no end of a range"),
        ("[:alpha:]", "a named class stands in a class, as in [[:alpha:]]"),
        ("[[:foo:]]", "\"foo\" is no class of characters"),
        // Understood by journalctl.
        (r"\xff", byte),
        ("[\\xff]", byte),
        ("(?R)", "a pattern that contains itself is not supported here"),
        ("(a(?1)?)", "a pattern that contains itself is not supported here"),
        ("(?|a|b)", "(?|) is not supported here"),
        ("(*UCP)a", "(*…) is not supported here"),
        // Known to the engines only.
        ("(?u)a", "(?u) is not supported here"),
    ] {
        assert_eq!(Pattern::read(text.as_bytes(), false).unwrap_err(), why, "{text}");
    }
    assert!(Pattern::read(br"(?=a)\\h", false).is_ok());
    assert!(Pattern::read(b"\xff", false).is_err());
}

#[test]
fn what_an_automaton_would_take_otherwise_is_as_pcre2_takes_it() {
    // 10.42, as journalctl calls it.
    assert!(!fits(r"\R\D[^ -/]", b"a\r\nb") && fits(r"\Rb", b"a\r\nb") && fits(r"\R\D", b"a\n\n"));
    assert!(!fits(r"\By", b"x\x80y") && fits(r"\By", b"xy"));
    assert!(fits(r"[\9]", b"9") && !fits(r"[\9]", b"8"));
    for refused in [r"(?<n>a)(?<n>b)", "(?U)[ab]*+c", "(?U:a++)"] {
        assert!(Pattern::read(refused.as_bytes(), false).is_err(), "{refused}");
    }
    assert!(fits("(?U:a+)b++", b"ab"));
    assert!(is_plain(r"y\R") && is_plain(r"(y|\R)$") && !is_plain(r"\Ry"), "what nothing follows gives nothing back");
}
