//! The specs: the shipped ones, or the one of `--spec`.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cover_spec::{SHIPPED_SPECS, Spec};

use super::Operation;
use crate::exit::Failure;

/// The operations that there are. Their specs are read when they are needed.
#[derive(Debug, Clone)]
pub(crate) enum Catalog {
    /// The shipped specs. The first one is what `cover` does without the name of an operation.
    Shipped,
    /// The spec in a file.
    File(PathBuf),
}

/// The ids of the shipped operations, which take a while to read.
static IDS: OnceLock<Vec<String>> = OnceLock::new();

impl Catalog {
    /// Returns the operation that `cover` carries out without a name.
    pub(crate) fn main(&self) -> Result<Operation, Failure> {
        match self {
            Self::Shipped => shipped(SHIPPED_SPECS[0]),
            Self::File(path) => read(path),
        }
    }

    /// Returns the names of the other operations.
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Self::Shipped => SHIPPED_SPECS.iter().skip(1).map(|path| name_of(path)).collect(),
            Self::File(_) => Vec::new(),
        }
    }

    /// Returns the operation with this name.
    pub(crate) fn named(&self, name: &str) -> Result<Operation, Failure> {
        let path = match self {
            Self::Shipped => SHIPPED_SPECS.iter().find(|path| name_of(path) == name),
            Self::File(path) if name_of(&path.to_string_lossy()) == name => return read(path),
            Self::File(_) => None,
        };
        path.map_or_else(|| Err(Failure::usage(format!("there is no operation `{name}`"))), |path| shipped(path))
    }

    /// Returns all operations.
    pub(crate) fn all(&self) -> Result<Vec<Operation>, Failure> {
        match self {
            Self::Shipped => SHIPPED_SPECS.iter().map(|path| shipped(path)).collect(),
            Self::File(path) => Ok(vec![read(path)?]),
        }
    }

    /// Returns the operation with this id in the ledger.
    pub(crate) fn with_id(&self, id: &str) -> Result<Operation, Failure> {
        let found = match self {
            Self::Shipped => {
                let id_of = |path: &&str| shipped(path).map_or_else(|_| String::new(), |it| it.id().to_owned());
                let ids = IDS.get_or_init(|| SHIPPED_SPECS.iter().map(id_of).collect());
                ids.iter().position(|known| known == id).map(|index| shipped(SHIPPED_SPECS[index])).transpose()?
            }
            Self::File(path) => Some(read(path)?).filter(|operation| operation.id() == id),
        };
        found.ok_or_else(|| {
            Failure::usage(format!("no known spec has the operation `{id}`")).hint("pass its spec with `--spec FILE`")
        })
    }
}

/// Returns the name of an operation by the path of its spec: `replace-section` for `sunoapi/replace_section.toml`.
pub(crate) fn name_of(path: &str) -> String {
    let stem = Path::new(path).file_stem().unwrap_or_default().to_string_lossy();
    stem.replace('_', "-")
}

fn shipped(path: &str) -> Result<Operation, Failure> {
    let spec = Spec::parse_shipped(path).map_err(|faults| Failure::usage(faults.to_string()))?;
    Ok(Operation::new(name_of(path), spec))
}

fn read(path: &Path) -> Result<Operation, Failure> {
    let shown = path.display();
    let is_special = path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
    if is_special {
        return Err(Failure::usage(format!("--spec {shown}: this is a pipe or a device; write the spec into a file")));
    }
    let spec = Spec::read(path).map_err(|error| Failure::usage(format!("--spec {shown}: {error}")))?;
    let spec = spec.map_err(|faults| Failure::usage(faults.to_string()))?;
    Ok(Operation::new(name_of(&path.to_string_lossy()), spec))
}
