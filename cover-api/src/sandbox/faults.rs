//! Random faults of answers and callbacks.

use std::time::Duration;

use cover_spec::tables::{Api, Created};

use super::{Answer, BackendState, Delivery};

/// A fault of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswerFault {
    /// The request is refused and has no effect.
    Refused,
    /// The request is carried out, and its answer is lost.
    Lost,
}

/// Decides at random which answers and callbacks are faulty.
pub(super) struct RandomFaults {
    share: f64,
    rng: fastrand::Rng,
}

impl RandomFaults {
    pub(super) fn new(share: f64, seed: u64) -> Self {
        Self { share, rng: fastrand::Rng::with_seed(seed) }
    }
}

impl BackendState {
    /// Returns the fault of the next answer, if any.
    pub(super) fn fault(&mut self) -> Option<AnswerFault> {
        let faults = self.faults.as_mut()?;
        let is_faulty = faults.rng.f64() < faults.share;
        is_faulty.then(|| if faults.rng.bool() { AnswerFault::Refused } else { AnswerFault::Lost })
    }

    /// Returns what happens to the next callback if it is faulty.
    pub(super) fn misdelivery(&mut self, step: Duration) -> Option<Delivery> {
        let faults = self.faults.as_mut()?;
        let is_faulty = faults.rng.f64() < faults.share;
        let late = step.mul_f64(3.0 * faults.rng.f64());
        let deliveries = [Delivery::Lost, Delivery::Doubled, Delivery::Late(late)];
        self.choose(&deliveries).copied().filter(|_| is_faulty)
    }

    /// Makes a refusal: a code of the spec that creates nothing and may be sent again later, or a page with status 429.
    pub(super) fn refusal(&mut self, api: &Api) -> Answer {
        let codes = api.codes.iter().filter(|code| code.created == Created::No && code.retry_after.is_some());
        let codes: Vec<u32> = codes.map(|code| code.number).collect();
        match self.choose(&codes) {
            Some(code) => Answer::code(*code),
            None => Answer::raw(429, "<html>too many requests</html>"),
        }
    }

    /// Makes the answer that a client gets in place of a lost one.
    pub(super) fn broken_answer(&mut self, api: &Api) -> Answer {
        let unclear = api.codes.iter().find(|code| code.created == Created::Perhaps);
        let answers = [
            Answer::raw(502, "<html>bad gateway</html>"),
            Answer::raw(504, "<html>gateway timeout</html>"),
            Answer::raw(200, ""),
            Answer::raw(200, "[]"),
            Answer::cut_short("{\"co"),
            unclear.map_or(Answer::raw(500, ""), |code| Answer::code(code.number)),
        ];
        self.choose(&answers).cloned().unwrap_or(Answer::raw(500, ""))
    }

    fn choose<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        self.faults.as_mut()?.rng.choice(all)
    }
}
