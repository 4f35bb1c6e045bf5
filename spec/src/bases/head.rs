use toml::de::DeTable;

use crate::fault::Fault;
use crate::source::{At, Report, Section};

/// Keys about bases. They are read before all others.
pub(crate) const ABOUT_BASES: &[&str] = &["base", "use", "without", "parts"];

/// The keys about bases at the top of a file.
#[derive(Default)]
pub(super) struct Head {
    pub(super) base: Option<At<String>>,
    pub(super) uses: Vec<At<String>>,
    pub(super) without: Vec<At<String>>,
    pub(super) parts: Option<At<bool>>,
}

impl Head {
    pub(super) fn read(table: &DeTable<'_>, faults: &mut Vec<Fault>) -> Self {
        let report = Report::default();
        let root = Section::root(table, &report);
        let head = Self {
            base: root.text("base"),
            uses: root.texts("use").unwrap_or_default(),
            without: root.texts("without").unwrap_or_default(),
            parts: root.truth("parts"),
        };
        // Almost every other fault would follow from a misspelt one of these keys.
        root.misspellings(ABOUT_BASES);
        faults.extend(report.into_faults());
        if faults.is_empty() && head.base.is_none() {
            for (key, names) in [("use", &head.uses), ("without", &head.without)] {
                let fault = |name: &At<String>| name.fault(format!("`{key}` needs a `base`"), "add `base = \"…\"`");
                faults.extend(names.first().map(fault));
            }
        }
        head
    }

    /// Whether a table or a key of the base is left out.
    pub(super) fn is_without(&self, name: &str) -> bool {
        self.without.iter().any(|without| without.value == name)
    }
}
