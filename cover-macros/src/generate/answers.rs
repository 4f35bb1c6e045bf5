//! The table of the service's answers.

use cover_spec::wire::{Api, Callback, CallbackStage, Clock, Code, Credits, Poll, Signature, Signed, Status, Submit};
use proc_macro2::TokenStream;
use quote::quote;

use super::tables::{duration, list, option, text, texts, variant};

pub(super) fn answers(api: &Api) -> TokenStream {
    let [id, base_url, auth_header, auth_scheme, env_key, env_url] =
        [&api.id, &api.base_url, &api.auth_header, &api.auth_scheme, &api.env_key, &api.env_url].map(text);
    let [code, message] = [&api.code, &api.message].map(|path| texts(path));
    let retention = option(api.retention.map(duration));
    let codes = list(api.codes.iter().map(one_code));
    let statuses = list(api.statuses.iter().map(status));
    let Submit { path, task } = &api.submit;
    let (path, task) = (text(path), texts(task));
    let poll = poll(&api.poll);
    let requests = api.pace.requests;
    let [window, task_every] = [api.pace.window, api.pace.task_every].map(duration);
    let credits = option(api.credits.as_ref().map(|Credits { path, amount }| {
        let (path, amount) = (text(path), texts(amount));
        quote!(wire::Credits { path: #path, amount: #amount })
    }));
    let callback = option(api.callback.as_ref().map(callback));
    quote! {
        wire::Api {
            id: #id,
            base_url: #base_url,
            auth_header: #auth_header,
            auth_scheme: #auth_scheme,
            env_key: #env_key,
            env_url: #env_url,
            retention: #retention,
            code: #code,
            message: #message,
            codes: #codes,
            submit: wire::Submit { path: #path, task: #task },
            poll: #poll,
            statuses: #statuses,
            pace: wire::Pace { requests: #requests, window: #window, task_every: #task_every },
            credits: #credits,
            callback: #callback,
        }
    }
}

fn one_code(code: &Code) -> TokenStream {
    let number = code.number;
    let (means, created) = (variant(code.means), variant(code.created));
    let resend = option(code.resend.map(duration));
    quote! {
        wire::Code {
            number: #number,
            means: wire::CodeMeaning::#means,
            created: wire::Created::#created,
            resend: #resend,
        }
    }
}

fn status(status: &Status) -> TokenStream {
    let (name, stage) = (text(&status.name), status.stage);
    let means = variant(status.means);
    quote!(wire::Status { name: #name, means: wire::StatusMeaning::#means, stage: #stage })
}

fn poll(poll: &Poll) -> TokenStream {
    let (path, query) = (text(&poll.path), option(poll.query.as_ref().map(text)));
    let [status, task, error_code, error_message, request] =
        [&poll.status, &poll.task, &poll.error_code, &poll.error_message, &poll.request].map(|path| texts(path));
    let tracks = list(poll.tracks.iter().map(|path| texts(path)));
    let [least, most] = poll.every.map(duration);
    let [deadline, patience, settle] = [poll.deadline, poll.patience, poll.settle].map(duration);
    let typical = option(poll.typical.map(|ages| {
        let [from, to] = ages.map(duration);
        quote!([#from, #to])
    }));
    let unknown_task = list(poll.unknown_task.iter().map(|code| quote!(#code)));
    quote! {
        wire::Poll {
            path: #path,
            query: #query,
            status: #status,
            task: #task,
            tracks: #tracks,
            error_code: #error_code,
            error_message: #error_message,
            request: #request,
            every: [#least, #most],
            typical: #typical,
            deadline: #deadline,
            unknown_task: #unknown_task,
            patience: #patience,
            settle: #settle,
        }
    }
}

fn callback(callback: &Callback) -> TokenStream {
    let field = text(&callback.field);
    let [stage, task, tracks] = [&callback.stage, &callback.task, &callback.tracks].map(|path| texts(path));
    let [answer_within, expires] = [callback.answer_within, callback.expires].map(duration);
    let tries = callback.tries;
    let stages = list(callback.stages.iter().map(|CallbackStage { name, status, running }| {
        let (name, status) = (text(name), option(status.as_ref().map(text)));
        let running = option(running.map(|stage| quote!(#stage)));
        quote!(wire::CallbackStage { name: #name, status: #status, running: #running })
    }));
    let signature = option(callback.signature.as_ref().map(signature));
    quote! {
        wire::Callback {
            field: #field,
            stage: #stage,
            task: #task,
            tracks: #tracks,
            answer_within: #answer_within,
            tries: #tries,
            expires: #expires,
            stages: #stages,
            signature: #signature,
        }
    }
}

fn signature(signature: &Signature) -> TokenStream {
    let (header, encoding) = (text(&signature.header), variant(signature.encoding));
    let signs = list(signature.signs.iter().map(|part| match part {
        Signed::Text(part) => {
            let part = text(part);
            quote!(wire::Signed::Text(#part))
        }
        part => {
            let part = variant(part);
            quote!(wire::Signed::#part)
        }
    }));
    let clock = option(signature.clock.as_ref().map(|Clock { header, tolerance }| {
        let (header, tolerance) = (text(header), duration(*tolerance));
        quote!(wire::Clock { header: #header, tolerance: #tolerance })
    }));
    quote! {
        wire::Signature { header: #header, signs: #signs, encoding: wire::Encoding::#encoding, clock: #clock }
    }
}
