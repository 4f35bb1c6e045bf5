//! The verdicts on random bodies of random specs.
//!
//! `COVER_RUNS` is the number of specs, and `COVER_SEED` the first seed. Each spec has the next seed.

use cover_api::__private::json::check;
use cover_spec::Spec;
use cover_spec::rules::{Rules, Violations};
use fastrand::Rng;

use crate::bodies;
use crate::drawing::{self, Draft};
use crate::meaning::{self, Broken, evaluate};
use crate::schemas::Schemas;

/// Number of specs without faults.
const SPECS: usize = 40;

/// Number of bodies of each spec.
const BODIES: usize = 250;

/// Draws specs until one has no faults. Returns it with the number of those that had some.
pub fn drawn(rng: &mut Rng) -> (Draft, Spec, usize) {
    for thrown in 0.. {
        let draft = drawing::draw(rng);
        if let Ok(spec) = Spec::parse("spec.toml", &draft.text()) {
            return (draft, spec, thrown);
        }
    }
    unreachable!("specs are drawn until one has no faults")
}

#[test]
fn the_evaluator_the_checker_and_the_schema_agree() {
    let count = std::env::var("COVER_RUNS").ok().and_then(|count| count.parse().ok()).unwrap_or(SPECS);
    let seed = std::env::var("COVER_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let (mut thrown, mut accepted, mut found) = (0, 0, Vec::new());
    for seed in seed..seed + count as u64 {
        let mut rng = Rng::with_seed(seed);
        let (draft, spec, with_faults) = drawn(&mut rng);
        thrown += with_faults;
        match agree(&draft.text(), &spec, &mut rng) {
            Ok(taken) => accepted += taken,
            Err(found_here) => found.push(format!("COVER_SEED={seed} COVER_RUNS=1\n{found_here}")),
        }
    }
    println!("{count} specs from seed {seed}, {thrown} thrown away, {accepted} of {} bodies accepted", count * BODIES);
    assert!(found.is_empty(), "{} of {count} specs: {}", found.len(), found[..found.len().min(5)].join("\n\n"));
    assert!(count * 3 >= count + thrown, "{thrown} specs with faults for {count} without");
    assert!(accepted * 100 >= count * BODIES * 15, "only {accepted} of {} bodies are accepted", count * BODIES);
}

/// Compares the verdicts on bodies of a spec. Returns the number of accepted ones, or the first disagreement.
fn agree(text: &str, spec: &Spec, rng: &mut Rng) -> Result<usize, String> {
    let plain = meaning::Spec::read(text);
    let rules = spec.rules();
    let schemas = Schemas::of(spec).map_err(|error| format!("{error}\n{text}"))?;
    let mut accepted = 0;
    for number in 0..BODIES {
        let body = bodies::draw(&plain, rng);
        let broken = evaluate(&plain, &body);
        accepted += usize::from(broken.is_empty());
        let written = body.to_string();
        let found = compare(&rules, &broken, &written).and_then(|()| schemas.compare(&broken, &written));
        found.map_err(|found| {
            format!(
                "body {number}: {found}\n{written}\n{}\nLANGUAGE.md: {broken:?}\nchecker: {:?}",
                text.split_once("doc = \"A request.\"").map_or(text, |(_, own)| own),
                refused(&rules, &written)
            )
        })?;
    }
    Ok(accepted)
}

fn refused(rules: &Rules, body: &str) -> Option<Violations> {
    check(rules, body.as_bytes()).err()
}

/// Compares the evaluator with the checker: the verdicts, and the field if only one rule is broken.
fn compare(rules: &Rules, broken: &[Broken], body: &str) -> Result<(), String> {
    let violations = refused(rules, body);
    match (broken, &violations) {
        ([], None) => Ok(()),
        ([], Some(violations)) => Err(format!("LANGUAGE.md accepts the body, the checker refuses it: {violations}")),
        (broken, None) => Err(format!("LANGUAGE.md refuses the body, the checker accepts it: {broken:?}")),
        ([only], Some(violations)) => {
            let is_named = |name: &String| violations.iter().any(|it| it.field().contains(name));
            let named = only.fields.is_empty() || only.fields.iter().any(is_named);
            if named { Ok(()) } else { Err(format!("the checker names other fields: {violations}")) }
        }
        _ => Ok(()),
    }
}
