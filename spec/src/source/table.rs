use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::place::Span;
use crate::fault::Fault;

/// Parses a text. Parts that could not be parsed are left out.
///
/// The places in the tables count from `start`; those in the faults count from the start of the text.
pub(crate) fn parse<'a>(text: &'a str, start: usize, faults: &mut Vec<Fault>) -> DeTable<'a> {
    let (table, errors) = DeTable::parse_recoverable(text);
    // Most of the others follow from the first one, such as those after a missing bracket.
    let first = errors.into_iter().min_by_key(|error| error.span().map_or(text.len(), |span| span.start));
    faults.extend(first.map(|error| {
        let span = error.span().unwrap_or(text.len()..text.len());
        Fault::new(error.message(), widened(text, span), "the rest of the file is not checked")
    }));
    moved_table(table.into_inner(), start)
}

/// Extends an empty place by the character after it, or at the end of the text by the one before it.
fn widened(text: &str, span: Range<usize>) -> Range<usize> {
    let start = (0..=span.start.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let next = text[start..].chars().next().map(|letter| start..start + letter.len_utf8());
    let last = || text[..start].chars().next_back().map(|letter| start - letter.len_utf8()..start);
    if span.is_empty() { next.or_else(last).unwrap_or(span) } else { span }
}

fn moved_table(table: DeTable<'_>, by: usize) -> DeTable<'_> {
    if by == 0 {
        return table;
    }
    let moved_key = |key: Spanned<_>| Spanned::new(moved_span(key.span(), by), key.into_inner());
    table.into_iter().map(|(key, value)| (moved_key(key), moved(value, by))).collect()
}

fn moved(value: Spanned<DeValue<'_>>, by: usize) -> Spanned<DeValue<'_>> {
    let span = moved_span(value.span(), by);
    let value = match value.into_inner() {
        DeValue::Array(items) => DeValue::Array(items.into_iter().map(|item| moved(item, by)).collect()),
        DeValue::Table(table) => DeValue::Table(moved_table(table, by)),
        plain => plain,
    };
    Spanned::new(span, value)
}

fn moved_span(span: Range<usize>, by: usize) -> Range<usize> {
    span.start + by..span.end + by
}

/// Returns the places of a value and of all keys and values in it.
pub(crate) fn places(value: &Spanned<DeValue<'_>>) -> Vec<Span> {
    let mut found = vec![value.span().into()];
    match value.get_ref() {
        DeValue::Array(items) => found.extend(items.iter().flat_map(places)),
        DeValue::Table(table) => {
            for (key, value) in table {
                found.push(key.span().into());
                found.extend(places(value));
            }
        }
        _ => {}
    }
    found
}
