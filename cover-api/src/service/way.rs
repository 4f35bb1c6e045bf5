//! The two ways in which operations give their results.

/// How an operation gives its results: [`ByTask`] or [`AtOnce`], or [`Either`] if that is known only at run time.
pub trait Way: sealed::Sealed {
    /// The first type, or the second one.
    type Sent<T, A>;

    /// Returns what the operation gives.
    #[doc(hidden)]
    fn sent<T, A>(given: Given<T, A>) -> Option<Self::Sent<T, A>>;
}

/// What an operation gives whose way is known only at run time: a task, or an answer.
#[derive(Debug, Clone)]
pub enum Given<T, A> {
    /// A task.
    Task(T),
    /// An answer.
    Answer(A),
}

impl<T, A> Given<T, A> {
    /// Returns the task, if it is one.
    #[must_use]
    pub fn task(self) -> Option<T> {
        match self {
            Self::Task(task) => Some(task),
            Self::Answer(_) => None,
        }
    }

    /// Returns the answer, if it is one.
    #[must_use]
    pub fn answer(self) -> Option<A> {
        match self {
            Self::Task(_) => None,
            Self::Answer(answer) => Some(answer),
        }
    }
}

/// The way of operations with tasks, which have their results later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByTask {}

/// The way of operations that answer at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtOnce {}

/// The way of operations whose specs are read at run time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Either {}

impl Way for ByTask {
    type Sent<T, A> = T;

    fn sent<T, A>(given: Given<T, A>) -> Option<T> {
        given.task()
    }
}

impl Way for AtOnce {
    type Sent<T, A> = A;

    fn sent<T, A>(given: Given<T, A>) -> Option<A> {
        given.answer()
    }
}

impl Way for Either {
    type Sent<T, A> = Given<T, A>;

    fn sent<T, A>(given: Given<T, A>) -> Option<Given<T, A>> {
        Some(given)
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::ByTask {}
    impl Sealed for super::AtOnce {}
    impl Sealed for super::Either {}
}
