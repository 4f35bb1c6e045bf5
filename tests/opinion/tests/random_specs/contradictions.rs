//! No spec has the fault that no request keeps all rules, if one does.

use cover_api::__private::json::check;
use cover_spec::Spec;
use fastrand::Rng;

use crate::meaning::{self, evaluate};
use crate::{bodies, drawing};

/// Number of specs that are drawn, with and without faults.
const SPECS: u64 = 60;

/// Number of bodies of each spec with such a fault.
const BODIES: usize = 250;

#[test]
fn a_mode_in_which_a_body_keeps_all_rules_is_no_contradiction() {
    let mut contradictions = 0;
    for seed in 1..=SPECS {
        let mut rng = Rng::with_seed(seed);
        let text = drawing::draw(&mut rng).text();
        let Err(faults) = Spec::parse("spec.toml", &text) else { continue };
        let Some(spec) = faults.partial() else { continue };
        let found: Vec<&str> = faults.iter().map(cover_spec::Fault::message).collect();
        let found: Vec<&str> = found.into_iter().filter(|it| it.ends_with("can keep all rules")).collect();
        contradictions += found.len();
        let plain = meaning::Spec::read(&text);
        let bodies = (0..if found.is_empty() { 0 } else { BODIES }).map(|_| bodies::draw(&plain, &[], &mut rng));
        for body in bodies.filter(|body| evaluate(&plain, body).is_empty()) {
            let rules = spec.rules();
            let written = body.to_string();
            let checked = check(&rules, written.as_bytes()).expect("the checker agrees");
            let name = spec.request.modes.get(checked.mode()).map(|mode| format!("no request in `{}`", *mode.name));
            let is_about = |message: &&str| name.as_ref().is_none_or(|name| message.starts_with(name.as_str()));
            assert!(!found.iter().any(is_about), "seed {seed}: {written}\n{faults}\n{text}");
        }
    }
    assert!(contradictions > 0, "no spec had a contradiction");
}
