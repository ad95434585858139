use super::*;

const ID: &str = "0123456789abcdef0123456789abcdef";

fn id() -> Id128 {
    ID.parse().unwrap()
}

/// A database with one id in some languages, whose texts end alike.
fn database(languages: &[(&str, u64)], texts: &[u8]) -> Vec<u8> {
    let mut bytes = b"RHHHKSLP\0\0\0\0\0\0\0\0".to_vec();
    for number in [40, languages.len() as u64, 56] {
        bytes.extend(number.to_le_bytes());
    }
    for (language, offset) in languages {
        let mut row = [0; 48];
        row[..16].copy_from_slice(&id().0);
        row[16..16 + language.len()].copy_from_slice(language.as_bytes());
        bytes.extend(row);
        bytes.extend(offset.to_le_bytes());
    }
    bytes.extend(texts);
    bytes
}

fn indexed(bytes: Vec<u8>, locale: &str) -> Option<Catalog> {
    let mut catalog = Catalog { arena: bytes, ..Catalog::in_languages_of(locale) };
    catalog.index().map(|()| catalog)
}

#[test]
fn a_database_has_texts_by_id_and_language() {
    let bytes = || database(&[("", 0), ("pt", 4), ("pt_BR", 11)], b"one\0texto\0\0o\0");
    for (locale, text) in [("", "one"), ("C.UTF-8", "one"), ("pt_PT.UTF-8", "texto"), ("pt_BR@x", "o"), ("de", "one")] {
        let catalog = indexed(bytes(), locale).unwrap();
        assert_eq!(catalog.find(id()), Some(text.as_bytes()), "{locale}");
        assert_eq!(catalog.find(Id128([1; 16])), None);
    }
}

#[test]
fn a_torn_database_is_none_and_a_text_beyond_its_end_is_empty() {
    let bytes = database(&[("", 0)], b"one\0");
    for length in 0..96 {
        assert!(indexed(bytes[..length].to_vec(), "").is_none(), "{length}");
    }
    let mut newer = bytes.clone();
    newer[12] = 1;
    assert!(indexed(newer, "").is_none());
    let far = indexed(database(&[("", 400)], b"one\0"), "").unwrap();
    assert_eq!(far.find(id()), None);
    let open = indexed(database(&[("", 0)], b"one"), "").unwrap();
    assert_eq!(open.find(id()), Some(&b"one"[..]));
    let endless = indexed(database(&[("", u64::MAX)], b"one\0"), "").unwrap();
    assert_eq!(endless.find(id()), None);
}

fn merged(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut merged = source::Merged::default();
    files.iter().for_each(|(text, language)| merged.add(text.as_bytes(), language));
    let text = |((_, language), text)| (language, String::from_utf8(text).unwrap());
    merged.texts().map(text).collect()
}

#[test]
fn a_source_has_comments_heads_bodies_and_languages() {
    let source =
        format!("# said\n-- {ID}\nSubject: a\n\n\n\none\n; no\ntwo\n\n-- not a title\n\n-- {ID} de\nSubject: b\n");
    let english = "Subject: a\n\none\ntwo\n\n-- not a title\n";
    assert_eq!(
        merged(&[(&source, "")]),
        [(String::new(), english.to_owned()), ("de".to_owned(), "Subject: b\n".to_owned())]
    );
    assert_eq!(source::language_of(Path::new("/x/systemd.pt_BR.catalog")), "pt_BR");
    assert_eq!(source::language_of(Path::new("systemd.catalog")), "");
}

#[test]
fn a_later_file_adds_to_the_head_and_replaces_the_body() {
    let first = format!("-- {ID}\nSubject: a\n\nbody\n");
    let second = format!("-- {ID}\nSupport: b\n\nother\n");
    let third = format!("-- {ID}\nDefined-By: c\n");
    let all = merged(&[(&first, ""), (&second, ""), (&third, "")]);
    assert_eq!(all[0].1, "Defined-By: c\nSupport: b\nSubject: a\n\nother\n");
}

#[test]
fn placeholders_become_values_or_their_names() {
    let value = |name: &[u8]| match name {
        b"UNIT" => Some(b"a.service".to_vec()),
        b"LONG" => Some(vec![b'x'; 5000]),
        _ => None,
    };
    for (text, said) in [
        ("@UNIT@ and @JOB_ID@", "a.service and JOB_ID"),
        ("a@b @ @@ @UNIT@UNIT@", "a@b @ @@ a.serviceUNIT@"),
        ("@LONG@@N1@", "LONG@N1@"),
        ("", ""),
    ] {
        assert_eq!(substituted(text.as_bytes(), value), said.as_bytes());
    }
}

#[test]
fn every_text_of_ours_has_an_id_of_its_own_and_fits_a_screen() {
    let catalog = Catalog::own();
    assert_eq!(catalog.texts.len(), own::TEXTS.len());
    for (id, text) in own::TEXTS {
        assert_eq!(catalog.find(id.parse().unwrap()), Some(text.as_bytes()));
        assert!(text.lines().all(|line| line.len() <= 77), "{text}");
    }
}
