//! Workers of the workflow engine Temporal that buy covers, and the programs that start and cancel their workflows. `tests/processes` runs
//! them, and kills them.
//!
//! - `worker SERVER QUEUE SERVICE LEDGER [MOMENT FILE]` runs workflows and activities of a task queue. `LEDGER` is a file, or the address of a
//!   PostgreSQL database. At the moment, the worker writes the file and does nothing more until it is killed. Moments are in [`Moment`].
//! - `run SERVER QUEUE WORKFLOW ID` starts a workflow, waits for its end, and prints `ID<TAB>word<TAB>task or error`.
//! - `cancel SERVER ID` asks the engine to cancel a workflow.

mod careless;
mod keyed;
mod moment;

use std::error::Error;
use std::time::Duration;

use temporalio_client::{
    Client, ClientOptions, Connection, ConnectionOptions, UntypedWorkflow, Url, WorkflowCancelOptions,
    WorkflowGetResultOptions, WorkflowStartOptions,
};
use temporalio_sdk::{Runtime, Worker, WorkerOptions};

use crate::careless::{Careless, CarelessWorkflow};
use crate::keyed::{CoverWorkflow, Keyed};
use crate::moment::Pause;

const USAGE: &str =
    "worker SERVER QUEUE SERVICE LEDGER [MOMENT FILE] | run SERVER QUEUE WORKFLOW ID | cancel SERVER ID";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["worker", server, queue, service, ledger] => work(server, queue, service, ledger, Pause::never()).await,
        ["worker", server, queue, service, ledger, moment, file] => {
            work(server, queue, service, ledger, Pause::at(moment, file)?).await
        }
        ["run", server, queue, workflow, id] => run(server, queue, workflow, id).await,
        ["cancel", server, id] => {
            let workflow = connect(server).await?.get_workflow_handle::<UntypedWorkflow>(id);
            Ok(workflow.cancel(WorkflowCancelOptions::default()).await?)
        }
        _ => Err(USAGE.into()),
    }
}

async fn connect(server: &str) -> Result<Client, Box<dyn Error>> {
    let address = Url::parse(&format!("http://{server}"))?;
    let connection = Connection::connect(ConnectionOptions::new(address).build()).await?;
    Ok(Client::new(connection, ClientOptions::new("default").build())?)
}

async fn work(server: &str, queue: &str, service: &str, ledger: &str, pause: Pause) -> Result<(), Box<dyn Error>> {
    let runtime = Runtime::from_current_tokio(Default::default())?;
    let options = WorkerOptions::new(queue)
        .register_activities(Keyed::open(service, ledger, pause.clone()).await?)
        .register_activities(Careless::new(service, pause))
        .register_workflow::<CoverWorkflow>()?
        .register_workflow::<CarelessWorkflow>()?
        .build();
    Ok(Worker::new(&runtime, connect(server).await?, options)?.run().await?)
}

async fn run(server: &str, queue: &str, workflow: &str, id: &str) -> Result<(), Box<dyn Error>> {
    let client = connect(server).await?;
    // A worker that is killed in the middle of a workflow task keeps it for this long.
    let options = WorkflowStartOptions::new(queue, id).task_timeout(Duration::from_secs(2)).build();
    let result = match workflow {
        "keyed" => {
            let started = client.start_workflow(CoverWorkflow::run, id.to_owned(), options).await?;
            started.get_result(WorkflowGetResultOptions::default()).await
        }
        kind => {
            let input = (id.to_owned(), kind.to_owned());
            let started = client.start_workflow(CarelessWorkflow::run, input, options).await?;
            started.get_result(WorkflowGetResultOptions::default()).await
        }
    };
    match result {
        Ok(task) => println!("{id}\tdone\t{task}"),
        Err(error) => println!("{id}\tfailed\t{}", chain(&error)),
    }
    Ok(())
}

/// Returns the texts of an error and of its causes, in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let texts = std::iter::successors(Some(error), |error| (*error).source()).map(ToString::to_string);
    texts.collect::<Vec<_>>().join(": ").replace(['\n', '\t'], " ")
}
