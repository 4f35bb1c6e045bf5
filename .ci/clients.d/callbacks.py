"""Receives callbacks, and reads them with suno-easy."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from suno_easy import Task, TaskKind, webhooks

PARSERS = {
    TaskKind.MUSIC: webhooks.parse_music_webhook,
    TaskKind.LYRICS: webhooks.parse_lyrics_webhook,
    TaskKind.COVER_IMAGE: webhooks.parse_cover_image_webhook,
    TaskKind.VOCAL_SEPARATION: webhooks.parse_vocal_separation_webhook,
    TaskKind.MIDI: webhooks.parse_midi_webhook,
    TaskKind.WAV: webhooks.parse_wav_webhook,
    TaskKind.VIDEO: webhooks.parse_video_webhook,
    TaskKind.VOICE_VALIDATE: webhooks.parse_voice_validate_webhook,
    TaskKind.VOICE: webhooks.parse_voice_generate_webhook,
}


class Callbacks:
    """A server that keeps the bodies that it receives."""

    def __init__(self) -> None:
        bodies = self.bodies = list[dict[str, Any]]()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/callback"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()

    def check(self, task: Task[Any]) -> None:
        """Asserts that the last callback of a task has a result that suno-easy reads."""
        end = time.monotonic() + 10
        while not (received := [body for body in self.bodies if f'"{task.task_id}"' in json.dumps(body)]):
            assert time.monotonic() < end, f"no callback of {task!r}"
            time.sleep(0.05)
        body = received[-1]
        if task.kind == TaskKind.VOCAL_SEPARATION:
            # suno-easy looks for the addresses directly in `data`, where no page has them.
            body["data"] |= body["data"]["vocal_removal_info"]
        event, result = PARSERS[task.kind](body)
        values = result if isinstance(result, list) else vars(result).values()
        assert event.is_success and any(values), body
