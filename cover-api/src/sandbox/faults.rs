//! Answers that are faulty by chance.

use std::time::Duration;

use cover_spec::wire::{Api, Created};

use super::{Answer, Delivery, State};

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The request was not looked at.
    Refused,
    /// The request was done, and its answer is lost.
    Lost,
}

/// Which answers are faulty.
pub(super) struct Faults {
    share: f64,
    chance: fastrand::Rng,
}

impl Faults {
    pub(super) fn new(share: f64, seed: u64) -> Self {
        Self { share, chance: fastrand::Rng::with_seed(seed) }
    }
}

impl State {
    /// What is wrong with the next answer, if anything.
    pub(super) fn fault(&mut self) -> Option<Fault> {
        let faults = self.faults.as_mut()?;
        let is_faulty = faults.chance.f64() < faults.share;
        is_faulty.then(|| if faults.chance.bool() { Fault::Refused } else { Fault::Lost })
    }

    /// What becomes of the next callback, where it is not simply sent.
    pub(super) fn misdelivery(&mut self, step: Duration) -> Option<Delivery> {
        let faults = self.faults.as_mut()?;
        let is_faulty = faults.chance.f64() < faults.share;
        let late = step.mul_f64(3.0 * faults.chance.f64());
        let deliveries = [Delivery::Lost, Delivery::Doubled, Delivery::Late(late)];
        self.choose(&deliveries).copied().filter(|_| is_faulty)
    }

    /// A code that creates nothing and asks for patience, where the spec has one.
    pub(super) fn refusal(&mut self, api: &Api) -> Answer {
        let codes = api.codes.iter().filter(|code| code.created == Created::No && code.resend.is_some());
        let codes: Vec<u32> = codes.map(|code| code.number).collect();
        match self.choose(&codes) {
            Some(code) => Answer::code(*code),
            None => Answer::raw(429, "<html>too many requests</html>"),
        }
    }

    /// What stands instead of an answer that was lost.
    pub(super) fn nonsense(&mut self, api: &Api) -> Answer {
        let perhaps = api.codes.iter().find(|code| code.created == Created::Perhaps);
        let answers = [
            Answer::raw(502, "<html>bad gateway</html>"),
            Answer::raw(504, "<html>gateway timeout</html>"),
            Answer::raw(200, ""),
            Answer::raw(200, "[]"),
            Answer::cut_short("{\"co"),
            perhaps.map_or(Answer::raw(500, ""), |code| Answer::code(code.number)),
        ];
        self.choose(&answers).cloned().unwrap_or(Answer::raw(500, ""))
    }

    fn choose<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        self.faults.as_mut()?.chance.choice(all)
    }
}
