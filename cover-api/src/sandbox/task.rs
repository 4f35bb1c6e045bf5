//! A task of the sandbox: where it is, and how that looks in an answer.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cover_spec::model::{Ready, Spec, Status, TrackField, TrackKind};
use cover_spec::wire::{Api, StatusMeaning};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Speed, media};
use crate::read::{Object, put};

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
        put(&mut body, &api.poll.tracks, self.tracks(spec, status, url));
        let failed = status.is_some_and(|status| status.means.value == StatusMeaning::Failed);
        let (code, message) =
            if failed { (json!(500), json!("as the script says")) } else { (Value::Null, Value::Null) };
        put(&mut body, &api.poll.error_code, code);
        put(&mut body, &api.poll.error_message, message);
        body
    }

    fn tracks(&self, spec: &Spec, status: Option<&Status>, url: &str) -> Value {
        let ready = status.map_or(Ready::Nothing, |status| status.ready.value);
        if ready == Ready::Nothing {
            return Value::Null;
        }
        let track = |number: u32| {
            let fields = spec.track.fields.iter().filter_map(|field| {
                let name = field.spellings.first()?.value.clone();
                Some((name, self.value(field, number, ready, url)))
            });
            Value::Object(fields.collect())
        };
        // What is the answer itself is one.
        if spec.poll.tracks.is_empty() { track(0) } else { (0..spec.track.count.value).map(track).collect() }
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
