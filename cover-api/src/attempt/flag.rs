//! Records how much of a body was handed over, and whether it was revoked, in one atomic value.

use super::sync::{AtomicU8, Ordering};

const ARMED: u8 = 0;
const PART: u8 = 1;
const WHOLE: u8 = 2;
const REVOKED: u8 = 3;

/// How much of a body was handed over to the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HandedOver {
    /// No byte was handed over, and none ever will be.
    Nothing,
    Part,
    Whole,
}

/// The state of a body that is handed over at most once, unless it is revoked before its first byte.
#[derive(Debug)]
pub(super) struct Flag(AtomicU8);

impl Flag {
    pub(super) fn new() -> Self {
        Self(AtomicU8::new(ARMED))
    }

    /// Records that the connection takes bytes. Returns false if the body was revoked and must not be handed over.
    pub(super) fn hand_over(&self, is_last: bool) -> bool {
        let next = if is_last { WHOLE } else { PART };
        match self.0.compare_exchange(ARMED, next, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => true,
            Err(REVOKED) => false,
            // From here on, only the connection changes the value.
            Err(_) => {
                self.0.store(next, Ordering::Release);
                true
            }
        }
    }

    /// Revokes the body, unless the connection was first. After `Nothing`, no byte is ever handed over.
    pub(super) fn revoke(&self) -> HandedOver {
        match self.0.compare_exchange(ARMED, REVOKED, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) | Err(REVOKED) => HandedOver::Nothing,
            Err(PART) => HandedOver::Part,
            Err(_) => HandedOver::Whole,
        }
    }

    pub(super) fn is_revoked(&self) -> bool {
        self.0.load(Ordering::Acquire) == REVOKED
    }
}
