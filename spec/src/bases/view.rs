use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::fault::Fault;
use crate::model::Inherited;
use crate::source::{At, Files, Span, Unavailable, places};

/// One file with everything that it takes from its base.
#[derive(Default)]
pub(crate) struct View<'t> {
    /// The path of the file.
    pub(crate) path: String,
    /// Whether cover-spec ships the file.
    pub(crate) is_shipped: bool,
    /// The tables of the spec.
    pub(crate) table: DeTable<'t>,
    /// The place of `parts = true`.
    pub(crate) parts: Option<Span>,
    /// Names in `use` and `without` that the base does not have.
    pub(crate) unknown: Vec<Fault>,
    /// What is inherited and cannot be meant.
    pub(crate) faults: Vec<Fault>,
    pub(crate) unavailable: Vec<Unavailable>,
    pub(crate) inherited: Vec<Inherited>,
    pub(crate) dropped: Vec<Inherited>,
    /// The fields and classes that the next file can use: those of this file, and those of its bases.
    pub(super) offered: Offered<'t>,
    /// The place that names the base.
    pub(super) base: Option<Span>,
    /// The places of what `use` names, each with the place of the name.
    pub(super) used: Vec<(Span, Span)>,
}

#[derive(Clone, Default)]
pub(super) struct Offered<'t> {
    pub(super) fields: DeTable<'t>,
    pub(super) classes: DeTable<'t>,
}

impl<'t> View<'t> {
    /// Notes the places of a part of the base, which `name` in `use` takes.
    pub(super) fn remember_use(&mut self, key: &Spanned<DeString<'_>>, part: &Spanned<DeValue<'_>>, name: &At<String>) {
        let places = places(part).into_iter().chain([key.span().into()]);
        self.used.extend(places.map(|place| (place, name.span)));
    }

    /// Notes which fields and classes the next file can use.
    pub(super) fn offer(&mut self, base: Option<&View<'t>>) {
        let mut offered = base.map(|base| base.offered.clone()).unwrap_or_default();
        offered.fields.extend(entries(&self.table, "fields"));
        offered.classes.extend(entries(&self.table, "classes"));
        self.offered = offered;
    }

    /// Moves faults about parts of a base to the places that name the parts, and says where the parts are.
    ///
    /// Of several faults about what one name in `use` takes, the first is reported.
    pub(crate) fn at_home(&self, faults: Vec<Fault>, files: &Files) -> Vec<Fault> {
        let home = |fault: &Fault| self.home(fault, files);
        let (inherited, mut reported): (Vec<Fault>, Vec<Fault>) =
            faults.into_iter().partition(|fault| home(fault).is_some());
        for (index, fault) in inherited.iter().enumerate() {
            let Some(place) = home(fault) else { continue };
            let same = |other: &&Fault| self.base != Some(place) && home(other) == Some(place);
            if inherited[..index].iter().any(|other| same(&other)) {
                continue;
            }
            let more = inherited[index + 1..].iter().filter(same).count();
            reported.push(moved(fault, place, more, files));
        }
        reported
    }

    /// Returns the place that names the part of a base which a fault is about.
    fn home(&self, fault: &Fault, files: &Files) -> Option<Span> {
        let place = Span::from(fault.span());
        let base = self.base.filter(|_| files.is_in_base(place))?;
        let used = self.used.iter().find(|(part, _)| part.contains(place.start()));
        Some(used.map_or(base, |(_, name)| *name))
    }
}

/// Returns a fault about a part of a base, which stands for some more, at another place.
fn moved(fault: &Fault, place: Span, more: usize, files: &Files) -> Fault {
    let (file, line) = files.line(fault.span().into()).unwrap_or_default();
    let more = match more {
        0 => String::new(),
        1 => ", and 1 more fault".to_owned(),
        _ => format!(", and {more} more faults"),
    };
    let message = format!("{} (inherited from `{file}`, line {line}){more}", fault.message());
    let help = if fault.label().is_empty() { String::new() } else { format!("{}; ", fault.label()) };
    // A shipped file cannot be changed.
    let or = if files.is_shipped(fault.span().into()) { String::new() } else { format!(", or change `{file}`") };
    Fault::new(message, place.into(), format!("{help}give the key in this spec{or}"))
}

/// Returns the entries of a table in a table.
fn entries<'t>(table: &DeTable<'t>, name: &str) -> Vec<(Spanned<DeString<'t>>, Spanned<DeValue<'t>>)> {
    let table = table.get(name).and_then(|value| value.get_ref().as_table());
    table.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect()
}
