"""What hooks answer with: frozen, plain, and applied by the core. A plugin never calls into the core."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar


@dataclass(frozen=True)
class AssignmentData:
    """One row of data, and how many workers shall do it, 1 to `MOST_UNITS`. `data` is a JSON object."""

    MOST_UNITS: ClassVar = 10_000

    data: Mapping[str, Any]
    units: int = 1


@dataclass(frozen=True)
class Pages:
    """The pages of a task: names of HTML templates inside the folder that `blueprint_build` filled."""

    task: str
    preview: str | None = None
    onboarding: str | None = None


@dataclass(frozen=True)
class Deployed:
    """Where the site can be reached, without a slash at the end; `state` is JSON that a later shutdown needs."""

    url: str
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Adapter:
    """What a provider brings into the worker's page.

    `script` is a JavaScript file that defines `getWorkerName`, `getAssignmentId`, `getAgentRegistration` and
    `handleSubmitToProvider`. `frame_ancestors` are the sources that may frame the page, as in a Content-Security-Policy.

    `self_service`: workers may begin by themselves, without the provider giving them a place first. The page then
    offers to start again after an attempt that ended without an answer; if the script defines `getNextTaskURL`,
    which returns the address of another place for the same worker, the page offers that after an answer.
    """

    script: Path
    frame_ancestors: tuple[str, ...] = ("'self'",)
    self_service: bool = False


@dataclass(frozen=True)
class Identity:
    """Who asks for work, as the provider understands it.

    `registration` names the provider's own place for this worker; the same one again is the same attempt.
    `trusted`: a live attempt may be handed out again without further proof.
    """

    worker_name: str
    registration: str
    trusted: bool = False


@dataclass(frozen=True)
class Refuse:
    """No, with a sentence for the worker."""

    reason: str


@dataclass(frozen=True)
class Link:
    """An address to show to the researcher, e.g. `Link("Preview", "http://localhost:3000")`."""

    label: str
    url: str


@dataclass(frozen=True)
class Done:
    """It is done; or had been, under the same token."""


@dataclass(frozen=True)
class Later:
    """It is not done, and may be tried again after *seconds*; `reason` is shown meanwhile."""

    seconds: float
    reason: str = ""


@dataclass(frozen=True)
class Failed:
    """It is not done, and trying again would not help, with a sentence for the researcher."""

    reason: str
