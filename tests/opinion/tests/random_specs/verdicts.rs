//! The verdicts on random bodies of random specs.
//!
//! `COVER_RUNS` is the number of specs, and `COVER_SEED` the first seed. Each spec has the next seed.

use cover_api::__private::json::{check, check_with};
use cover_api::FromJson;
use cover_spec::Spec;
use cover_spec::rules::{Rules, Violations};
use fastrand::Rng;

use crate::bodies;
use crate::drawing::{self, Draft};
use crate::json::Json;
use crate::meaning::{self, Broken, evaluate, evaluate_with};
use crate::schemas::Schemas;
use crate::unlisted::options;

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

/// Returns the number of specs and the first seed.
pub fn runs_and_seed() -> (usize, u64) {
    let count = std::env::var("COVER_RUNS").ok().and_then(|count| count.parse().ok());
    let seed = std::env::var("COVER_SEED").ok().and_then(|seed| seed.parse().ok());
    (count.unwrap_or(SPECS), seed.unwrap_or(1))
}

#[test]
fn the_evaluator_the_checker_and_the_schema_agree() {
    let (count, seed) = runs_and_seed();
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
        let likes = bodies::likes(&plain, rng);
        let body = bodies::draw(&plain, &likes, rng);
        let written = body.to_string();
        let listed = evaluate(&plain, &body);
        let broken = evaluate_with(&plain, &body, &likes);
        accepted += usize::from(broken.is_empty());
        let options = options(&plain, &likes);
        let found = compare(&rules, &FromJson::new(), &listed, &written)
            .and_then(|()| schemas.compare(&listed, &written))
            .and_then(|()| compare(&rules, &options, &broken, &written))
            .and_then(|()| if listed.is_empty() { compare_prices(&plain, spec, &rules, &body) } else { Ok(()) });
        found.map_err(|found| {
            format!(
                "body {number}: {found}\n{written}\n{}\nLANGUAGE.md: {listed:?}, like {likes:?}: {broken:?}\nchecker: {:?}",
                from_prices(text),
                refused(&rules, &options, &written)
            )
        })?;
    }
    Ok(accepted)
}

/// Returns the end of a spec: its prices if it has some, and its request.
fn from_prices(text: &str) -> &str {
    let start = text.find("[credits]").or_else(|| text.find("[request]"));
    start.and_then(|start| text.get(start..)).unwrap_or(text)
}

/// Compares the prices of a body that keeps every rule.
fn compare_prices(plain: &meaning::Spec, spec: &Spec, rules: &Rules, body: &Json) -> Result<(), String> {
    let written = body.to_string();
    let checked = check(rules, written.as_bytes()).map_err(|violations| violations.to_string())?;
    let found = spec.api().credits.map(|credits| checked.price(&credits).to_string());
    let expected = meaning::price(plain, body);
    if found.as_deref() == expected {
        Ok(())
    } else {
        Err(format!("the price is {expected:?}, and {found:?} was found"))
    }
}

fn refused(rules: &Rules, options: &FromJson, body: &str) -> Option<Violations> {
    check_with(rules, body.as_bytes(), options).err()
}

/// Compares the evaluator with the checker: the verdicts, and the field if only one rule is broken.
fn compare(rules: &Rules, options: &FromJson, broken: &[Broken], body: &str) -> Result<(), String> {
    let violations = refused(rules, options, body);
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
