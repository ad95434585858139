//! A whole file, or a synthetic journal with wounds: every object is walked without the index, and salvaged.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lastwords::testkit::probe::walk(input));
