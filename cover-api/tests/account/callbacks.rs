use cover_api::callback::{CallbackOutcome, Refusal};
use cover_testkit::Outcome;

use crate::common::{ADDRESS, SECRET, Service, any_mix, cover, mix, mix_client, mix_json};

#[tokio::test(start_paused = true)]
async fn one_router_receives_the_callbacks_of_all_operations() -> Outcome {
    let service = Service::start().await?;
    let covers = service.client()?;
    let mixes = mix_client(&covers)?;
    let (song, mixed) = (covers.send(&cover(1)).await?, mixes.send(&mix(1)?).await?);
    assert_eq!(song.id(), mixed.id(), "each operation gives its own ids");
    assert!(song.wait().await?.is_done());
    assert!(mixed.wait().await?.is_done());
    assert_eq!((service.cover.polls(), service.mix.polls()), (1, 1), "a poll confirms the last callback");
    let stats = covers.account().callbacks()?.stats();
    assert_eq!((stats.new, stats.refused_in_all()), (6, 0), "{stats:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_callback_of_an_operation_is_refused_by_another() -> Outcome {
    let service = Service::start().await?;
    let covers = service.client()?;
    let (mixes, any) = (mix_client(&covers)?, any_mix(&covers)?);
    let callback = mixes.callbacks()?.test_factory().valid("task-1", "complete");
    let refused = covers.callbacks()?.receive(&callback.path, &callback.headers, &callback.body);
    assert!(matches!(refused.outcome(), CallbackOutcome::Refused(Refusal::ForgedAddress)), "{refused:?}");
    for received in [
        mixes.callbacks()?.receive(&callback.path, &callback.headers, &callback.body).status(),
        any.callbacks()?.receive(&callback.path, &callback.headers, &callback.body).status(),
        covers.account().callbacks()?.receive(&callback.path, &callback.headers, &callback.body).status(),
    ] {
        assert_eq!(received, 200);
    }
    let received = covers.account().callbacks()?.receive(&callback.path, &callback.headers, &callback.body);
    let CallbackOutcome::Unawaited(callback) = received.outcome() else { panic!("{received:?}") };
    assert_eq!((callback.task.operation(), callback.task.id()), ("sunoapi.org/mix", "task-1"));
    Ok(())
}

/// The addresses of one operation are those of every client of it, whether its spec is known while compiling or not.
#[tokio::test(start_paused = true)]
async fn a_lost_reply_is_recovered_by_a_callback_of_any_client_of_the_operation() -> Outcome {
    let service = Service::start().await?;
    let covers = service.client()?;
    let any = any_mix(&covers)?;
    let task = any.send(&any.request(mix_json(1))?).await?.task().ok_or("an answer")?;
    assert!(task.wait().await?.is_done());
    assert_eq!(service.mix.polls(), 1);
    let asked = &service.mix.created()[0].request["callBackUrl"];
    assert!(asked.as_str().is_some_and(|url| url.starts_with(ADDRESS) && url.len() > ADDRESS.len()), "{asked}");
    assert!(!asked.to_string().contains(SECRET));
    Ok(())
}
