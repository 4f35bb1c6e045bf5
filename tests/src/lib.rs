//! Tests that need several crates. As its documentation, the README, whose programs are compiled.
#![doc = include_str!("../../README.md")]
