use cover_api::UploadCover;
use cover_api::runtime::{AnyService, Client, Spec, TaskHandle};
use cover_spec::SHIPPED;
use cover_testkit::{Outcome, Result};

use crate::common::mix::Mix;
use crate::common::{Service, any_mix, cover, mix_client, mix_json, without_credits};

#[tokio::test(start_paused = true)]
async fn a_handle_of_another_operation_is_refused() -> Outcome {
    let service = Service::start().await?;
    let covers = service.client()?;
    let mixes = any_mix(&covers)?;
    let handle = covers.send(&cover(1)).await?.handle();
    let json = serde_json::to_string(&handle)?;
    let error = serde_json::from_str::<TaskHandle<Mix>>(&json).unwrap_err();
    assert!(error.to_string().contains("a handle of another service: `sunoapi.org/upload-cover`"), "{error}");

    // The second operation has a task with this id.
    mixes.send(&mixes.request(mix_json(1))?).await?;
    let any: TaskHandle<_> = serde_json::from_str(&json)?;
    assert_eq!((any.of::<UploadCover>(), any.of::<Mix>()), (Some(handle), None));
    let polls = service.mix.polls();
    for error in [mixes.resume(any.clone()).poll().await.unwrap_err(), mixes.resume(any).wait().await.unwrap_err()] {
        assert!(error.is_setup(), "{error}");
        let text = "nothing was sent: this is of the operation `sunoapi.org/upload-cover`, and the client of `sunoapi.org/mix`";
        assert!(error.to_string().starts_with(text), "{error}");
    }
    assert_eq!(service.mix.polls(), polls);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_request_to_another_operation_is_refused() -> Outcome {
    let service = Service::start().await?;
    let covers = service.client()?;
    let (mixes, any) = (any_mix(&covers)?, covers.account().operation_from_spec(&Spec::parse("a.toml", SHIPPED)?)?);
    let error = any.send(&mixes.request(mix_json(1))?).await.unwrap_err();
    assert!(error.is_setup(), "{error}");
    assert_eq!((service.cover.submits(), service.mix.submits()), (0, 0));
    Ok(())
}

/// Returns why an operation with this in its `[service]` does not belong to the account of a cover.
fn refused(cover: &str, own: &str) -> Result<String> {
    let text = without_credits().replacen("[service]\n", &format!("[service]\n{own}\n"), 1);
    let cover = Client::<AnyService>::of_spec(&Spec::parse("cover.toml", cover)?, "key").build()?;
    let error = cover.account().operation_from_spec(&Spec::parse("mix.toml", &text)?).unwrap_err();
    assert!(error.is_setup());
    Ok(error.to_string())
}

#[test]
fn an_operation_of_another_account_is_refused() -> Outcome {
    let begin = "the operation `sunoapi.org/mix` does not belong to the account of `sunoapi.org/upload-cover`: ";
    let named = SHIPPED;
    let unnamed = &SHIPPED.replacen("account = \"sunoapi.org\"\n", "", 1);
    let elsewhere = "base_url = \"https://a.example\"";
    for (cover, own, why) in [
        (named, "account = \"speech\"", "its spec names the account `speech`, and the other one `sunoapi.org`"),
        (named, elsewhere, "its spec names no account, and the other one `sunoapi.org`"),
        (unnamed, "account = \"speech\"", "only its spec names an account, `speech`"),
        (unnamed, elsewhere, "no spec names an account, and the base URLs differ"),
        (named, "auth = { header = \"X-Key\" }", "its spec sends the API key in another way"),
    ] {
        let error = refused(cover, own)?;
        assert!(error.starts_with(&(begin.to_owned() + why)), "{error}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_client_of_an_operation_leads_back_to_the_account() -> Outcome {
    let service = Service::start().await?;
    let covers = service.client()?;
    let again = mix_client(&covers)?.operation::<UploadCover>()?;
    let task = covers.send(&cover(1)).key("order").await?;
    assert_eq!(again.find("order").await?.map(|task| task.handle()), Some(task.handle()));
    Ok(())
}
