//! A whole file, or a synthetic journal with wounds: everything is walked, both ways, alone and beside another file.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lastwords::testkit::probe::open(input));
