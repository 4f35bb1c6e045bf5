use std::cell::OnceCell;
use std::path::{Path, is_separator};

use toml::de::DeTable;

use super::head::Head;
use super::merge::Merge;
use super::view::View;
use super::{disputed, fields, fitting};
use crate::fault::Fault;
use crate::shipped::{self, FOLDER, SHIPPED_BASES, SHIPPED_SPECS};
use crate::source::{At, Files, parse};
use crate::suggest::nearest;

/// The name of the shipped spec as a base of other specs: `base = "cover-spec/upload_cover.toml"`.
pub const SHIPPED_BASE: &str = "cover-spec/upload_cover.toml";

/// The maximum number of files: the spec and its bases.
const MOST_FILES: usize = 8;

/// The texts of the bases, which their tables borrow.
pub(crate) type Texts = [OnceCell<String>; MOST_FILES];

/// One file of the chain.
pub(crate) struct Layer<'t> {
    pub(super) path: String,
    /// Whether cover-spec ships the file.
    pub(super) is_shipped: bool,
    pub(super) table: DeTable<'t>,
    pub(super) head: Head,
}

/// A spec and its bases, from near to far. There is at least one file.
pub(crate) struct Chain<'t> {
    pub(crate) layers: Vec<Layer<'t>>,
    pub(crate) files: Files,
}

impl<'t> Chain<'t> {
    /// Removes the farthest file, and returns it with what it takes from its `base`.
    pub(crate) fn next_view(&mut self, base: Option<&View<'t>>) -> Option<View<'t>> {
        let Layer { path, is_shipped, table, head } = self.layers.pop()?;
        let parts = head.parts.as_ref().filter(|parts| parts.value).map(|parts| parts.span);
        let place = head.base.as_ref().map(|base| base.span);
        let own = View { path, is_shipped, table, parts, base: place, ..View::default() };
        let mut view = match base {
            Some(base) => merged(Merge { own, base, head: &head }),
            None => own,
        };
        view.offer(base);
        Some(view)
    }

    /// Returns the fault that a base has faults.
    pub(crate) fn faulty(&self, path: &str, count: usize) -> Fault {
        let faults = if count == 1 { "1 fault".to_owned() } else { format!("{count} faults") };
        self.fault(format!("the base `{path}` has {faults}"), format!("`cover-spec check {path}` shows them"))
    }

    /// Returns a fault about a base, at the place where the spec names its own.
    fn fault(&self, message: String, label: String) -> Fault {
        let base = self.layers.first().and_then(|layer| layer.head.base.as_ref());
        Fault::new(message, base.map_or(0..0, |base| base.span.into()), label)
    }
}

/// Adds to a file everything that it takes from its base.
fn merged<'t>(mut merge: Merge<'_, 't>) -> View<'t> {
    merge.tables();
    fields::add(&mut merge);
    fitting::fit(&mut merge);
    disputed::add(&mut merge);
    merge.own
}

/// Reads a spec and all of its bases. `load` returns the text of a file by its path. It is not called for shipped files.
pub(crate) fn load<'t>(
    (path, is_shipped): (&str, bool),
    text: &'t str,
    mut load: impl FnMut(&str) -> std::io::Result<String>,
    texts: &'t Texts,
) -> Result<Chain<'t>, Vec<Fault>> {
    let mut chain = Chain { layers: Vec::new(), files: Files::default() };
    add(&mut chain, path.to_owned(), text, is_shipped)?;
    while let Some(base) = chain.layers.last().and_then(|last| last.head.base.clone()) {
        let (path, text, is_shipped) = next(&chain, &base, &mut load, texts).map_err(|fault| vec![fault])?;
        add(&mut chain, path, text, is_shipped)?;
    }
    Ok(chain)
}

/// Adds a file to the chain.
fn add<'t>(chain: &mut Chain<'t>, path: String, text: &'t str, is_shipped: bool) -> Result<(), Vec<Fault>> {
    let mut faults = Vec::new();
    let table = parse(text, chain.files.add(path.clone(), text, is_shipped), &mut faults);
    // A text that is not TOML has lost parts. Reporting them as missing would hide the cause.
    let head = if faults.is_empty() { Head::read(&table, &mut faults) } else { Head::default() };
    if !faults.is_empty() && !chain.layers.is_empty() {
        return Err(vec![chain.faulty(&path, faults.len())]);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    chain.layers.push(Layer { path, is_shipped, table, head });
    Ok(())
}

/// Returns the path and the text of the base of the last file, and whether cover-spec ships it.
fn next<'t>(
    chain: &Chain<'_>,
    base: &At<String>,
    load: &mut impl FnMut(&str) -> std::io::Result<String>,
    texts: &'t Texts,
) -> Result<(String, &'t str, bool), Fault> {
    let names: Vec<&str> = chain.layers.iter().map(|layer| layer.path.as_str()).collect();
    let last = names.last().copied().unwrap_or_default();
    let is_named = base.starts_with(FOLDER);
    let is_shipped = is_named || chain.layers.last().is_some_and(|last| last.is_shipped);
    let path = if is_named { base.value.clone() } else { beside(last, base) };
    if !is_shipped && names.iter().any(|name| plain(name) == path) {
        let message = format!("the bases form a circle: `{}`, `{path}`", names.join("`, `"));
        return Err(chain.fault(message, format!("remove `base` from `{last}`")));
    }
    if names.len() == MOST_FILES {
        let message = format!("there are more than {MOST_FILES} files: `{}`, `{path}`", names.join("`, `"));
        return Err(chain.fault(message, "join some of the bases in one file".to_owned()));
    }
    if is_shipped {
        let text = shipped::in_folder(&path).ok_or_else(|| not_shipped(chain, &path))?;
        return Ok((path, text, true));
    }
    let text = load(&path).map_err(|error| {
        let label = match names.len() {
            _ if shipped::shipped(base).is_some() => format!("did you mean the shipped `{FOLDER}{}`?", base.value),
            1 => "the base of this spec".to_owned(),
            _ => format!("the base of `{last}`"),
        };
        chain.fault(format!("cannot read `{path}`: {error}"), label)
    })?;
    Ok((path, texts[names.len() - 1].get_or_init(|| text), false))
}

/// Returns the fault that cover-spec does not ship a base.
fn not_shipped(chain: &Chain<'_>, path: &str) -> Fault {
    let known = SHIPPED_SPECS.iter().chain(SHIPPED_BASES).copied();
    let name = path.trim_start_matches(FOLDER);
    let nearest = nearest(name, known).map(|known| format!("did you mean `{FOLDER}{known}`?"));
    let label =
        nearest.unwrap_or_else(|| format!("a base that begins with `{FOLDER}` is shipped, such as `{SHIPPED_BASE}`"));
    chain.fault(format!("cover-spec ships no file `{name}`"), label)
}

/// Returns the path of a file that another one names.
fn beside(path: &str, name: &str) -> String {
    if Path::new(name).is_absolute() {
        return plain(name);
    }
    let folder = path.rfind(is_separator).map_or("", |end| &path[..=end]);
    plain(&format!("{folder}{name}"))
}

/// Returns a path without the parts `.` and `..`, as far as that is possible.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split(is_separator) {
        match (part, parts.last()) {
            (".", _) => {}
            ("..", Some(last)) if !["", ".."].contains(last) => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_relative_to_the_file_that_names_it() {
        for (path, name, found) in [
            ("a.toml", "b.toml", "b.toml"),
            ("./a.toml", "b.toml", "b.toml"),
            ("specs/a.toml", "shared/b.toml", "specs/shared/b.toml"),
            ("specs/shared/b.toml", "../c.toml", "specs/c.toml"),
            ("specs/a.toml", "../../c.toml", "../c.toml"),
            ("/specs/a.toml", "./b.toml", "/specs/b.toml"),
            ("specs/a.toml", "/b.toml", "/b.toml"),
        ] {
            assert_eq!(beside(path, name), found, "{name} of {path}");
        }
    }
}
