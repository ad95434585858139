//! Any bytes: objects of every type at any offset, in both layouts, and payloads by every codec.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lastwords::testkit::probe::object(bytes));
