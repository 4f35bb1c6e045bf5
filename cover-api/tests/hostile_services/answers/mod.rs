//! Answers are read if their meaning is clear. All others are errors that keep what is known.

mod credits;
mod failures;
mod odd;
mod random;
mod results;
mod service;
