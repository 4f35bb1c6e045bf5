//! Which operation of a service a value belongs to.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use super::StaticService;

/// What a handle remembers of its operation: nothing if its type says it, or else the id.
pub trait OperationId: Clone + Eq + Hash + Send + Sync + Unpin + 'static {
    /// Makes the id of an operation that a client is for.
    fn of(id: &'static str) -> Self;

    /// Reads an id. Fails with the id that is expected instead.
    fn read(id: &str) -> Result<Self, &'static str>;

    /// Returns the id.
    fn as_str(&self) -> &str;
}

/// The operation of a service that is known while compiling.
pub struct KnownOperation<S>(PhantomData<fn() -> S>);

impl<S: StaticService> OperationId for KnownOperation<S> {
    fn of(_: &'static str) -> Self {
        Self(PhantomData)
    }

    fn read(id: &str) -> Result<Self, &'static str> {
        let expected: &'static str = &S::api().id;
        if id == expected { Ok(Self(PhantomData)) } else { Err(expected) }
    }

    fn as_str(&self) -> &str {
        &S::api().id
    }
}

impl OperationId for Cow<'static, str> {
    fn of(id: &'static str) -> Self {
        Cow::Borrowed(id)
    }

    fn read(id: &str) -> Result<Self, &'static str> {
        Ok(Cow::Owned(id.to_owned()))
    }

    fn as_str(&self) -> &str {
        self
    }
}

impl<S> Clone for KnownOperation<S> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

impl<S> PartialEq for KnownOperation<S> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<S> Eq for KnownOperation<S> {}

impl<S> Hash for KnownOperation<S> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl<S> fmt::Debug for KnownOperation<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KnownOperation")
    }
}
