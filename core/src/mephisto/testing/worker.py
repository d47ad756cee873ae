"""A worker's page without a browser: the requests that it makes, in their order, over real HTTP."""

import json
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

import requests

SECONDS: Final = 10


class Worker:
    """One browser on one site. Whatever is not answered as it should be is an `AssertionError`."""

    def __init__(self, url: str, registration: Mapping[str, Any]) -> None:
        """Open the site at *url* as the worker that *registration* names, as the provider's adapter would."""
        self._url = url
        self._registration = dict(registration)
        self._token = ""
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the machine must not come in between

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def open_site(self) -> None:
        """Get what a browser gets before it is known who works in it."""
        self._get("/", "text/html")
        config = self._get("/task_config.json", "application/json").json()
        assert isinstance(config, dict), f"GET /task_config.json answered {config!r}, not an object."
        self._get("/wrap_crowd_source.js", "text/javascript")

    def accept_unit(self) -> str:
        """Ask for work, and return the document that the worker is shown."""
        body = {"provider_data": self._registration, "browser_key": "conformance"}
        packet = self._post("/request_agent", json=body)
        details = packet.get("data") or {}
        self._token = details.get("agent_id") or ""
        assert self._token, (
            f"POST /request_agent gave no agent for {self._registration!r}: {details.get('failure_reason')}"
        )
        return self._get(details["page"], "text/html").text

    def submit(self, answer: Mapping[str, Any]) -> str:
        """Hand in *answer*, and return the receipt."""
        fields = {
            "USED_AGENT_ID": (None, self._token),
            "final_string_data": (None, json.dumps(answer)),
            "submission_id": (None, "conformance"),
        }
        reply = self._post("/submit_task", files=fields)
        receipt = reply.get("receipt")
        assert isinstance(receipt, str), f"POST /submit_task answered {reply!r}, which has no receipt."
        return receipt

    def confirm(self, receipt: str) -> None:
        """Say that the receipt has arrived, as the page does before it forgets the answer."""
        self._post("/confirm_receipt", json={"USED_AGENT_ID": self._token, "receipt": receipt})

    def _get(self, path: str, content_type: str) -> requests.Response:
        response = self._session.get(self._url + path, timeout=SECONDS)
        _expect_ok(f"GET {path}", response)
        found = response.headers.get("Content-Type", "")
        assert found.startswith(content_type), f"GET {path} answered {found!r}, not {content_type}."
        return response

    def _post(self, path: str, **body: Any) -> Mapping[str, Any]:
        response = self._session.post(self._url + path, timeout=SECONDS, **body)
        _expect_ok(f"POST {path}", response)
        reply = response.json()
        assert isinstance(reply, dict), f"POST {path} answered {reply!r}, not an object."
        return reply


def _expect_ok(what: str, response: requests.Response) -> None:
    assert response.status_code == requests.codes.ok, (
        f"{what} answered {response.status_code}: {response.text[:200]}"
    )
