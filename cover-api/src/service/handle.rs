use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cover_spec::answers::check_id;
use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::Value;
use tokio::time::Instant;

use super::{AnyService, OperationId, Service, StaticService};
use crate::redact::Shown;

/// Identifies a task, so that another process can resume it: the id, the service, and the time of creation if known.
///
/// A handle is small and serializable. The time of creation lets a wait poll most often when tasks usually finish.
///
/// ```
/// use cover_api::TaskHandle;
///
/// let handle: TaskHandle = serde_json::from_str(r#"{"service":"sunoapi.org/upload-cover","task":"5c79"}"#)?;
/// assert_eq!(handle.id(), "5c79");
///
/// let other = serde_json::from_str::<TaskHandle>(r#"{"service":"speech.example","task":"5c79"}"#);
/// assert!(other.unwrap_err().to_string().contains("of another service"));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub struct TaskHandle<S: Service> {
    id: Box<str>,
    /// Time of creation, on the clock of waits.
    created: Option<Instant>,
    operation: S::Operation,
}

impl<S: Service> TaskHandle<S> {
    pub(crate) fn new(operation: S::Operation, id: String) -> Self {
        Self { id: id.into(), created: None, operation }
    }

    /// A date in the future, or before the range of the clock, counts as unknown.
    pub(crate) fn created_at(operation: S::Operation, id: String, date: SystemTime) -> Self {
        let age = SystemTime::now().duration_since(date).ok();
        Self { created: age.and_then(|age| Instant::now().checked_sub(age)), ..Self::new(operation, id) }
    }

    pub(crate) fn known(operation: S::Operation, id: String, created: Option<SystemTime>) -> Self {
        match created {
            Some(date) => Self::created_at(operation, id, date),
            None => Self::new(operation, id),
        }
    }

    /// Returns the id that the service gave the task, as it came.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the id of the operation, as its spec names it.
    #[must_use]
    pub fn operation(&self) -> &str {
        self.operation.as_str()
    }

    /// Returns the age of the task. `None` if it is not known, as for a handle that was made of a bare id.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.created.map(|created| created.elapsed())
    }

    /// Returns the time of creation in milliseconds of the Unix epoch.
    fn created_millis(&self) -> Option<u64> {
        let date = SystemTime::now().checked_sub(self.age()?)?;
        u64::try_from(date.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
    }
}

impl TaskHandle<AnyService> {
    /// Returns the handle with the types of a service, or `None` if the task is of another operation.
    #[must_use]
    pub fn of<S: StaticService>(&self) -> Option<TaskHandle<S>> {
        let operation = OperationId::read(self.operation()).ok()?;
        Some(TaskHandle { id: self.id.clone(), created: self.created, operation })
    }
}

impl<S: StaticService> From<TaskHandle<S>> for TaskHandle<AnyService> {
    fn from(handle: TaskHandle<S>) -> Self {
        Self { id: handle.id, created: handle.created, operation: OperationId::of(&S::api().id) }
    }
}

impl<S: Service> Serialize for TaskHandle<S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let created = self.created_millis();
        let mut fields = serializer.serialize_struct("TaskHandle", 2 + usize::from(created.is_some()))?;
        fields.serialize_field("service", self.operation())?;
        fields.serialize_field("task", &self.id)?;
        if let Some(millis) = created {
            fields.serialize_field("created", &millis)?;
        }
        fields.end()
    }
}

impl<'de, S: Service> Deserialize<'de> for TaskHandle<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = BTreeMap::<String, Value>::deserialize(deserializer)?;
        let text = |key: &'static str| {
            let text = fields.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            text.ok_or_else(|| de::Error::missing_field(key))
        };
        let service = text("service")?;
        let operation = S::Operation::read(service).map_err(|expected| {
            de::Error::custom(format!("a handle of another service: `{}` instead of `{expected}`", Shown(service)))
        })?;
        let id = text("task")?.to_owned();
        check_id(&id).map_err(|why| de::Error::custom(format!("the id in `task` {why}")))?;
        let millis = fields.get("created").and_then(Value::as_u64);
        let created = millis.and_then(|millis| UNIX_EPOCH.checked_add(Duration::from_millis(millis)));
        Ok(Self::known(operation, id, created))
    }
}

impl<S: Service> Clone for TaskHandle<S> {
    fn clone(&self) -> Self {
        Self { id: self.id.clone(), created: self.created, operation: self.operation.clone() }
    }
}

impl<S: Service> PartialEq for TaskHandle<S> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.operation == other.operation
    }
}

impl<S: Service> Eq for TaskHandle<S> {}

impl<S: Service> Hash for TaskHandle<S> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
        self.operation.hash(state);
    }
}

/// Writes the id in one line, without secrets, and cut if it is long.
impl<S: Service> fmt::Display for TaskHandle<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown(&self.id).fmt(f)
    }
}

impl<S: Service> fmt::Debug for TaskHandle<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskHandle")
            .field("service", &Shown(self.operation()))
            .field("task", &Shown(&self.id))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UploadCover;

    #[test]
    fn a_handle_with_an_invalid_id_is_refused() {
        let long = "x".repeat(257);
        for (id, why) in [
            ("   ", "is empty, or has nothing but white space"),
            ("a\n", "has control characters"),
            (" a", "begins or ends with white space"),
            (&*long, "has more than 256 bytes"),
        ] {
            let json = serde_json::json!({ "service": UploadCover::api().id, "task": id }).to_string();
            let error = serde_json::from_str::<TaskHandle<UploadCover>>(&json).unwrap_err().to_string();
            assert!(error.starts_with(&format!("the id in `task` {why}")), "{error}");
        }
    }
}
