//! Events and metrics have the names and fields that their guide lists.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cover_api::Client;
use cover_api::sandbox::{Answer, Sandbox};
use cover_testkit::{Outcome, request};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

const PAGE: &str = include_str!("../src/guide/watching.md");
const SOURCES: [&str; 2] = [include_str!("../src/events/mod.rs"), include_str!("../src/events/callbacks.rs")];

/// Names of events, with the names of their fields.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<BTreeMap<&'static str, BTreeSet<&'static str>>>>);

impl<S: tracing::Subscriber> Layer<S> for Events {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let fields = event.metadata().fields().iter().map(|field| field.name()).filter(|name| *name != "message");
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.entry(event.metadata().name()).or_default().extend(fields);
    }
}

/// Returns the first column of the tables under a heading of the guide, with the rest of each row.
fn rows(heading: &str) -> BTreeMap<&'static str, &'static str> {
    let section = PAGE.split(heading).nth(1).and_then(|rest| rest.split("\n# ").next()).unwrap_or_default();
    section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |")).collect()
}

/// Returns the literals in the sources that start like this.
fn in_sources(beginning: &str) -> BTreeSet<&'static str> {
    let texts = SOURCES.iter().flat_map(|source| source.split('"').skip(1).step_by(2));
    texts.filter(|text| text.starts_with(beginning)).collect()
}

#[test]
fn the_guide_lists_every_event_and_every_metric() {
    assert_eq!(rows("# Events").into_keys().collect::<BTreeSet<_>>(), in_sources("cover."));
    assert_eq!(rows("# Metrics").into_keys().collect::<BTreeSet<_>>(), in_sources("cover_"));
}

#[tokio::test]
async fn events_and_metrics_have_the_names_and_fields_of_the_guide() -> Outcome {
    let (events, recorder) = (Events::default(), DebuggingRecorder::new());
    let snapshotter = recorder.snapshotter();
    let _events = tracing_subscriber::registry().with(events.clone()).set_default();
    let _metrics = metrics::set_default_local_recorder(&recorder);

    let sandbox = Sandbox::builder().stage_each_poll().without_rate_limit().start().await?;
    let client = Client::builder(sandbox.key()).base_url(sandbox.url()).rate_limit(64, Duration::ZERO);
    let client = client.poll_every(Duration::from_millis(5), Duration::from_millis(5)).build()?;
    sandbox.answer_poll(Answer::raw(502, "<html>"));
    client.send(&request("1")).await?.wait().await?;
    for (number, answer) in [Answer::code(400), Answer::code(500), Answer::code(429)].into_iter().enumerate() {
        sandbox.answer_submit(answer);
        assert!(client.send(&request(&format!("failing {number}"))).await.is_err());
    }
    client.credits().await?;
    assert_eq!(client.unknown().await?.len(), 1);

    let listed = rows("# Events");
    for (name, fields) in &*events.0.lock().unwrap_or_else(PoisonError::into_inner) {
        if let Some(name) = name.strip_prefix("cover.") {
            let row = listed[format!("cover.{name}").as_str()];
            assert!(fields.iter().all(|field| row.contains(&format!("`{field}`"))), "{name} has {fields:?}");
        }
    }
    let mut metrics = BTreeMap::new();
    for (key, _, _, value) in snapshotter.snapshot().into_vec() {
        let label = key.key().labels().next().map_or("", |label| label.value()).to_owned();
        #[expect(clippy::cast_precision_loss, reason = "a test counts to ten")]
        let value = match value {
            DebugValue::Counter(count) => count as f64,
            DebugValue::Gauge(gauge) => gauge.into_inner(),
            DebugValue::Histogram(values) => values.len() as f64,
        };
        metrics.insert((key.key().name().to_owned(), label), value);
    }
    let metric = |name: &str, label: &str| metrics.get(&(name.to_owned(), label.to_owned())).copied();
    for (outcome, count) in [("task", 1.0), ("refused", 2.0), ("unknown", 1.0)] {
        assert_eq!(metric("cover_outcomes_total", outcome), Some(count), "{outcome}");
    }
    assert_eq!(metric("cover_exchange_seconds", "send"), Some(4.0));
    assert_eq!(metric("cover_permit_wait_seconds", "send"), Some(4.0));
    assert_eq!(metric("cover_polls_failed_total", "wait"), Some(1.0));
    assert_eq!(metric("cover_tasks_ended_total", "done"), Some(1.0));
    assert_eq!(metric("cover_unknown", ""), Some(1.0));
    assert!(metric("cover_credits", "").is_some_and(|credits| credits > 0.0));
    Ok(())
}
