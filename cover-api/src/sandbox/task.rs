//! A task of the sandbox: where it is, and how that looks in an answer.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cover_spec::model::{At, Ready, Spec, Status, TrackField, TrackKind};
use cover_spec::wire::{Api, StatusMeaning};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Speed, media};
use crate::read::{Object, put};

/// A task that a sandbox created, that is, one that was paid for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CreatedTask {
    /// Its id, as answers give it.
    pub id: String,
    /// The body of the POST that created it.
    pub request: Value,
}

/// A task, from its submit on.
pub(super) struct Task {
    id: String,
    request: Object,
    statuses: Vec<String>,
    submitted: Instant,
    submitted_at: Duration,
    polls: usize,
}

impl Task {
    pub(super) fn new(id: String, request: Object, statuses: Vec<String>) -> Self {
        let submitted_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { id, request, statuses, submitted: Instant::now(), submitted_at, polls: 0 }
    }

    /// The id of a task by its number, from 1 on.
    pub(super) fn id(number: usize) -> String {
        format!("task-{number}")
    }

    /// What it was created from.
    pub(super) fn created(&self) -> CreatedTask {
        CreatedTask { id: self.id.clone(), request: Value::Object(self.request.clone()) }
    }

    /// The statuses that it walks through.
    pub(super) fn statuses(&self) -> &[String] {
        &self.statuses
    }

    /// The text in a field of its request.
    pub(super) fn asked(&self, field: &str) -> Option<&str> {
        self.request.get(field)?.as_str()
    }

    /// Its last callback was not answered.
    pub(super) fn unanswered(&mut self, status: &str) {
        if let Some(last) = self.statuses.last_mut() {
            status.clone_into(last);
        }
    }

    /// Its tracks in a callback, which spells their fields in the last of the ways that the spec gives.
    pub(super) fn told(&self, spec: &Spec, status: &str, url: &str) -> Value {
        let status = spec.statuses.iter().find(|known| known.name.value == status);
        self.tracks(spec, status, url, <[_]>::last)
    }

    /// The body of the answer to a poll.
    pub(super) fn poll(&mut self, spec: &Spec, api: &Api, speed: Speed, url: &str) -> Value {
        let step = match speed {
            Speed::EachPoll => self.polls,
            Speed::Every(time) if time.is_zero() => usize::MAX,
            Speed::Every(time) => {
                usize::try_from(self.submitted.elapsed().as_nanos() / time.as_nanos()).unwrap_or(usize::MAX)
            }
        };
        self.polls += 1;
        let name = self.statuses.get(step).or(self.statuses.last()).map_or("", String::as_str);
        let status = spec.statuses.iter().find(|status| status.name.value == name);
        let mut body = json!({});
        put(&mut body, &api.poll.status, json!(name));
        put(&mut body, &api.poll.task, json!(self.id));
        if let Some(place) = api.poll.tracks.first() {
            put(&mut body, place, self.tracks(spec, status, url, <[_]>::first));
        }
        let failed = status.is_some_and(|status| status.means.value == StatusMeaning::Failed);
        let (code, message) =
            if failed { (json!(500), json!("as the script says")) } else { (Value::Null, Value::Null) };
        put(&mut body, &api.poll.error_code, code);
        put(&mut body, &api.poll.error_message, message);
        if !api.poll.request.is_empty() {
            let request = Value::Object(self.request.clone()).to_string();
            put(&mut body, &api.poll.request, json!(request));
        }
        body
    }

    fn tracks(
        &self,
        spec: &Spec,
        status: Option<&Status>,
        url: &str,
        spelling: impl Fn(&[At<String>]) -> Option<&At<String>>,
    ) -> Value {
        let ready = status.map_or(Ready::Nothing, |status| status.ready.value);
        if ready == Ready::Nothing {
            return Value::Null;
        }
        let track = |number: u32| {
            let fields = spec.track.fields.iter().filter_map(|field| {
                let name = spelling(&field.spellings)?.value.clone();
                Some((name, self.value(field, number, ready, url)))
            });
            Value::Object(fields.collect())
        };
        // What is the answer itself is one.
        let is_answer = spec.poll.tracks.first().is_some_and(|place| place.is_empty());
        if is_answer { track(0) } else { (0..spec.track.count.value).map(track).collect() }
    }

    /// The service sends empty texts, not null, for addresses that are not there yet.
    fn value(&self, field: &TrackField, number: u32, ready: Ready, url: &str) -> Value {
        let finished = ready == Ready::All || (ready == Ready::First && number == 0);
        let file = |kind: &str| json!(format!("{url}/files/{}/{number}.{kind}", self.id));
        match field.kind.value {
            TrackKind::Text => {
                let echo = field.echo.as_ref().and_then(|echo| self.request.get(&echo.value));
                echo.cloned().unwrap_or_else(|| json!(format!("{}-{number}", self.id)))
            }
            TrackKind::Audio if finished => file("wav"),
            TrackKind::Audio => json!(""),
            TrackKind::Stream => file("wav"),
            TrackKind::Image => file("svg"),
            TrackKind::Seconds if finished => json!(f64::from(media::SECONDS)),
            TrackKind::Seconds => Value::Null,
            TrackKind::Time => json!(u64::try_from(self.submitted_at.as_millis()).unwrap_or_default()),
        }
    }
}

/// The statuses of a task for which all goes well: the running ones in their order, then the first that is done.
pub(super) fn all_well(spec: &Spec) -> Vec<String> {
    let mut running: Vec<&Status> =
        spec.statuses.iter().filter(|status| status.means.value == StatusMeaning::Running).collect();
    running.sort_by_key(|status| status.stage.as_ref().map(|stage| stage.value));
    let done = spec.statuses.iter().find(|status| status.means.value == StatusMeaning::Done);
    running.into_iter().chain(done).map(|status| status.name.value.clone()).collect()
}
