use std::time::Duration;

use cover_api::runtime::{AnyService, Client, Spec};
use cover_api::sandbox::Sandbox;
use cover_testkit::{Outcome, Result};

use crate::common::{MIX, Service, cover, mix, mix_client, mix_json, without_credits};

/// The rate limit of the shipped spec.
const REQUESTS: usize = 20;
const WINDOW: Duration = Duration::from_secs(10);

#[tokio::test(start_paused = true)]
async fn two_operations_together_never_exceed_the_rate_limit_of_their_account() -> Outcome {
    let service = Service::start().await?;
    let covers = service.client()?;
    let mixes = mix_client(&covers)?;
    let requests = (0..40).map(mix).collect::<Result<Vec<_>>>()?;
    let mut sent = (covers.send_all((0..40).map(cover)).and_wait(), mixes.send_all(requests).and_wait());
    let cover = async { while sent.0.next().await.is_some() {} };
    let mix = async { while sent.1.next().await.is_some() {} };
    tokio::join!(cover, mix);
    assert_eq!((sent.0.report().done, sent.1.report().done), (40, 40));
    assert_eq!(service.most_within(WINDOW), REQUESTS, "all permits are used, and no more");
    assert_eq!(covers.stats(), mixes.stats());
    assert_eq!(covers.stats().posts, 80);
    Ok(())
}

/// Returns a spec of the service at this address, on the account `music`.
fn on_account(url: &str, account: &str) -> Result<Spec> {
    let text = without_credits().replacen("[service]\n", &format!("[service]\nbase_url = \"{url}\"\n{account}\n"), 1);
    Ok(Spec::parse("mix.toml", &text)?)
}

async fn is_shared(account: [&str; 2]) -> Result<bool> {
    let key = format!("key{}{}", account[0], account[1]);
    let sandbox = || Sandbox::builder().key(&key).spec(MIX).without_rate_limit().start();
    let (one, other) = (sandbox().await?, sandbox().await?);
    let client = |sandbox: &Sandbox, account: &str| -> Result<Client<AnyService>> {
        let spec = on_account(sandbox.url(), account)?;
        Ok(Client::of_spec(&spec, &*key).rate_limit(1, Duration::from_secs(3_600)).build()?)
    };
    let clients = [client(&one, account[0])?, client(&other, account[1])?];
    let task = clients[0].send(&clients[0].request(mix_json(1))?).await?.task().ok_or("an answer")?;
    let polled = clients[1].resume(task.handle()).poll().await;
    Ok(polled.expect_err("no such task").is_rate_limited())
}

#[tokio::test]
async fn clients_of_specs_with_the_same_account_share_its_rate_limit_at_any_address() -> Outcome {
    assert!(is_shared(["account = \"music\"", "account = \"music\""]).await?);
    assert!(!is_shared(["account = \"music\"", "account = \"speech\""]).await?);
    assert!(!is_shared(["", ""]).await?);
    Ok(())
}
