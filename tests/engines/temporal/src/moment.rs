//! Moments at which a worker stops, so that it can be killed there.

use std::error::Error;
use std::path::PathBuf;

/// A moment in the life of a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The activity has begun, and nothing was sent.
    BeforeSend,
    /// The task is known to the activity, and not yet to the engine.
    AfterTask,
    /// The task is being waited for.
    InWait,
}

/// The moment at which this worker stops, if any, and the file that it writes then.
#[derive(Debug, Clone)]
pub struct Pause(Option<(Moment, PathBuf)>);

impl Pause {
    pub fn never() -> Self {
        Self(None)
    }

    pub fn at(moment: &str, file: &str) -> Result<Self, Box<dyn Error>> {
        let moment = match moment {
            "before-send" => Moment::BeforeSend,
            "after-task" => Moment::AfterTask,
            "in-wait" => Moment::InWait,
            other => return Err(format!("`{other}` is not a moment").into()),
        };
        Ok(Self(Some((moment, file.into()))))
    }

    /// Returns at once, except at the moment of this worker: then it never returns.
    pub async fn reach(&self, moment: Moment) -> std::io::Result<()> {
        if let Some((_, file)) = self.0.as_ref().filter(|(stop, _)| *stop == moment) {
            std::fs::write(file, "")?;
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}
