use cover_api::callback::{CallbackOutcome, Refusal};
use cover_api::runtime::Given;
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
    let (mixes, any) = (mix_client(&covers)?, any_mix(&covers)?);
    service.lose_next_reply();
    let error = any.send(&any.request(mix_json(1))?).key("any").await.expect_err("the reply is lost");
    assert!(error.is_outcome_unknown() && error.handle().is_none(), "{error:?}");
    assert_eq!(mixes.unknown().await?.len(), 1);
    let recovery = error.recovery().ok_or("nothing to recover it by")?.clone();
    let task = mixes.recover(recovery).await?.ok_or("not found")?;
    assert_eq!((task.id(), service.mix.tasks(), service.mix.submits()), (&*service.mix.created()[0].id, 1, 1));
    assert!(task.wait().await?.is_done());
    assert!(!mixes.send(&mix(1)?).key("any").await?.was_posted());

    service.lose_next_reply();
    let error = mixes.send(&mix(2)?).key("typed").await.expect_err("the reply is lost");
    assert!(error.is_outcome_unknown() && error.handle().is_none(), "{error:?}");
    let recovery = error.recovery().ok_or("nothing to recover it by")?.clone();
    let task = any.recover(recovery).await?.and_then(Given::task).ok_or("not found")?;
    assert_eq!((task.id(), service.mix.tasks(), service.mix.submits()), (&*service.mix.created()[1].id, 2, 2));
    assert!(task.wait().await?.is_done());
    assert_eq!((mixes.unknown().await?, any.stats().recovered), (vec![], 2));
    assert_eq!((service.cover.submits(), service.cover.polls()), (0, 0), "no other operation is asked");

    let asked = &service.mix.created()[0].request["callBackUrl"];
    assert!(asked.as_str().is_some_and(|url| url.starts_with(ADDRESS) && url.len() > ADDRESS.len()), "{asked}");
    assert!(!asked.to_string().contains(SECRET));
    Ok(())
}
