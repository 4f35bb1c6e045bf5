//! Contradictions of the documentation as a part of a Markdown page.

use std::fmt::Write;

use crate::model::Spec;

impl Spec {
    pub(super) fn disputed_in_words(&self, page: &mut String) {
        if self.disputed.is_empty() {
            return;
        }
        page.push_str("\n## Contradictions of the documentation\n\n");
        for disputed in &self.disputed {
            let _ = writeln!(page, "- `{}`: {}", *disputed.about, disputed.words());
        }
    }
}
