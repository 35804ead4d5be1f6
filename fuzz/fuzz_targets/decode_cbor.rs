#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ops_tests::fuzz_bodies::decode_cbor(data));
