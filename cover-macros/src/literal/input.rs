//! Splits the tokens of a call into named entries.

use std::cell::RefCell;
use std::fmt::Display;
use std::rc::Rc;

use cover_spec::{Faults, Spec};
use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Error, LitStr, Result};

/// The arguments of the generated macro.
pub(super) struct Call {
    pub(super) spec: Rc<Spec>,
    /// The module in which the types stand.
    pub(super) module: TokenStream,
    /// Whether values other than literals are allowed.
    pub(super) tries: bool,
    pub(super) body: TokenStream,
}

/// Reads `[$crate::module] shipped "upload_cover.toml" exact { … }`.
///
/// In the place of `shipped` and the path may stand the path and the text of a spec, followed by those of each of its bases
/// that is not shipped. In the place of `exact` may stand `tries`.
pub(super) fn call(tokens: TokenStream) -> Result<Call> {
    (|input: ParseStream<'_>| {
        let (module, _) = group(input, Delimiter::Bracket)?;
        let spec = spec(files(input)?)?;
        let tries = input.parse::<Ident>()? == "tries";
        let (body, _) = group(input, Delimiter::Brace)?;
        Ok(Call { spec, module, tries, body })
    })
    .parse2(tokens)
}

/// The files of a spec.
#[derive(PartialEq)]
enum Files {
    /// The path of a shipped spec.
    Shipped(String),
    /// The paths and texts of a spec and its bases.
    Own(Vec<(String, String)>),
}

fn files(input: ParseStream<'_>) -> Result<Files> {
    if input.parse::<Option<Ident>>()?.is_some() {
        return Ok(Files::Shipped(input.parse::<LitStr>()?.value()));
    }
    let mut files = Vec::new();
    while let Some(path) = input.parse::<Option<LitStr>>()? {
        files.push((path.value(), input.parse::<LitStr>()?.value()));
    }
    Ok(Files::Own(files))
}

thread_local! {
    /// The spec of the last call: a crate has many requests of one spec, and parsing it takes longer than the rest.
    static LAST: RefCell<Option<(Files, Rc<Spec>)>> = const { RefCell::new(None) };
}

fn spec(files: Files) -> Result<Rc<Spec>> {
    let known =
        LAST.with_borrow(|last| last.as_ref().filter(|(known, _)| *known == files).map(|(_, spec)| spec.clone()));
    if let Some(spec) = known {
        return Ok(spec);
    }
    let spec = match &files {
        Files::Shipped(path) => Spec::parse_shipped(path),
        Files::Own(files) => own(files),
    };
    let spec = spec.map_err(|faults| Error::new(Span::call_site(), faults))?;
    let spec = Rc::new(spec);
    LAST.set(Some((files, spec.clone())));
    Ok(spec)
}

fn own(files: &[(String, String)]) -> std::result::Result<Spec, Faults> {
    let load = |path: &str| {
        let file = files.iter().find(|(name, _)| name == path);
        file.map(|(_, text)| text.clone()).ok_or_else(|| std::io::ErrorKind::NotFound.into())
    };
    let (path, text) = files.first().map_or(("", ""), |(path, text)| (path, text));
    Spec::parse_with(path, text, load)
}

fn group(input: ParseStream<'_>, delimiter: Delimiter) -> Result<(TokenStream, Span)> {
    match TokenTree::parse(input)? {
        TokenTree::Group(group) if group.delimiter() == delimiter => Ok((group.stream(), group.span())),
        other => Err(Error::new(other.span(), "call the macro that the spec names instead")),
    }
}

/// `name: value`
pub(super) struct Entry {
    pub(super) name: Ident,
    pub(super) value: Vec<TokenTree>,
}

impl Entry {
    /// Returns the place where the value begins.
    pub(super) fn span(&self) -> Span {
        self.value.first().map_or(self.name.span(), TokenTree::span)
    }

    /// Returns an error under the whole value.
    pub(super) fn error(&self, message: impl Display) -> Error {
        Error::new_spanned(self.value.iter().cloned().collect::<TokenStream>(), message)
    }
}

/// Returns the entries between commas. Those that cannot be read are reported and left out.
pub(super) fn entries(body: TokenStream, errors: &mut Vec<Error>) -> Vec<Entry> {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    let mut entries = Vec::new();
    let mut start = 0;
    for at in 0..=tokens.len() {
        let at_end = at == tokens.len();
        if !at_end && !separates(&tokens, at) {
            continue;
        }
        let part = &tokens[start..at];
        match (part, at_end) {
            ([], true) => {}
            ([], false) => errors.push(Error::new(tokens[at].span(), "a field is missing before this comma")),
            _ => entries.extend(entry(part).map_err(|error| errors.push(error)).ok()),
        }
        start = at + 1;
    }
    entries
}

/// Returns whether an entry ends at this comma. Other commas belong to a value, such as `f::<A, B>()`.
fn separates(tokens: &[TokenTree], at: usize) -> bool {
    if !is_punct(tokens.get(at), ',') {
        return false;
    }
    match (tokens.get(at + 1), tokens.get(at + 2)) {
        (Some(TokenTree::Ident(_)), next) => is_colon(next) || !has_open_angle(&tokens[..at]),
        _ => !has_open_angle(&tokens[..at]),
    }
}

/// Returns whether a `<` is open since the last colon that follows an entry's name.
fn has_open_angle(before: &[TokenTree]) -> bool {
    let from = before.iter().rposition(|token| is_colon(Some(token))).unwrap_or(0);
    let count = |mark| before[from..].iter().filter(|token| is_punct(Some(token), mark)).count();
    count('<') > count('>')
}

fn is_punct(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
}

/// Returns whether it is a colon, and not the first half of `::`.
fn is_colon(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':' && punct.spacing() == Spacing::Alone)
}

fn entry(part: &[TokenTree]) -> Result<Entry> {
    match part {
        [TokenTree::Ident(name), colon, value @ ..] if is_colon(Some(colon)) => {
            if value.is_empty() {
                return Err(Error::new(colon.span(), format!("`{name}` has no value")));
            }
            Ok(Entry { name: name.clone(), value: value.to_vec() })
        }
        [first, ..] => Err(Error::new(first.span(), "write `name: value`")),
        [] => Err(Error::new(Span::call_site(), "write `name: value`")),
    }
}
