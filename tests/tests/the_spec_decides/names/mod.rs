//! Every name that the check of a spec accepts compiles.
//!
//! Small specs get odd names in random places. A name that is refused is replaced with a plain one. One crate compiles all the
//! specs that remain, with every setter, constructor and macro called by its name.

mod pool;
mod program;
mod template;

use std::error::Error;

use cover_spec::Spec;

use crate::stranger::Crate;
use pool::Pool;
use template::{PLACES, PLAIN, Template};

const SEED: u64 = 0x5eed_0016;
const SPECS: usize = 40;
/// The number of accepted names below which the test says nothing.
const LEAST: usize = 500;

/// Returns a spec with as many odd names as the check accepts, and their number.
fn odd_spec(template: Template, pool: &mut Pool) -> (String, Spec, usize) {
    let mut names = PLAIN.map(str::to_owned);
    let mut accepted = 0;
    let mut spec = template.parse(&names).unwrap_or_else(|faults| panic!("{faults}"));
    for place in 0..PLACES {
        let plain = std::mem::replace(&mut names[place], pool.draw());
        match template.parse(&names) {
            Ok(odd) => (accepted, spec) = (accepted + 1, odd),
            Err(_) => names[place] = plain,
        }
    }
    (template.text(&names), spec, accepted)
}

#[test]
fn every_name_that_the_check_accepts_compiles() -> Result<(), Box<dyn Error>> {
    println!("seed {SEED:#x}");
    let stranger = Crate::new("names")?;
    let mut pool = Pool::new(SEED);
    let mut lib = "#![deny(warnings)]\n".to_owned();
    let mut accepted = 0;
    for index in 0..SPECS {
        let template = if index % 4 == 0 { Template::WithoutModes } else { Template::WithModes };
        let (text, spec, odd) = odd_spec(template, &mut pool);
        accepted += odd;
        stranger.write(&format!("specs/{index}.toml"), &text)?;
        lib += &program::module_and_uses(&spec, index);
    }
    assert!(accepted >= LEAST, "{accepted} of {} odd names are accepted", SPECS * PLACES);
    stranger.write("src/lib.rs", &lib)?;
    let output = stranger.cargo(&["check"])?;
    assert!(output.status.success(), "{}\nin {}", String::from_utf8_lossy(&output.stderr), stranger.root.display());
    Ok(())
}
