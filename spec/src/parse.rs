//! Text → a checked spec.

use std::path::Path;

use crate::bases::{self, Chain, Texts, View};
use crate::fault::Fault;
use crate::faults::Faults;
use crate::model::{Sources, Spec};
use crate::shipped::{FOLDER, SHIPPED_SPECS, shipped};
use crate::source::{Report, Span, control_characters};
use crate::suggest::suggestion;
use crate::{check, read};

/// The path under which faults of [`SHIPPED`](crate::SHIPPED) are reported.
pub const SHIPPED_PATH: &str = "spec/upload_cover.toml";

impl Spec {
    /// Reads and checks a spec without a base in a file. Faults are reported under `path`.
    ///
    /// # Errors
    ///
    /// Returns every fault of the text, each with its place. A base that is not shipped is a fault.
    pub fn parse(path: &str, text: &str) -> Result<Self, Faults> {
        Self::parse_with(path, text, |_| Err(std::io::Error::other("this spec has no folder")))
    }

    /// Reads and checks a spec. `load` returns the text of a base by its path, which is made from `path` and the key `base`.
    ///
    /// `load` is called for each base and each base of a base, but not for those that
    /// are shipped.
    ///
    /// # Errors
    ///
    /// Returns every fault of the text, each with its place. A file that is only a base for others is a fault.
    pub fn parse_with(
        path: &str,
        text: &str,
        load: impl FnMut(&str) -> std::io::Result<String>,
    ) -> Result<Self, Faults> {
        Checked::parse_with(path, text, load)?.into_spec(path, text)
    }

    /// Reads a shipped spec.
    ///
    /// ```
    /// let spec = cover_spec::Spec::parse_shipped("sunoapi/extend.toml")?;
    /// assert_eq!(*spec.request.name, "ExtendRequest");
    /// # Ok::<(), cover_spec::Faults>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A path that is not one of [`SHIPPED_SPECS`] is a fault.
    pub fn parse_shipped(path: &str) -> Result<Self, Faults> {
        Checked::parse_shipped(path)?.into_spec(&format!("{FOLDER}{path}"), shipped(path).unwrap_or_default())
    }

    /// Returns the path of the spec, as [`Spec::parse_shipped`] takes it, if the spec is shipped.
    #[must_use]
    pub fn shipped_path(&self) -> Option<&str> {
        let file = self.sources.files.iter().next().filter(|file| file.is_shipped)?;
        file.path.strip_prefix(FOLDER)
    }

    /// Reads and checks the spec in a file. The path of its base is relative to that file.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read. The inner result is that of [`Spec::parse_with`].
    pub fn read(path: &Path) -> std::io::Result<Result<Self, Faults>> {
        let text = std::fs::read_to_string(path)?;
        Ok(Self::parse_with(&path.display().to_string(), &text, |path| std::fs::read_to_string(path)))
    }
}

/// A file without faults.
#[derive(Debug)]
pub enum Checked {
    /// A whole spec.
    Spec(Box<Spec>),
    /// A file that is only a base for others.
    Parts(Parts),
}

/// A file without faults that is only a base for others.
#[derive(Debug)]
pub struct Parts {
    /// The file and its bases.
    pub sources: Sources,
    /// Says that the file is not a whole spec.
    unusable: Fault,
}

impl Checked {
    /// Checks a spec, or a file that is only a base for others. See [`Spec::parse_with`].
    ///
    /// # Errors
    ///
    /// Returns every fault of the text, each with its place.
    pub fn parse_with(
        path: &str,
        text: &str,
        load: impl FnMut(&str) -> std::io::Result<String>,
    ) -> Result<Self, Faults> {
        Self::parse((path, false), text, load)
    }

    /// Reads a shipped spec, or a shipped base.
    ///
    /// # Errors
    ///
    /// A path that is neither one of [`SHIPPED_SPECS`] nor one of [`SHIPPED_BASES`](crate::SHIPPED_BASES) is a fault.
    pub fn parse_shipped(path: &str) -> Result<Self, Faults> {
        let Some(text) = shipped(path) else {
            let label = suggestion(path, SHIPPED_SPECS.iter().copied());
            let fault = Fault::new(format!("cover-spec ships no file `{path}`"), 0..0, label);
            return Err(Faults::new(path, "", vec![fault], None));
        };
        Self::parse((&format!("{FOLDER}{path}"), true), text, |_| Err(std::io::ErrorKind::NotFound.into()))
    }

    fn parse(
        (path, is_shipped): (&str, bool),
        text: &str,
        load: impl FnMut(&str) -> std::io::Result<String>,
    ) -> Result<Self, Faults> {
        let texts = Texts::default();
        let mut chain = bases::load((path, is_shipped), text, load, &texts)
            .map_err(|faults| Faults::new(path, text, faults, None))?;
        let mut base = None;
        while chain.layers.len() > 1 {
            base = chain.next_view(base.as_ref());
            if let Some(fault) = base.as_mut().and_then(|base| faulty(&chain, base)) {
                return Err(Faults::new(path, text, vec![fault], None));
            }
        }
        let mut view = chain.next_view(base.as_ref()).unwrap_or_default();
        let (mut inherited, mut dropped) = (std::mem::take(&mut view.inherited), std::mem::take(&mut view.dropped));
        inherited.sort_by_key(|it| it.place);
        dropped.sort_by_key(|it| it.place);
        let sources = Sources { inherited, dropped, files: chain.files };
        match (inspect(&mut view), view.parts) {
            (Ok(_), Some(place)) => Ok(Self::Parts(Parts { unusable: unusable(path, place), sources })),
            (Ok(spec), None) => Ok(Self::Spec(Box::new(Spec { sources, ..spec }))),
            (Err((faults, partial)), _) => {
                let faults = view.at_home(faults, &sources.files);
                Err(Faults::new(path, text, faults, partial.map(|spec| Spec { sources, ..*spec })))
            }
        }
    }

    /// Checks the file at `path`. See [`Spec::read`].
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read. The inner result is that of [`Checked::parse_with`].
    pub fn read(path: &Path) -> std::io::Result<Result<Self, Faults>> {
        let text = std::fs::read_to_string(path)?;
        Ok(Self::parse_with(&path.display().to_string(), &text, |path| std::fs::read_to_string(path)))
    }

    /// Returns the spec, or the fault that the file at `path` is only a base for others.
    fn into_spec(self, path: &str, text: &str) -> Result<Spec, Faults> {
        match self {
            Self::Spec(spec) => Ok(*spec),
            Self::Parts(parts) => Err(Faults::new(path, text, vec![parts.unusable], None)),
        }
    }

    /// Returns the files, and what is inherited from bases.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        match self {
            Self::Spec(spec) => &spec.sources,
            Self::Parts(parts) => &parts.sources,
        }
    }
}

/// Returns the fault that a base has faults.
fn faulty(chain: &Chain<'_>, base: &mut View<'_>) -> Option<Fault> {
    // Shipped files are known to have none.
    if base.is_shipped {
        return None;
    }
    let (faults, _) = inspect(base).err()?;
    Some(chain.faulty(&base.path, faults.len()))
}

/// Reads and checks one file with everything that it takes from its base.
///
/// Returns its faults, and with them the spec if its names are valid in Rust.
fn inspect(view: &mut View<'_>) -> Result<Spec, (Vec<Fault>, Option<Box<Spec>>)> {
    // What a misspelt name would have taken from the base is missing. Only the name is reported.
    if !view.unknown.is_empty() {
        return Err((std::mem::take(&mut view.unknown), None));
    }
    let control = control_characters(&view.table);
    if !control.is_empty() {
        return Err((control, None));
    }
    let is_parts = view.parts.is_some();
    let report = Report::new(is_parts, std::mem::take(&mut view.unavailable));
    let spec = read::spec(&view.table, &report);
    let mut faults = report.into_faults();
    let (found, can_be_named) =
        if is_parts { (check::parts(&spec, &faults), false) } else { check::all(&spec, &faults) };
    faults.append(&mut view.faults);
    faults.extend(found);
    if faults.is_empty() { Ok(spec) } else { Err((faults, can_be_named.then(|| Box::new(spec)))) }
}

fn unusable(path: &str, place: Span) -> Fault {
    let message = format!("`{path}` is only a base for other specs, because it has `parts = true`");
    Fault::new(message, place.into(), "name it as `base` in a spec, or remove this and complete it")
}
