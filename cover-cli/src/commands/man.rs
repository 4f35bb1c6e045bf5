//! `cover man`.

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::{ArgMatches, Command};
use clap_mangen::Man;

use super::{cli, tools};
use crate::exit::{Exit, Failure};
use crate::operation::{Operation, examples};
use crate::settings::Options;

/// What the page of the command says behind its options. `{key}` and `{url}` are the variables that the spec names,
/// `{first}` and `{short}` examples of its arguments.
const SECTIONS: &str = r#".SH EXIT STATUS
.TP
.B 0
Everything is done.
.TP
.B 1
The task failed.
.TP
.B 2
An argument is wrong, a rule is broken, or there is no such task. Nothing was sent.
.TP
.B 3
The service refused the request, there are not enough credits, or there is no network. Nothing was charged.
.TP
.B 4
The task still runs, or its files are not complete. Nothing is lost:
.B cover resume
goes on.
.TP
.B 5
The outcome is unknown, and may have been charged. Do not send it again under another key:
.B cover unknown
lists it, and
.B cover resolve
records what you found out.
.TP
.B 130
Ctrl-C. The same command, or
.BR "cover resume" ,
goes on.
.SH ENVIRONMENT
.TP
.B {key}
The API key, unless
.BR \-\-key\-file ,
.B \-\-key\-command
or
.B cover setup
gives it.
.TP
.B {url}
Another address of the service, such as that of
.BR "cover sandbox" .
.TP
.B COVER_LEDGER
File or address of the ledger, unless
.B \-\-ledger
gives it.
.TP
.B PGPASSWORD
Password of a ledger on PostgreSQL.
.TP
.B COVER_CALLBACK_URL
Address at which the service reaches
.BR "cover listen" .
Requests then ask for callbacks there.
.TP
.B COVER_CALLBACK_SIGNING_KEY
Key with which the service signs its callbacks, if it does.
.TP
.B NO_COLOR
If set, nothing is colored.
.TP
.BR XDG_STATE_HOME ", " XDG_CONFIG_HOME
Folders of the files below.
.SH FILES
.TP
.I ~/.local/state/cover/ledger.db
What was bought, under which key. Whoever deletes it may pay twice.
.TP
.I ~/.local/state/cover/runs.db
Where the files of each purchase go.
.TP
.I ~/.config/cover/key
The API key that
.B cover setup
stored. Only its owner can read it.
.TP
.I ~/.config/cover/callback-secret
What addresses for callbacks are made with, so that nobody else can make one. It is made when it is needed.
.SH EXAMPLES
.PP
Try it without a key, for free:
.PP
.RS
.nf
cover \-\-sandbox {short}
.fi
.RE
.PP
Buy under the number of an order, which is paid once however often the command runs:
.PP
.RS
.nf
cover {first} \-\-key order\-17
.fi
.RE
.PP
Finish whatever was interrupted:
.PP
.RS
.nf
cover resume
.fi
.RE
"#;

/// Prints the manual page of the command, or writes those of all commands into a folder.
pub(super) fn run(options: &Options, matches: &ArgMatches) -> Result<Exit, Failure> {
    let main = options.catalog.main()?;
    let mut command = cli::whole_command(&options.catalog)?.disable_help_subcommand(true);
    command.build();
    // The generator calls what stands behind the options so.
    let whole = page(&command)?.replace(".SH EXTRA\n", ".SH OPERATIONS\n");
    let whole = whole.replace(".SH VERSION\n", &(sections(&main) + ".SH VERSION\n"));
    let Some(folder) = matches.get_one::<PathBuf>("folder") else { return tools::print(whole.as_bytes()) };
    let failed = |error: io::Error| Failure::usage(format!("{}: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    for of in command.get_subcommands() {
        let name = format!("cover-{}", of.get_name());
        let page = page(&of.clone().display_name(name.clone()))?;
        fs::write(folder.join(name + ".1"), page).map_err(failed)?;
    }
    fs::write(folder.join("cover.1"), whole).map_err(failed)?;
    Ok(Exit::Done)
}

fn page(command: &Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page).map_err(|error| Failure::usage(error.to_string()))?;
    String::from_utf8(page).map_err(|error| Failure::usage(error.to_string()))
}

fn sections(main: &Operation) -> String {
    let api = main.spec.api();
    let [first, short] = examples(main).map(|example| example.replace('\\', "\\\\").replace('-', "\\-"));
    let sections = SECTIONS.replace("{key}", &api.env_key).replace("{url}", &api.env_url);
    sections.replace("{first}", &first).replace("{short}", &short)
}
