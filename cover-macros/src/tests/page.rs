//! The builder's documentation page: one plain signature for each method that the real impls have.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{Attribute, File, ImplItem, ImplItemFn, Item, ItemImpl};

#[test]
fn each_setter_has_one_plain_signature_and_fits_on_a_screen() {
    for (file, builder) in [(super::shipped(), "CoverRequestBuilder"), (super::small(), "CardRequestBuilder")] {
        let [page] = &impls(&file, builder, "doc")[..] else { panic!("{builder} has more than one impl on its page") };
        for method in methods(page) {
            let signature = method.sig.to_token_stream().to_string();
            assert!(!signature.contains("Has"), "{signature}");
            assert!(method.sig.generics.params.is_empty(), "{signature}");
            let lines = doc(&method.attrs).lines().count();
            assert!((1..=20).contains(&lines), "{signature} has {lines} lines of documentation");
        }
    }
}

#[test]
fn the_page_has_the_methods_that_users_see() {
    for (file, builder) in [(super::shipped(), "CoverRequestBuilder"), (super::small(), "CardRequestBuilder")] {
        let [page] = &impls(&file, builder, "doc")[..] else { panic!("{builder} has more than one impl on its page") };
        let shown: Vec<String> = methods(page).map(|method| method.sig.ident.to_string()).collect();
        let real = impls(&file, builder, "not (doc)");
        let visible = real.iter().flat_map(|it| methods(it)).filter(|method| !is_hidden(&method.attrs));
        let visible: BTreeSet<String> = visible.map(|method| method.sig.ident.to_string()).collect();
        assert_eq!(shown.iter().cloned().collect::<BTreeSet<_>>(), visible);
        assert_eq!(shown.len(), visible.len(), "a method is shown twice");
        assert!(impls(&file, builder, "").is_empty(), "an impl is on the page by mistake");
    }
}

/// `None` must not satisfy a group that needs at least one of its fields.
#[test]
fn fields_of_a_group_take_no_option() {
    let file = super::small();
    let page = impls(&file, "CardRequestBuilder", "doc");
    let names = page.iter().flat_map(|it| methods(it)).map(|method| method.sig.ident.to_string());
    let options: Vec<String> = names.filter(|name| name.starts_with("maybe_")).collect();
    assert_eq!(options, ["maybe_text", "maybe_copies", "maybe_paper"]);
}

/// Hovers show the text of the page, and a sentence instead of the example.
#[test]
fn real_setters_have_the_text_of_the_page() {
    let file = super::shipped();
    let page = impls(&file, "CoverRequestBuilder", "doc");
    let real = impls(&file, "CoverRequestBuilder", "not (doc)");
    let text = |attrs: &[Attribute]| {
        let doc = doc(attrs);
        doc.split("\n\n```").next().and_then(|doc| doc.split("\n\nExample: ").next()).map(str::to_owned)
    };
    for shown in page.iter().flat_map(|it| methods(it)).filter(|method| method.sig.ident != "build") {
        let same = |method: &&ImplItemFn| method.sig.ident == shown.sig.ident && !is_hidden(&method.attrs);
        let method = real.iter().flat_map(|it| methods(it)).find(same).expect("a real method");
        assert_eq!(text(&method.attrs), text(&shown.attrs));
    }
}

#[test]
fn each_setter_of_a_deprecated_field_is_deprecated() {
    let keys = |field: &str| format!("[fields.{field}]\ndeprecated = \"it is ignored\"");
    let text = super::SMALL.replace("[fields.copies]", &keys("copies"));
    let text = text.replace("[fields.pictureUrl]", &keys("pictureUrl"));
    let file = super::expand(cover_spec::Spec::parse("snapshots/small.toml", &text), false);
    for cfg in ["doc", "not (doc)"] {
        let found = impls(&file, "CardRequestBuilder", cfg);
        let is_deprecated = |method: &&ImplItemFn| method.attrs.iter().any(|it| it.path().is_ident("deprecated"));
        let deprecated = found.iter().flat_map(|it| methods(it)).filter(is_deprecated);
        let names: BTreeSet<String> = deprecated.map(|method| method.sig.ident.to_string()).collect();
        let expected = ["copies", "maybe_copies", "null_copies", "picture_url", "without_picture"];
        assert_eq!(names, expected.map(str::to_owned).into(), "{cfg}");
    }
}

/// Returns the inherent impls of the builder under this `cfg`; without any where that is empty.
fn impls<'a>(file: &'a File, builder: &str, cfg: &str) -> Vec<&'a ItemImpl> {
    let inherent = file.items.iter().filter_map(|item| match item {
        Item::Impl(it) if it.trait_.is_none() => Some(it),
        _ => None,
    });
    let of_builder = inherent.filter(|it| it.self_ty.to_token_stream().to_string().starts_with(&format!("{builder} ")));
    of_builder.filter(|it| attribute(&it.attrs, "cfg") == cfg).collect()
}

fn methods(of: &ItemImpl) -> impl Iterator<Item = &ImplItemFn> {
    of.items.iter().filter_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    })
}

fn is_hidden(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attribute| attribute.meta.to_token_stream().to_string() == "doc (hidden)")
}

/// Returns what stands in the parentheses of an attribute.
fn attribute(attrs: &[Attribute], name: &str) -> String {
    let list = attrs.iter().filter(|attribute| attribute.path().is_ident(name));
    list.filter_map(|attribute| Some(attribute.meta.require_list().ok()?.tokens.to_string())).collect()
}

fn doc(attrs: &[Attribute]) -> String {
    let docs = attrs.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let texts = docs.filter_map(|attribute| match &attribute.meta.require_name_value().ok()?.value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_pages_of_an_operation_say_how_it_is_sent_and_what_is_limited() {
    for (path, parts) in [
        ("sunoapi/credit.toml", &["Sent as a GET to `/api/v1/generate/credit`."][..]),
        (
            "sunoapi/extend.toml",
            &["At most 200 characters with `V4`.", "Disputed: 100 in the pages of docs.sunoapi.org, 80 in"],
        ),
        (
            "sunoapi/stems.toml",
            &["Rate limit: 20 requests of one API key in 10 s.", "Uploads of local files: at most 20 MB; "],
        ),
    ] {
        let text = prettyplease::unparse(&super::expand(cover_spec::Spec::parse_shipped(path), false));
        for part in parts {
            assert!(text.contains(part), "{path}: {part}");
        }
    }
}
