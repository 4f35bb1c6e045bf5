"""Calls every operation of suno-easy, a client of this service by somebody else, against a sandbox.

Usage: suno_easy_calls.py ADDRESS KEY SOURCES. It writes the ids of its tasks to the file SOURCES, for `hooks.py`.
"""

import base64
import functools
import io
import json
import sys
import time
import wave
from pathlib import Path
from typing import Any, Callable, TypeVar

import requests
import suno_easy
from callbacks import Callbacks
from suno_easy import SunoAPIError, SunoClient, Task

T = TypeVar("T")

# Nothing has this address: the host name is reserved for that.
NOWHERE = "https://nowhere.invalid/song.mp3"


def connect(address: str, key: str, callbacks: str) -> SunoClient:
    client = SunoClient(key, callback_url=callbacks, upload_base_url=address)
    client.BASE_URL = address
    # A fault of suno-easy: with it, an upload by stream says that its parts are JSON. JSON bodies set the header themselves.
    del client.session.headers["Content-Type"]
    return client


def done(task: Task[T]) -> T:
    return task.wait(timeout=30, poll_interval=0.05)


def is_wav(url: str | None) -> bool:
    return url is not None and requests.get(url, timeout=10).content.startswith(b"RIFF")


def refused(code: int, call: Callable[[], object]) -> None:
    try:
        result = call()
    except SunoAPIError as error:
        assert error.status_code == code, f"{error.status_code} instead of {code}: {error}"
    else:
        raise AssertionError(f"{result} instead of code {code}")


def fails(task: Task[Any]) -> None:
    """Asserts that a task fails. suno-easy takes no failure of music for one, and polls on, so its records are read here."""
    end = time.monotonic() + 30
    while "FAIL" not in (status := task.info()["status"].upper()):
        assert "SUCCESS" not in status and time.monotonic() < end, f"{status} instead of a failed task"
        time.sleep(0.05)


def a_second_of_silence() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(2 * 8000))
    return file.getvalue()


def upload(client: SunoClient) -> str:
    """Uploads a song in three ways, and returns its address."""
    content = a_second_of_silence()
    stream = client.upload.upload_stream(io.BytesIO(content), "songs", "song.wav")
    assert requests.get(stream.download_url, timeout=10).content == content
    text = client.upload.upload_base64(base64.b64encode(content).decode(), "songs", "again.wav")
    assert is_wav(text.download_url), text
    copy = client.upload.upload_url(stream.download_url, "songs")
    assert is_wav(copy.download_url), copy
    return stream.download_url


def music(client: SunoClient, song: str) -> tuple[Task[Any], suno_easy.Song]:
    """Makes music in every way, also by requests with empty texts, and returns the first task and its first track."""
    make, audio, names = client.music, client.audio, {"style": "Smooth jazz", "title": "Night Drive"}
    prompt = "A calm night drive through the rain"
    generated = make.generate(prompt, **names, wait=False)
    first = done(generated)[0]
    assert first.title == "Night Drive" and first.tags == "Smooth jazz" and first.prompt == prompt, first
    # The spec of covers has the models of an earlier page, without V4_5ALL, which suno-easy sends if it is given none.
    cover = functools.partial(audio.cover, song, model="V5", wait=False)
    tasks = [
        make.generate_instrumental(**names, wait=False),
        make.generate(prompt, custom_mode=False, wait=False),
        make.extend(first.id, 60, prompt, **names, wait=False),
        cover(prompt=prompt, **names),
        cover(instrumental=True, **names),
        cover("", "", prompt=prompt, custom_mode=False),
        audio.extend(song, 1, prompt, **names, wait=False),
        audio.extend(song, 1, "", instrumental=True, **names, wait=False),
        audio.extend(song, 1, prompt, default_param_flag=False, wait=False),
        make.mashup([song, song], prompt=prompt, **names, wait=False),
        make.mashup([song, song], instrumental=True, **names, wait=False),
        make.mashup([song, song], prompt=prompt, custom_mode=False, wait=False),
        make.replace_section(generated.task_id, first.id, prompt, "jazz", "Rain", prompt, 1.5, 12.25, wait=False),
        make.generate_sounds("Rain on a window", sound_loop=True, sound_tempo=90, sound_key="C#m", wait=False),
        audio.add_vocals(song, prompt, "Rain", "jazz", "metal", wait=False),
        audio.add_instrumental(song, "Rain", "jazz", "metal", model="V5", wait=False),
    ]
    for task in tasks:
        tracks = done(task)
        assert len(tracks) == 2 and all(is_wav(track.audio_url) for track in tracks), tracks
    streamed = make.generate(prompt, **names, wait=False).wait(timeout=30, poll_interval=0.05, wait_until="stream")
    assert all(track.stream_url for track in streamed), streamed
    # suno-easy always sends `continueAt` and `prompt`, which this mode does not have.
    refused(400, lambda: make.extend(first.id, 60, prompt, default_param_flag=False, wait=False))
    return generated, first


def parts(client: SunoClient, task: str, track: str) -> tuple[list[Task[Any]], dict[str, dict[str, str]]]:
    """Makes everything of a track, and returns the tasks and the ids that later requests may name."""
    audio = client.audio
    of_a_track = {"taskId": task, "audioId": track}
    wav = audio.convert_wav(task, track, wait=False)
    assert is_wav(done(wav).wav_url)
    video = client.video.create(task, track, author="A", domain_name="example.com", wait=False)
    assert requests.get(done(video).video_url, timeout=10).ok
    images = audio.generate_cover_image(task, wait=False)
    assert len(done(images).images) == 2
    voice_only = audio.separate_vocals(task, track, wait=False)
    assert is_wav(done(voice_only).vocal_url)
    stems = audio.separate_vocals(task, track, mode="split_stem", wait=False)
    assert is_wav(done(stems).drums_url)
    midi = audio.generate_midi(stems.task_id, wait=False)
    assert done(midi).instruments[0].notes
    lyrics = client.lyrics.generate("Rain at night", wait=False)
    assert all(variant.text for variant in done(lyrics))

    assert client.lyrics.get_timestamped(task, track).aligned_words[0].word
    assert client.persona.create(task, track, "Singer", "A calm voice", vocal_start=0, vocal_end=12.5).persona_id
    assert audio.boost_style("jazz").result
    sources = dict.fromkeys(
        [
            "/api/v1/wav/generate", "/api/v1/mp4/generate", "/api/v1/vocal-removal/generate",
            "/api/v1/generate/generate-persona", "/api/v1/generate/get-timestamped-lyrics",
            "/api/v1/generate/replace-section",
        ],
        of_a_track,
    )
    sources["/api/v1/generate/extend"] = {"audioId": track}
    sources["/api/v1/suno/cover/generate"] = {"taskId": task}
    sources["/api/v1/suno/recovery"] = {"sunoTaskId": task}
    separated = requests.get(
        f"{client.BASE_URL}/api/v1/vocal-removal/record-info",
        params={"taskId": stems.task_id}, headers=client.session.headers, timeout=10,
    ).json()["data"]["response"]
    sources["/api/v1/midi/generate"] = {"taskId": stems.task_id, "audioId": separated["originData"][0]["id"]}
    return [wav, video, images, voice_only, stems, midi, lyrics], sources


def voice(client: SunoClient, song: str) -> tuple[list[Task[Any]], dict[str, dict[str, str]]]:
    """Clones a voice."""
    first = client.voice.validate(song, 0, 10, language="en", wait=False)
    assert done(first).validate_info
    again = client.voice.regenerate(first.task_id)
    assert client.voice._wait_validate_info(again, 30, 0.05).validate_info
    made = client.voice.generate(again, song, voice_name="Singer", wait=False)
    assert done(made).voice_id
    assert isinstance(client.voice.check(made.task_id).is_available, bool)
    sources = dict.fromkeys(["/api/v1/voice/regenerate", "/api/v1/voice/generate"], {"taskId": first.task_id})
    sources["/api/v1/voice/check-voice"] = {"task_id": made.task_id}
    return [first, made], sources


def refusals(client: SunoClient, address: str) -> None:
    """Makes requests that the service refuses, or whose tasks fail."""
    for call in (
        lambda: client.audio.convert_wav("no-task", "no-track", wait=False),
        lambda: client.video.create("no-task", "no-track", wait=False),
        lambda: client.audio.separate_vocals("no-task", "no-track", wait=False),
        lambda: client.audio.generate_midi("no-task", wait=False),
        lambda: client.audio.generate_cover_image("no-task", wait=False),
        lambda: client.persona.create("no-task", "no-track", "Singer", "A calm voice"),
        lambda: client.lyrics.get_timestamped("no-task", "no-track"),
        lambda: client.voice.regenerate("no-task"),
        lambda: client.voice.generate("no-task", NOWHERE, wait=False),
        lambda: client.voice.check("no-task"),
    ):
        refused(422, call)
    refused(400, lambda: client.music.generate("", "jazz", "Rain", wait=False))
    refused(401, connect(address, "wrong", NOWHERE).account.get_credits)
    names = {"style": "jazz", "title": "Rain"}
    fails(client.audio.cover(NOWHERE, prompt="Rain", model="V5", **names, wait=False))
    fails(client.audio.extend(NOWHERE, 1, "Rain", **names, wait=False))
    fails(client.voice.validate(NOWHERE, 0, 10, wait=False))
    fails(client.music.extend("no-track", 60, "Rain", **names, wait=False))


def main(address: str, key: str, sources: str) -> None:
    with Callbacks() as callbacks:
        client = connect(address, key, callbacks.address)
        credits = client.account.get_credits().remaining
        song = upload(client)
        assert client.account.get_credits().remaining == credits, "uploads are free"
        generated, track = music(client, song)
        made, known = parts(client, generated.task_id, track.id)
        cloned, more = voice(client, song)
        refusals(client, address)
        assert client.account.get_credits().remaining < credits
        for task in [generated, *made, *cloned]:
            callbacks.check(task)
    Path(sources).write_text(json.dumps(known | more))
    print("suno-easy: every call has the expected result")


if __name__ == "__main__":
    main(*sys.argv[1:])
