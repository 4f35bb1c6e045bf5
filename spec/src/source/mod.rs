//! Text → tables whose every key and value knows its place.
//!
//! A [`Section`] hands out the values of one table, reports what is missing, of the wrong type or unknown, and goes on
//! with a stand-in, so that one run finds every fault.

mod value;

use std::cell::RefCell;
use std::ops::{Deref, Range};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::diagnostic::Fault;
use crate::model::{Bounds, Condition, ModeSet};
use crate::rules::{Bound, Decimal};
use crate::suggest;

pub use value::Scalar;

use value::{DURATION, SCALAR, as_decimal, as_duration, as_is, as_scalar, as_texts, as_whole, kind};

/// A value and its place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where the text says so: a range of bytes.
    pub span: Span,
}

/// A place in the text: where it starts and ends, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    start: usize,
    end: usize,
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end }
    }
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start..span.end
    }
}

impl<T> At<T> {
    pub(crate) fn new(value: T, span: impl Into<Span>) -> Self {
        Self { value, span: span.into() }
    }

    /// A stand-in for what is missing. Whatever is wrong with it is no fault of its own.
    pub(crate) fn nowhere(value: T) -> Self {
        Self::new(value, 0..0)
    }

    pub(crate) fn with<U>(&self, value: U) -> At<U> {
        At { value, span: self.span }
    }

    pub(crate) fn fault(&self, message: impl Into<String>, label: impl Into<String>) -> Fault {
        Fault::new(message, self.span.into(), label)
    }
}

impl<T> Deref for At<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// A parsed text. What could not be parsed is left out of it.
pub(crate) struct Document<'a>(Spanned<DeTable<'a>>);

pub(crate) fn parse<'a>(text: &'a str, faults: &mut Vec<Fault>) -> Document<'a> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(text.len()..text.len());
        faults.push(Fault::new(error.message(), span, ""));
    }
    Document(table)
}

impl Document<'_> {
    /// The whole text. `base`: another text, whose keys stand in for missing ones, and the place that names it.
    pub(crate) fn root<'a>(
        &'a self,
        base: Option<(&'a Document<'a>, Span)>,
        faults: &'a RefCell<Vec<Fault>>,
    ) -> Section<'a> {
        let root = Section::new(Some(self.0.get_ref()), At::new("the spec".to_owned(), 0..0), faults);
        Section { base: base.map(|(document, place)| (document.0.get_ref(), place)), ..root }
    }

    /// The name of the spec that it builds on.
    pub(crate) fn base(&self) -> Option<At<String>> {
        let (_, value) = self.0.get_ref().iter().find(|(key, _)| key.get_ref() == "base")?;
        value.get_ref().as_str().map(|name| At::new(name.to_owned(), value.span()))
    }
}

/// One table of the text.
///
/// It is absent where the text should have it and does not: that is reported once, and nothing inside it is missing then.
pub(crate) struct Section<'a> {
    table: Option<&'a DeTable<'a>>,
    /// What the spec that it builds on has here, and the place that says so: it stands for every place in there.
    base: Option<(&'a DeTable<'a>, Span)>,
    name: At<String>,
    asked: RefCell<Vec<&'static str>>,
    faults: &'a RefCell<Vec<Fault>>,
}

impl<'a> Section<'a> {
    fn new(table: Option<&'a DeTable<'a>>, name: At<String>, faults: &'a RefCell<Vec<Fault>>) -> Self {
        Self { table, base: None, name, asked: RefCell::default(), faults }
    }

    /// The section as the text itself has it.
    pub(crate) fn own(&self) -> Self {
        Self::new(self.table, self.name.clone(), self.faults)
    }

    pub(crate) fn has_base(&self) -> bool {
        self.base.is_some()
    }

    /// Marks keys as known.
    pub(crate) fn knows(&self, keys: &[&'static str]) {
        self.asked.borrow_mut().extend(keys);
    }

    /// The key under which the section stands, and its place.
    pub(crate) fn name(&self) -> &At<String> {
        &self.name
    }

    pub(crate) fn report(&self, fault: Fault) {
        self.faults.borrow_mut().push(fault);
    }

    fn get(&self, key: &'static str) -> Option<At<&'a DeValue<'a>>> {
        self.asked.borrow_mut().push(key);
        let own = self.table.and_then(|table| table.get(key)).map(|value| At::new(value.get_ref(), value.span()));
        own.or_else(|| self.base.and_then(|(table, place)| Some(At::new(table.get(key)?.get_ref(), place))))
    }

    fn expected(&self, at: &At<&DeValue<'_>>, key: &str, what: &str) {
        self.report(at.fault(format!("`{key}` must be {what}"), format!("this is {}", kind(at.value))));
    }

    fn holds(&self, key: &str) -> bool {
        let has = |table: &DeTable<'_>| table.contains_key(key);
        let is_absent = self.table.is_none() && self.base.is_none();
        is_absent || self.table.is_some_and(has) || self.base.is_some_and(|(table, _)| has(table))
    }

    fn missing(&self, key: &str) {
        let message = format!("`{key}` is missing in {}", self.title());
        self.report(self.name.fault(message, format!("add `{key} = …` here")));
    }

    fn title(&self) -> String {
        if self.name.value == "the spec" { self.name.value.clone() } else { format!("`{}`", self.name.value) }
    }

    /// A value that `read` understands, or a fault that says `what` it must be.
    fn read<T>(&self, key: &'static str, what: &str, read: impl FnOnce(&'a DeValue<'a>) -> Option<T>) -> Option<At<T>> {
        let at = self.get(key)?;
        let value = read(at.value);
        if value.is_none() {
            self.expected(&at, key, what);
        }
        value.map(|value| at.with(value))
    }

    fn needed<T>(&self, key: &'static str, value: Option<At<T>>, stand_in: T) -> At<T> {
        if value.is_none() && !self.holds(key) {
            self.missing(key);
        }
        value.unwrap_or_else(|| At::nowhere(stand_in))
    }

    pub(crate) fn text(&self, key: &'static str) -> Option<At<String>> {
        self.read(key, "a text", |value| value.as_str().map(str::to_owned))
    }

    pub(crate) fn needs_text(&self, key: &'static str) -> At<String> {
        self.needed(key, self.text(key), String::new())
    }

    pub(crate) fn whole(&self, key: &'static str) -> Option<At<u32>> {
        self.read(key, "a whole number from 0 to 4294967295", as_whole)
    }

    pub(crate) fn needs_whole(&self, key: &'static str) -> At<u32> {
        self.needed(key, self.whole(key), 0)
    }

    pub(crate) fn decimal(&self, key: &'static str) -> Option<At<Decimal>> {
        self.read(key, "a number of at most 15 digits, such as 0.01", as_decimal)
    }

    pub(crate) fn duration(&self, key: &'static str) -> Option<At<Duration>> {
        self.read(key, DURATION, |value| value.as_str().and_then(as_duration))
    }

    pub(crate) fn needs_duration(&self, key: &'static str) -> At<Duration> {
        self.needed(key, self.duration(key), Duration::ZERO)
    }

    /// `["10 s", "30 s"]`
    pub(crate) fn durations(&self, key: &'static str) -> Option<At<[Duration; 2]>> {
        self.read(key, "two durations, such as [\"10 s\", \"30 s\"]", |value| {
            let pair = value.as_array()?.iter().map(|item| as_duration(item.get_ref().as_str()?));
            pair.collect::<Option<Vec<_>>>()?.try_into().ok()
        })
    }

    pub(crate) fn needs_durations(&self, key: &'static str) -> At<[Duration; 2]> {
        self.needed(key, self.durations(key), [Duration::ZERO; 2])
    }

    /// One of `known`, or a fault with a suggestion.
    pub(crate) fn one_of<T: Copy>(&self, key: &'static str, known: &[(&str, T)]) -> Option<At<T>> {
        let text = self.text(key)?;
        let found = known.iter().find(|(name, _)| *name == text.value).map(|(_, value)| text.with(*value));
        if found.is_none() {
            let label = suggest::label(&text, known.iter().map(|(name, _)| *name));
            self.report(text.fault(format!("unknown value `{}` of `{key}`", text.value), label));
        }
        found
    }

    pub(crate) fn needs_one_of<T: Copy>(&self, key: &'static str, known: &[(&str, T)], stand_in: T) -> At<T> {
        self.needed(key, self.one_of(key, known), stand_in)
    }

    fn items<T>(&self, key: &'static str, what: &str, read: impl Fn(&DeValue<'_>) -> Option<T>) -> Option<Vec<At<T>>> {
        let list = self.read(key, what, DeValue::as_array)?;
        let inherited = self.table.is_none_or(|table| !table.contains_key(key)).then_some(list.span);
        let items = list.value.iter().filter_map(|item| {
            let at = At::new(item.get_ref(), inherited.unwrap_or(item.span().into()));
            let value = read(at.value);
            if value.is_none() {
                self.expected(&at, key, what);
            }
            value.map(|value| at.with(value))
        });
        Some(items.collect())
    }

    pub(crate) fn texts(&self, key: &'static str) -> Option<Vec<At<String>>> {
        self.items(key, "a list of texts", |value| value.as_str().map(str::to_owned))
    }

    /// One text, or a list of at least one.
    pub(crate) fn needs_one_or_more_texts(&self, key: &'static str) -> Vec<At<String>> {
        let what = "a text or a list of texts";
        let as_text = |value: &DeValue<'_>| value.as_str().map(str::to_owned);
        let Some((at, items)) = self.get(key).and_then(|at| Some((at.with(()), at.value.as_array()?))) else {
            let text = self.read(key, what, as_text);
            return vec![self.needed(key, text, String::new())];
        };
        if items.is_empty() {
            self.report(at.fault(format!("`{key}` is an empty list"), "give at least one"));
        }
        self.items(key, what, as_text).unwrap_or_default()
    }

    /// `"always"`, or a list of modes.
    pub(crate) fn mode_set(&self, key: &'static str) -> Option<ModeSet> {
        let at = self.get(key)?;
        if at.value.as_str() == Some("always") {
            return Some(ModeSet::Always(at.with(())));
        }
        self.items(key, "\"always\" or a list of modes", |value| value.as_str().map(str::to_owned)).map(ModeSet::In)
    }

    pub(crate) fn wholes(&self, key: &'static str) -> Option<Vec<At<u32>>> {
        self.items(key, "a list of whole numbers", as_whole)
    }

    /// A value that is a text or a number or a truth, as it would stand in JSON.
    pub(crate) fn scalar(&self, key: &'static str) -> Option<At<Scalar>> {
        self.read(key, SCALAR, as_scalar)
    }

    pub(crate) fn section(&self, key: &'static str) -> Option<Section<'a>> {
        let table = self.read(key, "a table", DeValue::as_table)?;
        let own = self.table.and_then(|table| table.get_key_value(key));
        let base = self.base.and_then(|(base, place)| Some((base.get(key)?.get_ref().as_table()?, place)));
        let span = own.map_or(table.span, |(key, _)| key.span().into());
        let section = Section::new(own.is_some().then_some(table.value), At::new(key.to_owned(), span), self.faults);
        Some(Section { base, ..section })
    }

    /// The section under `key`, or an absent one in which nothing is missing.
    pub(crate) fn needs_section(&self, key: &'static str) -> Section<'a> {
        let section = self.section(key);
        if section.is_none() && !self.holds(key) {
            self.missing(key);
        }
        section.unwrap_or_else(|| Section::new(None, At::nowhere(key.to_owned()), self.faults))
    }

    /// `key = [{ … }, { … }]`
    pub(crate) fn sections(&self, key: &'static str) -> Vec<Section<'a>> {
        let Some(list) = self.read(key, "a list of tables", DeValue::as_array) else { return Vec::new() };
        let tables = list.value.iter().filter_map(|item| {
            let at = At::new(item.get_ref(), item.span());
            let table = at.value.as_table();
            if table.is_none() {
                self.expected(&at, key, "a list of tables");
            }
            table.map(|table| Section::new(Some(table), at.with(key.to_owned()), self.faults))
        });
        tables.collect()
    }

    /// The entries in the order of the text; those of the base where the text has none of its own.
    fn in_order(&self) -> Vec<(At<&'a DeString<'a>>, At<&'a DeValue<'a>>)> {
        let table = self.table.or(self.base.map(|(table, _)| table));
        let mut entries: Vec<_> = table.into_iter().flatten().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let place = self.base.filter(|_| self.table.is_none()).map(|(_, place)| place);
        let at = |span: Range<usize>| place.unwrap_or(span.into());
        let entry = |(key, value): (&'a Spanned<DeString<'a>>, &'a Spanned<DeValue<'a>>)| {
            (At::new(key.get_ref(), at(key.span())), At::new(value.get_ref(), at(value.span())))
        };
        entries.into_iter().map(entry).collect()
    }

    /// The tables under names of the spec's own choice, in the order of the text.
    pub(crate) fn entries(self) -> Vec<Section<'a>> {
        let faults = self.faults;
        let tables = self.in_order().into_iter().filter_map(|(key, value)| {
            let table = value.as_table();
            if table.is_none() {
                self.expected(&value, key.value, "a table");
            }
            // Everything inside of an entry of the base has the place of the whole.
            let inherited = self.table.is_none();
            let section = Section::new(table.filter(|_| !inherited), key.with(key.value.to_string()), faults);
            table.map(|table| Section { base: inherited.then_some((table, value.span)), ..section })
        });
        tables.collect()
    }

    /// The values under names of the spec's own choice that `read` understands, in the order of the text.
    fn values<T>(&self, what: &str, read: impl Fn(&DeValue<'_>) -> Option<T>) -> Vec<(At<String>, At<T>)> {
        let values = self.in_order().into_iter().filter_map(|(key, value)| {
            let read = read(value.value);
            if read.is_none() {
                self.expected(&value, key.value, what);
            }
            read.map(|read| (key.with(key.value.to_string()), value.with(read)))
        });
        values.collect()
    }

    /// The values of fields under the names of the fields.
    pub(crate) fn scalars(self) -> Vec<(At<String>, At<Scalar>)> {
        self.values(SCALAR, as_scalar)
    }

    /// Lists of names under names of the spec's own choice.
    pub(crate) fn lists(self) -> Vec<(At<String>, Vec<At<String>>)> {
        let lists = self.values("a list of texts", as_texts);
        lists.into_iter().map(|(name, list)| (name, list.value)).collect()
    }

    /// `key = { field = value, … }`, or a list of these.
    pub(crate) fn conditions(&self, key: &'static str) -> Vec<Condition> {
        let is_list = self.table.and_then(|table| table.get(key)).is_some_and(|value| value.get_ref().is_array());
        let sections = if is_list { self.sections(key) } else { self.section(key).into_iter().collect() };
        let condition = |section: Section<'_>| {
            let what = "a value, a list of values, or { given = true } or { given = false }";
            let terms = section.values(what, as_is);
            // Behind a part that could not be read, every other fault would be its echo.
            let whole = terms.len() == section.in_order().len();
            Condition { at: if whole { section.name.with(()) } else { At::nowhere(()) }, terms }
        };
        sections.into_iter().map(condition).collect()
    }

    /// `key = [["a"], ["b", "c"]]`
    pub(crate) fn lists_of_texts(&self, key: &'static str) -> Option<Vec<Vec<At<String>>>> {
        let lists = self.items(key, "a list of lists of texts", as_texts)?;
        Some(lists.into_iter().map(|list| list.value).collect())
    }

    pub(crate) fn truth(&self, key: &'static str) -> Option<At<bool>> {
        self.read(key, "true or false", DeValue::as_bool)
    }

    /// The keys of limits that are there.
    pub(crate) fn bounds(&self) -> Bounds {
        let whole = |key, bound: fn(u32) -> Bound| self.whole(key).map(|at| at.with((key, bound(at.value))));
        let decimal = |key, bound: fn(Decimal) -> Bound| self.decimal(key).map(|at| at.with((key, bound(at.value))));
        let all = [
            whole("min_length", Bound::MinLength),
            whole("max_length", Bound::MaxLength),
            whole("min_items", Bound::MinItems),
            whole("max_items", Bound::MaxItems),
            decimal("min", Bound::Min),
            decimal("max", Bound::Max),
            decimal("exclusive_min", Bound::Above),
            decimal("exclusive_max", Bound::Below),
            decimal("multiple_of", Bound::MultipleOf),
        ];
        Bounds(all.into_iter().flatten().collect())
    }

    pub(crate) fn needs_decimal(&self, key: &'static str) -> At<Decimal> {
        self.needed(key, self.decimal(key), Decimal { digits: 0, scale: 0 })
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn unknown_keys(&self) {
        let asked = self.asked.borrow();
        for key in self.table.into_iter().flat_map(DeTable::keys).filter(|key| !asked.contains(&key.get_ref().as_ref()))
        {
            let label = suggest::label(key.get_ref(), asked.iter().copied());
            let message = format!("unknown key `{}` in {}", key.get_ref(), self.title());
            self.report(Fault::new(message, key.span(), label));
        }
    }
}
