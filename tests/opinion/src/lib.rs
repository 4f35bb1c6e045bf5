//! Second opinions on cover-api: an independent validator, and code written by hand.
//!
//! A crate of its own, so that the compile-fail tests, which build their own copies of all dependencies, are spared these.
