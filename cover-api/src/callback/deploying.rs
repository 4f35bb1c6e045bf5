#![doc = include_str!("deploying.md")]
