//! `cover-spec diff`

use cover_spec::diff::{Changes, Step};

use crate::Outcome;
use crate::files::{self, Failure};

/// The values of `--fail-on`.
pub(crate) const FAIL_ON: [&str; 3] = ["nothing", "breaking", "any"];

pub(crate) fn diff(old: &str, new: &str, fail_on: &str) -> Result<Outcome, Failure> {
    files::read_once(&[old, new])?;
    let changes = Changes::between(&files::spec(old)?, &files::spec(new)?);
    let fails = match fail_on {
        "any" => changes.step() != Step::None,
        "breaking" => changes.step() == Step::Major,
        _ => false,
    };
    Ok(Outcome { text: changes.to_string(), fine: !fails })
}
