//! Bytes → model → everything that is made from it: no panic, and a bounded number of reports.

#![no_main]

use cover_spec::Spec;
use cover_spec::diff::{Changes, Step};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Spec::parse("fuzz.toml", text) {
        Ok(spec) => {
            let _ = (spec.rules(), spec.api(), spec.json_schema(), spec.openapi(), spec.markdown());
            assert_eq!(Changes::between(&spec, &spec).step(), Step::None);
        }
        Err(faults) => assert!(faults.reports().count() <= 51),
    }
});
