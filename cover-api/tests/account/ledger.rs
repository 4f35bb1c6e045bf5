use std::time::Duration;

use cover_api::runtime::Resolution;
use cover_api::sandbox::Answer;
use cover_testkit::Outcome;

use crate::common::{Service, any_mix, cover, mix, mix_client};

#[tokio::test(start_paused = true)]
async fn a_key_is_one_purchase_of_each_operation() -> Outcome {
    let service = Service::start().await?;
    let covers = service.client()?;
    let mixes = mix_client(&covers)?;
    let (song, mixed) = (covers.send(&cover(1)).key("order").await?, mixes.send(&mix(1)?).key("order").await?);
    assert!(song.was_posted() && mixed.was_posted());
    assert!(!covers.send(&cover(1)).key("order").await?.was_posted());
    assert!(!mixes.send(&mix(1)?).key("order").await?.was_posted());
    assert!(mixes.send(&mix(2)?).key("order").await.unwrap_err().is_key_conflict());
    assert_eq!((service.cover.tasks(), service.mix.tasks()), (1, 1));

    assert_eq!(covers.find("order").await?.map(|task| task.handle()), Some(song.handle()));
    assert_eq!(mixes.find("order").await?.map(|task| task.handle()), Some(mixed.handle()));
    let found = covers.account().find("order").await?;
    let mut operations: Vec<_> = found.iter().map(|task| task.handle.operation()).collect();
    operations.sort_unstable();
    assert_eq!(operations, ["sunoapi.org/mix", "sunoapi.org/upload-cover"]);
    assert_eq!(mixes.account().find("another").await?, []);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_account_lists_the_unfinished_tasks_of_all_its_operations() -> Outcome {
    let service = Service::start().await?;
    let covers = service.client()?;
    let mixes = mix_client(&covers)?;
    let (song, mixed) = (covers.send(&cover(1)).key("song").await?, mixes.send(&mix(1)?).await?);
    assert_eq!(covers.unfinished().all().await?.len(), 1);
    assert_eq!(mixes.unfinished().all().await?.len(), 1);
    let mut all: Vec<_> = mixes.account().unfinished().await?;
    all.sort_by_key(|task| task.key.is_none());
    assert_eq!(all.iter().map(|task| task.key.as_deref()).collect::<Vec<_>>(), [Some("song"), None]);
    assert_eq!(all[0].handle.of(), Some(song.handle()));
    assert_eq!(all[1].handle.of(), Some(mixed.handle()));
    song.wait().await?;
    mixed.wait().await?;
    assert_eq!(covers.account().unfinished().await?, []);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_is_resolved_by_a_client_of_its_operation() -> Outcome {
    let service = Service::start().await?;
    let covers = service.client()?;
    let (mixes, any) = (mix_client(&covers)?, any_mix(&covers)?);
    service.mix.answer_submit(Answer::raw(502, "<html>bad gateway</html>"));
    assert!(mixes.send(&mix(1)?).key("order").await.unwrap_err().is_outcome_unknown());
    assert_eq!(covers.unknown().await?, []);
    let unknown = mixes.unknown().await?;
    assert_eq!(covers.account().unknown().await?, unknown);
    assert_eq!(any.unknown().await?, unknown);
    let [unknown] = &unknown[..] else { panic!("{unknown:?}") };
    assert_eq!(unknown.operation, "sunoapi.org/mix");

    let refused = covers.resolve(unknown, Resolution::NotCharged).await.unwrap_err();
    assert!(refused.is_setup(), "{refused}");
    assert!(refused.to_string().contains("of the operation `sunoapi.org/mix`"), "{refused}");
    assert!(mixes.send(&mix(1)?).key("order").await.unwrap_err().is_outcome_unknown());
    any.resolve(unknown, Resolution::NotCharged).await?;
    assert!(mixes.send(&mix(1)?).key("order").await?.was_posted());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_of_the_account_stops_the_sends_of_all_operations() -> Outcome {
    let service = Service::start().await?;
    let covers = service.client()?;
    let mixes = mix_client(&covers)?;
    assert_eq!(mixes.account().shutdown(Duration::ZERO).await, []);
    assert!(covers.send(&cover(1)).await.unwrap_err().is_shut_down());
    assert!(mixes.send(&mix(1)?).await.unwrap_err().is_shut_down());
    assert_eq!((service.cover.submits(), service.mix.submits()), (0, 0));
    Ok(())
}
