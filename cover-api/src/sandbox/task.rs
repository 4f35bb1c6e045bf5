//! The tasks of a sandbox, and how answers and callbacks show them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cover_spec::answers::{Object, put};
use cover_spec::model::{At, Ready, Spec, Status, TrackField, TrackKind};
use cover_spec::tables::{Api, StatusMeaning};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Speed, media};

/// A task that a sandbox created and charged.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct CreatedTask {
    /// The id of the task, as answers give it.
    pub id: String,
    /// The body of the POST that created it.
    pub request: Value,
}

/// A task, and its place in the sequence of its statuses.
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

    /// Returns the id of the task with this number; the first is 1.
    pub(super) fn id(number: usize) -> String {
        format!("task-{number}")
    }

    /// Returns the task as tests see it.
    pub(super) fn created(&self) -> CreatedTask {
        CreatedTask { id: self.id.clone(), request: Value::Object(self.request.clone()) }
    }

    /// Returns the statuses that the task goes through.
    pub(super) fn statuses(&self) -> &[String] {
        &self.statuses
    }

    /// Returns the text of a field of the request.
    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.request.get(field)?.as_str()
    }

    /// Replaces the last status, because the last callback was not answered.
    pub(super) fn callback_unanswered(&mut self, status: &str) {
        if let Some(last) = self.statuses.last_mut() {
            status.clone_into(last);
        }
    }

    /// Returns the tracks as a callback gives them: each field with the last spelling in the spec.
    pub(super) fn tracks_in_callback(&self, spec: &Spec, status: &str, url: &str) -> Value {
        let status = spec.statuses.iter().find(|known| known.name.value == status);
        self.tracks(spec, status, url, <[_]>::last)
    }

    /// Returns the body of the answer to a poll.
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
        // If the tracks are not in a list, the answer itself is the one track.
        let is_answer = spec.poll.tracks.first().is_some_and(|place| place.is_empty());
        if is_answer { track(0) } else { (0..spec.track.count.value).map(track).collect() }
    }

    /// Returns the value of a field of a track. Addresses that are not ready are empty texts, as the service sends them.
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

/// Returns the statuses of a task that succeeds: the running ones in order, then the first that means done.
pub(super) fn successful_statuses(spec: &Spec) -> Vec<String> {
    let mut running: Vec<&Status> =
        spec.statuses.iter().filter(|status| status.means.value == StatusMeaning::Running).collect();
    running.sort_by_key(|status| status.stage.as_ref().map(|stage| stage.value));
    let done = spec.statuses.iter().find(|status| status.means.value == StatusMeaning::Done);
    running.into_iter().chain(done).map(|status| status.name.value.clone()).collect()
}
