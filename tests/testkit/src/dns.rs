//! A resolver that finds no host, so that no test depends on the DNS of its machine.

use std::future::ready;
use std::io;

use reqwest::dns::{Name, Resolve, Resolving};

/// A resolver that finds no host. Its error reads like that of the system.
#[derive(Debug, Clone, Copy)]
pub struct NoHosts;

impl Resolve for NoHosts {
    fn resolve(&self, _: Name) -> Resolving {
        let error = io::Error::other("failed to lookup address information: Name or service not known");
        Box::pin(ready(Err(error.into())))
    }
}
