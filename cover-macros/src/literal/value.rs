//! Reads the tokens of a value.

use cover_spec::model::{Choice, Field, FieldKind, Scalar};
use cover_spec::rules::Value;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::{Error, Lit};

use super::input::{Call, Entry};

/// Up to this many choices, a message lists all of them.
const FEW: usize = 12;

/// The value of an entry.
pub(super) enum Given {
    Text(String),
    Number(f64),
    Truth(bool),
    /// One of several values: the value, and its name in Rust.
    Choice(Scalar, String),
    /// `[…]`, and each item of it.
    List(Vec<Given>),
    /// `null`, for a field that may be null.
    Null,
    /// `_`: the value that the spec sends where the user has none.
    Placeholder,
    /// Anything else, whose value is known only at run time.
    Expression,
}

impl Given {
    /// Returns the value as the rules see it.
    pub(super) fn as_value<'a>(&'a self, field: &'a Field) -> Value<'a> {
        match (self, &field.placeholder) {
            (Self::Text(text) | Self::Choice(Scalar::Text(text), _), _) => Value::text(text),
            (Self::Number(number), _) => Value::Number(*number),
            (Self::Choice(Scalar::Number(number), _), _) => Value::Number(number.value()),
            (Self::Truth(truth) | Self::Choice(Scalar::Truth(truth), _), _) => Value::Truth(*truth),
            (Self::List(items), _) => Value::List(items.iter().map(|item| item.as_value(field)).collect()),
            (Self::Null, _) => Value::Null,
            (Self::Placeholder, Some(placeholder)) => Value::text(&placeholder.value),
            (Self::Placeholder, None) | (Self::Expression, _) => Value::Later,
        }
    }

    pub(super) fn is_known(&self) -> bool {
        match self {
            Self::Expression => false,
            Self::List(items) => items.iter().all(Self::is_known),
            _ => true,
        }
    }
}

/// Reads the value of a field. Where the macro tries, whatever is not a literal is an expression.
pub(super) fn read(entry: &Entry, field: &Field, call: &Call) -> Result<Given, Error> {
    let tries = call.tries;
    if let [TokenTree::Ident(underscore)] = &entry.value[..]
        && underscore == "_"
    {
        return placeholder(field, underscore.span());
    }
    if let FieldKind::Object(name, _) = &*field.kind {
        let other = call.spec.request.try_literal.as_ref();
        let instead = other.map_or_else(
            || format!("use `{}::builder()`", *call.spec.request.name),
            |other| format!("`{}!` takes expressions of `{}`", **other, **name),
        );
        let refused = || entry.error(format!("`{}` holds objects, which have no literals; {instead}", entry.name));
        return if tries { Ok(Given::Expression) } else { Err(refused()) };
    }
    if let [TokenTree::Ident(null)] = &entry.value[..]
        && null == "null"
        && field.is_nullable()
    {
        return Ok(Given::Null);
    }
    let given = if field.is_list() { list(entry, field, tries)? } else { single(entry, field, tries)? };
    match given {
        Some(given) => Ok(given),
        None if tries => Ok(Given::Expression),
        None => {
            let other = call.spec.request.try_literal.as_ref();
            let other = other.map(|name| format!("; `{}!` takes any value", **name)).unwrap_or_default();
            Err(entry.error(format!("`{}` must be {}{other}", entry.name, literal_in_words(field))))
        }
    }
}

/// Reads a value, or one item of a list.
fn single(entry: &Entry, field: &Field, tries: bool) -> Result<Option<Given>, Error> {
    match &*field.kind {
        FieldKind::Choice(name, choices) => choice(entry, name, choices, tries),
        FieldKind::Boolean(_) => truth(entry),
        FieldKind::Text(_) | FieldKind::Url => text(entry),
        FieldKind::Integer | FieldKind::Number => number(entry),
        FieldKind::Object(..) => Ok(None),
    }
}

/// Reads `[…]`. Other brackets, or an item that is not a literal, make it an expression.
fn list(entry: &Entry, field: &Field, tries: bool) -> Result<Option<Given>, Error> {
    let [TokenTree::Group(group)] = &entry.value[..] else { return Ok(None) };
    if group.delimiter() != Delimiter::Bracket {
        return Ok(None);
    }
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let mut items = Vec::new();
    for part in tokens.split(|token| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ',')) {
        if part.is_empty() {
            continue;
        }
        let item = Entry { name: entry.name.clone(), value: part.to_vec() };
        match single(&item, field, tries)? {
            Some(given) => items.push(given),
            None => return Ok(None),
        }
    }
    Ok(Some(Given::List(items)))
}

/// Returns the literal that the field takes, in words.
fn literal_in_words(field: &Field) -> &'static str {
    if field.is_list() {
        return "a list of literals in square brackets";
    }
    match &*field.kind {
        FieldKind::Integer => "an integer literal",
        FieldKind::Text(_) | FieldKind::Url => "a string literal",
        FieldKind::Boolean(_) => "`true` or `false`",
        FieldKind::Number => "a number literal",
        FieldKind::Choice(..) => "the name of a value",
        FieldKind::Object(..) => "an expression",
    }
}

fn placeholder(field: &Field, span: Span) -> Result<Given, Error> {
    match &field.placeholder {
        Some(_) => Ok(Given::Placeholder),
        None => Err(Error::new(span, format!("`{}` has no placeholder: give a value", *field.rust))),
    }
}

/// Returns the literal, and whether a minus stands before it; `None` where the value is not a literal.
fn literal(entry: &Entry) -> Option<(Lit, bool)> {
    let (tokens, minus) = match &entry.value[..] {
        [TokenTree::Punct(minus), rest @ ..] if minus.as_char() == '-' => (rest, true),
        all => (all, false),
    };
    let tokens: TokenStream = tokens.iter().cloned().collect();
    syn::parse2::<Lit>(tokens).ok().map(|literal| (literal, minus))
}

fn text(entry: &Entry) -> Result<Option<Given>, Error> {
    match literal(entry) {
        Some((Lit::Str(text), false)) => Ok(Some(Given::Text(text.value()))),
        Some((other, _)) => Err(wrong(entry, &other, "a string in double quotes")),
        None => Ok(None),
    }
}

fn truth(entry: &Entry) -> Result<Option<Given>, Error> {
    match literal(entry) {
        Some((Lit::Bool(truth), false)) => Ok(Some(Given::Truth(truth.value))),
        Some((other, _)) => Err(wrong(entry, &other, "`true` or `false`")),
        None => Ok(None),
    }
}

fn number(entry: &Entry) -> Result<Option<Given>, Error> {
    let Some((literal, minus)) = literal(entry) else { return Ok(None) };
    let (digits, suffix) = match &literal {
        Lit::Int(number) => (number.base10_digits().to_owned(), number.suffix().to_owned()),
        Lit::Float(number) => (number.base10_digits().to_owned(), number.suffix().to_owned()),
        other => return Err(wrong(entry, other, "a number")),
    };
    let number: Option<f64> = digits.parse().ok();
    match number {
        Some(number) if matches!(&*suffix, "" | "f32" | "f64" | "i64") => {
            Ok(Some(Given::Number(if minus { -number } else { number })))
        }
        _ => {
            Err(Error::new(literal.span(), format!("`{}` must be a number without the suffix `{suffix}`", entry.name)))
        }
    }
}

fn wrong(entry: &Entry, given: &Lit, wanted: &str) -> Error {
    let kind = match given {
        Lit::Str(_) => "a string",
        Lit::ByteStr(_) => "a byte string",
        Lit::CStr(_) => "a C string",
        Lit::Byte(_) => "a byte",
        Lit::Char(_) => "a character",
        Lit::Int(_) | Lit::Float(_) => "a number",
        Lit::Bool(_) => "a boolean",
        _ => "another literal",
    };
    entry.error(format!("`{}` must be {wanted}, not {kind}", entry.name))
}

/// Reads `V4`, or `Model::V4` with any path before it.
fn choice(entry: &Entry, name: &str, choices: &[Choice], tries: bool) -> Result<Option<Given>, Error> {
    if let Some((literal, _)) = literal(entry) {
        return Err(wrong(entry, &literal, &format!("the name of a `{name}`")));
    }
    let names: Vec<String> = entry.value.iter().filter_map(ident).collect();
    let is_path = entry.value.iter().all(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        _ => false,
    });
    let of_type = names.len() < 2 || names[names.len() - 2] == name;
    let Some(last) = names.last().filter(|_| is_path && of_type) else { return Ok(None) };
    if let Some(choice) = choices.iter().find(|choice| *choice.rust == *last) {
        return Ok(Some(Given::Choice(choice.value.clone(), last.clone())));
    }
    // A variable of any name may hold a choice; a type's own name cannot be one.
    if tries && names.len() == 1 {
        return Ok(None);
    }
    let message = format!("`{last}` is not a `{name}`: {}", known_choices(last, choices));
    Err(Error::new(entry.value.last().map_or(entry.span(), TokenTree::span), message))
}

/// Returns the nearest choice, and all of them if they are few.
fn known_choices(given: &str, choices: &[Choice]) -> String {
    let names = choices.iter().map(|choice| choice.rust.as_str());
    match cover_spec::nearest(given, names.clone()) {
        Some(nearest) if choices.len() <= FEW => {
            let all: Vec<String> = names.map(|name| format!("`{name}`")).collect();
            format!("did you mean `{nearest}`? known: {}", all.join(", "))
        }
        _ => cover_spec::suggestion(given, names),
    }
}

fn ident(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    }
}
