//! The literal macros: `cover! { mode: NonCustom, prompt: "…", … }`.
//!
//! `input` splits the tokens into entries, `value` reads their values, `judge` checks them by the table of rules, and
//! `emit` writes the calls of the builder. Every fault becomes an error of its own, under the tokens at fault.

mod emit;
mod input;
mod judge;
mod value;

use proc_macro2::TokenStream;
use quote::quote;

use input::Call;
use judge::Judged;

pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let call = match input::call(tokens) {
        Ok(call) => call,
        Err(error) => return error.to_compile_error(),
    };
    match judge(&call) {
        Ok(request) => request,
        Err(errors) => {
            let errors = errors.iter().map(syn::Error::to_compile_error);
            quote!({ #(#errors)* })
        }
    }
}

fn judge(call: &Call) -> Result<TokenStream, Vec<syn::Error>> {
    let mut errors = Vec::new();
    let entries = input::entries(call.body.clone(), &mut errors);
    let judged = Judged::of(call, entries, &mut errors);
    match judged {
        Some(judged) if errors.is_empty() => Ok(emit::request(call, &judged)),
        _ => Err(errors),
    }
}
