//! Reads the body of a callback.

use serde_json::Value;

use super::envelope::{as_code, as_id, as_text};
use super::pick::pick;
use crate::tables::{Api, CallbackSpec, CallbackStageSpec, JsonPath};

/// Largest body of a callback in bytes. One with two tracks and lyrics of 5,000 characters each is below 64 KiB.
pub const MAX_CALLBACK: usize = 256 * 1024;

/// The content of a callback. Texts may have secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct Callback<'a> {
    /// The id of the task.
    pub task: String,
    /// The stage of the task. `None`: the spec has no stages.
    pub stage: Option<&'a CallbackStageSpec>,
    /// The value of each result, in the order of the spec, in any form.
    pub results: Vec<Option<Value>>,
    /// The code, if the callback has one.
    pub code: Option<u32>,
    /// The message, if the callback has one.
    pub message: Option<String>,
}

/// Why a callback cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// The body is not a JSON object.
    NotJson,
    /// The body has no valid id of a task.
    NoTask,
    /// The body has no stage.
    NoStage,
    /// The spec does not list the stage.
    UnknownStage,
}

/// Reads the whole body of a callback. A value of the wrong type counts as missing.
///
/// # Errors
///
/// If the body is not a JSON object with a task and a listed stage.
pub fn callback<'a>(api: &Api, spec: &'a CallbackSpec, bytes: &[u8]) -> Result<Callback<'a>, Unusable> {
    let results = api.results.iter().filter_map(|result| result.callback.as_ref());
    let paths: Vec<&JsonPath> = [&spec.task, &spec.stage, &api.code, &api.message].into_iter().chain(results).collect();
    let mut found = pick(bytes, &paths).ok_or(Unusable::NotJson)?.into_iter();
    let mut next = || found.next().flatten();
    let (task, stage, code, message) = (next(), next(), next(), next());
    let (task, stage) = task_and_stage(spec, bytes, task.as_ref(), stage.as_ref())?;
    let code = code.as_ref().and_then(as_code);
    let message = message.as_ref().and_then(Value::as_str).map(str::to_owned);
    let results = api.results.iter().map(|result| result.callback.as_ref().and_then(|_| next())).collect();
    Ok(Callback { task, stage, results, code, message })
}

/// Reads the task and the stage of a callback, without keeping the rest of the body.
///
/// # Errors
///
/// If the body is not a JSON object with a task and a listed stage.
pub fn stage<'a>(spec: &'a CallbackSpec, bytes: &[u8]) -> Result<(String, Option<&'a CallbackStageSpec>), Unusable> {
    let found = pick(bytes, &[&spec.task, &spec.stage]).ok_or(Unusable::NotJson)?;
    task_and_stage(spec, bytes, found[0].as_ref(), found[1].as_ref())
}

fn task_and_stage<'a>(
    spec: &'a CallbackSpec,
    bytes: &[u8],
    task: Option<&Value>,
    stage: Option<&Value>,
) -> Result<(String, Option<&'a CallbackStageSpec>), Unusable> {
    let task = task.and_then(|task| as_id(task, &spec.task, bytes)).ok_or(Unusable::NoTask)?;
    if spec.stage.is_empty() {
        return Ok((task, None));
    }
    let stage = stage.and_then(as_text).ok_or(Unusable::NoStage)?;
    let stage = spec.stages.iter().find(|known| known.name == stage).ok_or(Unusable::UnknownStage)?;
    Ok((task, Some(stage)))
}
