//! A whole file, or a synthetic journal with wounds: verify ends, and says the same with one thread and with several.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| lastwords::testkit::probe::verify(input));
