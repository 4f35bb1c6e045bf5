"""What schemathesis has to know about the service, because an OpenAPI document cannot say it."""

import json
import os
from pathlib import Path
from typing import Any

import requests
import schemathesis
from schemathesis.core.failures import AcceptedNegativeData, Failure

# The documents of all operations that the sandbox serves.
DOCUMENTS: list[dict[str, Any]] = [json.loads(path.read_text()) for path in Path(os.environ["DOCUMENTS"]).glob("*.json")]

# The ids of earlier tasks that a request of each path may name.
SOURCES: dict[str, dict[str, str]] = json.loads(Path(os.environ["SOURCES"]).read_text())

# Values that keep rules which JSON Schema does not have: differences of two fields, sums of lists, and Base64. The documents have the first
# two as comments.
VALUES: dict[str, dict[str, Any]] = {
    "/api/file-base64-upload": {"base64Data": "UklGRg=="},
    "/api/v1/generate": {"audioUrls": ["https://storage.example.com/song.mp3"]},
    "/api/v1/generate/generate-persona": {"vocalStart": 0, "vocalEnd": 15},
    "/api/v1/generate/replace-section": {"infillStartS": 0, "infillEndS": 15},
    "/api/v1/voice/validate": {"vocalStartS": 0, "vocalEndS": 15},
}

_send = requests.Session.send


def _send_and_read_code(session: requests.Session, request: Any, **settings: Any) -> requests.Response:
    """Gives each answer the HTTP status that its envelope has as code: the service refuses with HTTP 200 and a code."""
    response = _send(session, request, **settings)
    try:
        response.status_code = int(response.json()["code"])
    except (ValueError, KeyError, TypeError):
        pass
    return response


requests.Session.send = _send_and_read_code  # type: ignore[method-assign]


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    for path, operations in raw_schema["paths"].items():
        for method, operation in operations.items():
            # Refusals have the schema of answers with code 200, which is documented for HTTP status 200.
            responses = operation["responses"]
            responses.setdefault("default", responses.get("200", responses.get("2XX")))
            if method == "post":
                _add_other_operations(raw_schema, path, operation)


def _add_other_operations(document: dict[str, Any], path: str, operation: dict[str, Any]) -> None:
    """Allows the requests of all operations with this path: a request is wrong only if none of them takes it."""
    others = [it for it in DOCUMENTS if "post" in it["paths"].get(path, {}) and it["info"] != document["info"]]
    for other in others:
        document["components"]["schemas"] |= other["components"]["schemas"]
    bodies = [it["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"] for it in others]
    if bodies:
        content = operation["requestBody"]["content"]["application/json"]
        content["schema"] = {"anyOf": [content["schema"], *bodies]}


_polled: dict[str, str] = {}


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case, **settings: Any) -> None:
    """Makes valid requests keep all rules, and name tasks that exist: the schemas have only their types."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    for name, value in (SOURCES.get(case.path, {}) | VALUES.get(case.path, {})).items():
        if isinstance(case.body, dict) and name in case.body:
            case.body[name] = value
    for name in case.query:
        if name in _polled:
            case.query[name] = _polled[name]


@schemathesis.hook
def after_call(context: Any, case: schemathesis.Case, response: schemathesis.Response) -> None:
    """Remembers the last task for later polls."""
    try:
        created = response.json()["data"]
    except (ValueError, KeyError):
        return
    if response.status_code == 200 and case.method == "POST" and isinstance(created, dict):
        for name in ("taskId", "task_id"):
            if isinstance(created.get(name), str):
                _polled[name] = created[name]


@schemathesis.hook
def filter_failure(context: Any, failure: Failure, case: schemathesis.Case, response: schemathesis.Response) -> bool:
    """Accepts one difference: the service takes an empty text as absent, while the documents are as strict as the generated types."""
    has_empty_text = isinstance(case.body, dict) and "" in case.body.values()
    return not (isinstance(failure, AcceptedNegativeData) and has_empty_text)
