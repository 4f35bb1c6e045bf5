use std::cell::RefCell;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::place::At;
use super::report::Report;
use super::value::{
    DURATION, SCALAR, Scalar, as_decimal, as_duration, as_scalar, as_texts, as_whole, kind, no_duration,
};
use crate::fault::Fault;
use crate::rules::Decimal;
use crate::suggest::suggestion;

/// The name of the section that holds the whole text.
const ROOT: &str = "the spec";

/// One table of the text.
///
/// A section that the text should have and does not have is absent. It is reported once; its keys are not.
pub(crate) struct Section<'a> {
    pub(super) table: Option<&'a DeTable<'a>>,
    pub(super) name: At<String>,
    pub(super) asked: RefCell<Vec<&'static str>>,
    pub(super) report: &'a Report,
}

impl<'a> Section<'a> {
    fn new(table: Option<&'a DeTable<'a>>, name: At<String>, report: &'a Report) -> Self {
        Self { table, name, asked: RefCell::default(), report }
    }

    /// Creates the section of a whole text.
    pub(crate) fn root(table: &'a DeTable<'a>, report: &'a Report) -> Self {
        Self::new(Some(table), At::new(ROOT.to_owned(), 0..0), report)
    }

    /// Marks keys as known, whether or not they are read.
    pub(crate) fn knows(&self, keys: &[&'static str]) {
        self.asked.borrow_mut().extend(keys);
    }

    /// Returns the key of the section, and its place.
    pub(crate) fn name(&self) -> &At<String> {
        &self.name
    }

    /// Reports a fault of this table. Faults that follow from what the table lacks are not reported later.
    pub(crate) fn report(&self, fault: Fault) {
        self.report.add(fault.within(&self.name.value, self.name.span.into()));
    }

    fn get(&self, key: &'static str) -> Option<At<&'a DeValue<'a>>> {
        self.asked.borrow_mut().push(key);
        self.table.and_then(|table| table.get(key)).map(|value| At::new(value.get_ref(), value.span()))
    }

    fn expected(&self, at: &At<&DeValue<'_>>, key: &str, what: &str) {
        let label = if what == DURATION { no_duration(at.value) } else { format!("this is {}", kind(at.value)) };
        self.report(at.fault(format!("`{key}` must be {what}"), label));
    }

    /// Whether the table has the key, or is absent itself.
    pub(crate) fn holds(&self, key: &str) -> bool {
        self.table.is_none_or(|table| table.contains_key(key))
    }

    /// Reports a key that the table lacks.
    pub(crate) fn missing(&self, key: &str) {
        self.report.missing(&self.name, key, self.missing_fault(key));
    }

    fn missing_fault(&self, key: &str) -> Fault {
        let message = format!("`{key}` is missing in {}", self.title());
        let fault = self.name.fault(message, format!("add `{key} = …` here"));
        // The table that is missing is incomplete, too.
        fault.within(&self.name.value, self.name.span.into()).within(key, 0..0)
    }

    pub(super) fn title(&self) -> String {
        if self.name.value == ROOT { self.name.value.clone() } else { format!("`{}`", self.name.value) }
    }

    /// Returns a value that `read` understands, or reports that it must be `what`.
    fn read<T>(&self, key: &'static str, what: &str, read: impl FnOnce(&'a DeValue<'a>) -> Option<T>) -> Option<At<T>> {
        let at = self.get(key)?;
        let value = read(at.value);
        if value.is_none() {
            self.expected(&at, key, what);
        }
        value.map(|value| at.with(value))
    }

    /// Reports a value that is missing, and returns a stand-in for it.
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
        self.read(key, "a number, such as 0.01", as_decimal)
    }

    pub(crate) fn duration(&self, key: &'static str) -> Option<At<Duration>> {
        self.read(key, DURATION, |value| value.as_str().and_then(as_duration))
    }

    pub(crate) fn needs_duration(&self, key: &'static str) -> At<Duration> {
        self.needed(key, self.duration(key), Duration::ZERO)
    }

    /// Returns two durations: `["10 s", "30 s"]`.
    pub(crate) fn durations(&self, key: &'static str) -> Option<At<[Duration; 2]>> {
        self.read(key, "two durations, such as [\"10 s\", \"30 s\"]", |value| {
            let pair = value.as_array()?.iter().map(|item| as_duration(item.get_ref().as_str()?));
            pair.collect::<Option<Vec<_>>>()?.try_into().ok()
        })
    }

    pub(crate) fn needs_durations(&self, key: &'static str) -> At<[Duration; 2]> {
        self.needed(key, self.durations(key), [Duration::ZERO; 2])
    }

    /// Returns the value that `known` has for a text, or reports the text with a suggestion.
    pub(crate) fn one_of<T: Copy>(&self, key: &'static str, known: &[(&str, T)]) -> Option<At<T>> {
        let text = self.text(key)?;
        let found = known.iter().find(|(name, _)| *name == text.value).map(|(_, value)| text.with(*value));
        if found.is_none() {
            let label = suggestion(&text, known.iter().map(|(name, _)| *name));
            self.report(text.fault(format!("unknown value `{}` of `{key}`", text.value), label));
        }
        found
    }

    pub(crate) fn needs_one_of<T: Copy>(&self, key: &'static str, known: &[(&str, T)], stand_in: T) -> At<T> {
        self.needed(key, self.one_of(key, known), stand_in)
    }

    fn items<T>(&self, key: &'static str, what: &str, read: impl Fn(&DeValue<'_>) -> Option<T>) -> Option<Vec<At<T>>> {
        let list = self.read(key, what, DeValue::as_array)?;
        let items = list.value.iter().filter_map(|item| {
            let at = At::new(item.get_ref(), item.span());
            let value = read(at.value);
            if value.is_none() {
                self.expected(&at, key, what);
            }
            value.map(|value| at.with(value))
        });
        Some(items.collect())
    }

    pub(crate) fn texts(&self, key: &'static str) -> Option<Vec<At<String>>> {
        self.texts_as(key, "a list of texts")
    }

    /// Returns a list of texts, or reports that it is missing.
    pub(crate) fn needs_texts(&self, key: &'static str) -> Option<Vec<At<String>>> {
        if !self.holds(key) {
            self.missing(key);
        }
        self.texts(key)
    }

    /// Returns a list of texts, or reports that the value must be `what`.
    pub(crate) fn texts_as(&self, key: &'static str, what: &str) -> Option<Vec<At<String>>> {
        self.items(key, what, |value| value.as_str().map(str::to_owned))
    }

    /// Returns the place of the value if it is this text.
    pub(crate) fn literal(&self, key: &'static str, text: &str) -> Option<At<()>> {
        self.get(key).filter(|at| at.value.as_str() == Some(text)).map(|at| at.with(()))
    }

    /// Returns one text, or a list of at least one.
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

    pub(crate) fn wholes(&self, key: &'static str) -> Option<Vec<At<u32>>> {
        self.items(key, "a list of whole numbers", as_whole)
    }

    /// Returns a text, a number or a boolean, as JSON would have it.
    pub(crate) fn scalar(&self, key: &'static str) -> Option<At<Scalar>> {
        self.read(key, SCALAR, as_scalar)
    }

    pub(crate) fn needs_scalar(&self, key: &'static str) -> At<Scalar> {
        self.needed(key, self.scalar(key), Scalar::Truth(false))
    }

    /// Whether the value is a table.
    pub(crate) fn has_table(&self, key: &'static str) -> bool {
        self.get(key).is_some_and(|at| at.value.is_table())
    }

    pub(crate) fn section(&self, key: &'static str) -> Option<Section<'a>> {
        let table = self.read(key, "a table", DeValue::as_table)?;
        let span =
            self.table.and_then(|table| table.get_key_value(key)).map_or(table.span, |(key, _)| key.span().into());
        Some(Section::new(Some(table.value), At::new(key.to_owned(), span), self.report))
    }

    /// Returns the section under `key`; without one, reports that and returns an absent section.
    pub(crate) fn needs_section(&self, key: &'static str) -> Section<'a> {
        let section = self.section(key);
        if section.is_none() && !self.holds(key) {
            self.missing(key);
        }
        section.unwrap_or_else(|| self.absent(key))
    }

    /// Returns a section that the text does not have.
    pub(crate) fn absent(&self, key: &'static str) -> Section<'a> {
        Section::new(None, At::nowhere(key.to_owned()), self.report)
    }

    /// Returns the tables of a list: `key = [{ … }, { … }]`.
    pub(crate) fn sections(&self, key: &'static str) -> Vec<Section<'a>> {
        let Some(list) = self.read(key, "a list of tables", DeValue::as_array) else { return Vec::new() };
        let tables = list.value.iter().filter_map(|item| {
            let at = At::new(item.get_ref(), item.span());
            let table = at.value.as_table();
            if table.is_none() {
                self.expected(&at, key, "a list of tables");
            }
            table.map(|table| Section::new(Some(table), at.with(key.to_owned()), self.report))
        });
        tables.collect()
    }

    /// Returns the tables of a list, or the single table that stands in its place.
    pub(crate) fn one_or_more_sections(&self, key: &'static str) -> Vec<Section<'a>> {
        let is_list = self.table.and_then(|table| table.get(key)).is_some_and(|value| value.get_ref().is_array());
        if is_list { self.sections(key) } else { self.section(key).into_iter().collect() }
    }

    /// Returns the entries in the order of the text.
    fn in_order(&self) -> Vec<(At<&'a DeString<'a>>, At<&'a DeValue<'a>>)> {
        let mut entries: Vec<_> = self.table.into_iter().flatten().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let entry = |(key, value): (&'a Spanned<DeString<'a>>, &'a Spanned<DeValue<'a>>)| {
            (At::new(key.get_ref(), key.span()), At::new(value.get_ref(), value.span()))
        };
        entries.into_iter().map(entry).collect()
    }

    /// Returns the number of entries, including those that cannot be read.
    pub(crate) fn len(&self) -> usize {
        self.in_order().len()
    }

    /// Whether the text has the table, without entries.
    pub(crate) fn is_empty(&self) -> bool {
        self.table.is_some() && self.len() == 0
    }

    /// Returns the tables under names that the spec chooses, in the order of the text.
    pub(crate) fn entries(self) -> Vec<Section<'a>> {
        let tables = self.in_order().into_iter().filter_map(|(key, value)| {
            let table = value.as_table();
            if table.is_none() {
                self.expected(&value, key.value, "a table");
            }
            table.map(|table| Section::new(Some(table), key.with(key.value.to_string()), self.report))
        });
        tables.collect()
    }

    /// Returns the values that `read` understands, under names that the spec chooses, in the order of the text.
    pub(crate) fn values<T>(&self, what: &str, read: impl Fn(&DeValue<'_>) -> Option<T>) -> Vec<(At<String>, At<T>)> {
        let values = self.in_order().into_iter().filter_map(|(key, value)| {
            let read = read(value.value);
            if read.is_none() {
                self.expected(&value, key.value, what);
            }
            read.map(|read| (key.with(key.value.to_string()), value.with(read)))
        });
        values.collect()
    }

    /// Returns values of fields, under the names of the fields.
    pub(crate) fn scalars(self) -> Vec<(At<String>, At<Scalar>)> {
        self.values(SCALAR, as_scalar)
    }

    /// Returns texts, under names that the spec chooses.
    pub(crate) fn texts_by_name(self) -> Vec<(At<String>, At<String>)> {
        self.values("a text", |value| value.as_str().map(str::to_owned))
    }

    /// Returns lists of names, under names that the spec chooses.
    pub(crate) fn lists(self) -> Vec<(At<String>, Vec<At<String>>)> {
        let lists = self.values("a list of texts", as_texts);
        lists.into_iter().map(|(name, list)| (name, list.value)).collect()
    }

    /// Returns lists of texts: `key = [["a"], ["b", "c"]]`.
    pub(crate) fn lists_of_texts(&self, key: &'static str) -> Option<Vec<Vec<At<String>>>> {
        let lists = self.items(key, "a list of lists of texts", as_texts)?;
        Some(lists.into_iter().map(|list| list.value).collect())
    }

    /// Whether the value is true or false.
    pub(crate) fn is_truth(&self, key: &'static str) -> bool {
        self.get(key).is_some_and(|at| at.value.is_bool())
    }

    pub(crate) fn truth(&self, key: &'static str) -> Option<At<bool>> {
        self.read(key, "true or false", DeValue::as_bool)
    }

    pub(crate) fn needs_decimal(&self, key: &'static str) -> At<Decimal> {
        self.needed(key, self.decimal(key), Decimal { digits: 0, scale: 0 })
    }
}
