//! No `doc` of a spec becomes a doctest of the user's crate.

use cover_spec::Spec;
use syn::visit::{self, Visit};
use syn::{Expr, ExprLit, Lit, MetaNameValue};

const CLIP: &str = include_str!("../../../tests/specs/clip.toml");

/// The texts of all `doc` attributes.
#[derive(Default)]
struct Docs(Vec<String>);

impl Visit<'_> for Docs {
    fn visit_meta_name_value(&mut self, meta: &MetaNameValue) {
        if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &meta.value
            && meta.path.is_ident("doc")
        {
            self.0.push(text.value());
        }
        visit::visit_meta_name_value(self, meta);
    }
}

#[test]
fn code_in_a_doc_of_a_spec_is_plain_text() {
    for (path, spec) in [("cover.toml", cover_spec::SHIPPED), ("clip.toml", CLIP), ("small.toml", super::SMALL)] {
        for doc in [r"Cats:\n\n    two cats\n\nMore.", r"```\ntwo cats\n```", r"Cats:\n~~~ rust\ntwo cats"] {
            let file = super::expand(Spec::parse(path, &with_docs(spec, doc)), false);
            let mut docs = Docs::default();
            docs.visit_file(&file);
            let with_cats: Vec<&String> = docs.0.iter().filter(|doc| doc.contains("two cats")).collect();
            assert!(with_cats.len() > 10, "{path} has {} docs with cats", with_cats.len());
            for doc in with_cats {
                assert_plain(doc);
            }
        }
    }
}

/// Gives each `doc` of a spec another text.
fn with_docs(spec: &str, doc: &str) -> String {
    let (start, rest) = spec.split_once("doc = \"").expect("a doc");
    let others = rest.split("doc = \"").map(|part| part.split_once('"').expect("the end of the text").1);
    let others: Vec<String> = others.map(|after| format!("doc = \"{doc}\"{after}")).collect();
    start.to_owned() + &others.concat()
}

/// Checks that each block of code is in the language `text`, and that the last one is closed.
#[track_caller]
fn assert_plain(doc: &str) {
    let mut is_open = false;
    for line in doc.lines() {
        if line.starts_with("```") || line.starts_with("~~~") {
            is_open = !is_open;
            assert_eq!(&line[3..], if is_open { "text" } else { "" }, "{doc}");
        } else if !is_open {
            let is_in_table = line.starts_with('|');
            assert!(is_in_table || !(line.contains("```") || line.contains("~~~")), "a fence inside a line: {doc}");
            assert!(!line.starts_with("    "), "indented code: {doc}");
        }
    }
    assert!(!is_open, "{doc}");
}
