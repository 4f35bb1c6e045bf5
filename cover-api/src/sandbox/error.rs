//! Why a sandbox does not start.

use std::fmt;
use std::io;

use cover_spec::Faults;

/// Why a sandbox did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum SandboxError {
    /// A spec has faults. The text says which spec it is.
    Spec(String, Faults),
    /// Two specs have this operation id.
    Twice(String),
    /// The port cannot be used. It is 0 if any port would do.
    Port(u16, io::Error),
    /// The signing key is empty.
    SigningKey,
}

impl fmt::Display for SandboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec(name, faults) => match faults.iter().len() {
                1 => write!(f, "{name} has a fault"),
                count => write!(f, "{name} has {count} faults"),
            },
            Self::Twice(id) => {
                write!(f, "two specs of the sandbox have the operation id `{id}`: leave one of them out")
            }
            Self::Port(0, _) => f.write_str("no loopback port is free"),
            Self::Port(port, _) => {
                write!(f, "the sandbox cannot use port {port}: choose another port, or none for one that is free")
            }
            Self::SigningKey => f.write_str("the signing key is empty"),
        }
    }
}

impl std::error::Error for SandboxError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Spec(_, faults) => Some(faults),
            Self::Port(_, error) => Some(error),
            Self::Twice(_) | Self::SigningKey => None,
        }
    }
}
