//! Tests that need several crates. The programs of the README are compiled as documentation of this one.
#![cfg_attr(doctest, doc = include_str!("../../README.md"))]
