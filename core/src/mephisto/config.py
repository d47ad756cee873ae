"""Options: the one place where each gets its type, default and help.

A dataclass made of `arg` feeds the YAML, the command line, `mephisto wut` and the docs.
"""

from collections.abc import Callable, Sequence
from dataclasses import Field, dataclass, field
from typing import Any, Final

# What OmegaConf calls MISSING; spelt out, since importing it costs more than all else that `wut` does.
MISSING: Any = "???"


def arg(
    help: str,  # noqa: A002 - it is the field's own word, and what `wut` prints
    default: Any = MISSING,
    *,
    required: bool = False,
    choices: Sequence[Any] | None = None,
    planned: str = "",
    default_factory: Callable[[], Any] | None = None,
) -> Any:
    """Make one documented option.

    Without a default it is `???` until given; a plugin then finds `None`, or its value if it is `required`.
    `planned` is a sentence: the option is known, but what it asks for is not built yet, so that setting it off
    its default is refused with this sentence.
    """
    metadata = {"help": help, "required": required, "choices": choices, "planned": planned}
    if default_factory is not None:
        return field(default_factory=default_factory, metadata=metadata)
    return field(default=default, metadata=metadata)


def default_of(option: Field[Any]) -> Any:
    """Return an option's default, `???` where it has none."""
    if callable(option.default_factory):
        return option.default_factory()
    return option.default


@dataclass
class BlueprintArgs:
    """What workers do: options that every blueprint has."""

    _blueprint_type: str = MISSING
    block_qualification: str | None = arg("Name of the qualification that keeps a worker out of this task.")
    tips_location: str | None = arg(
        "Path to a CSV file of tips. Accepted so that existing configurations run; tips are not shown."
    )


@dataclass
class OnboardingArgs:
    """Options of a blueprint whose workers may have to pass an onboarding first; mix it into its `Config`."""

    onboarding_qualification: str | None = arg(
        "Name of the qualification that records who passed the onboarding. Without it there is none."
    )


@dataclass
class ScreeningArgs:
    """Options of a blueprint that may screen its workers with units of their own; mix it into its `Config`."""

    passed_qualification_name: str | None = arg(
        "Name of the qualification of workers who passed the screening."
    )
    max_screening_units: int | None = arg(
        "How many screening units a run gives at most; 0 if workers are screened with units of the data."
    )
    use_screening_task: bool = arg("Whether workers are screened before they get units of the data.", False)  # noqa: FBT003


@dataclass
class GoldArgs:
    """Options of a blueprint that may give units whose answer is known; mix it into its `Config`."""

    gold_qualification_base: str | None = arg(
        "What the names of the qualifications begin with that count a worker's gold units."
    )
    max_gold_units: int | None = arg("How many gold units a run gives at most.")
    use_golds: bool = arg("Whether workers get gold units, whose answer is known, between others.", False)  # noqa: FBT003
    min_golds: int = arg("How many gold units a worker has to get right before units of the data.", 1)
    max_incorrect_golds: int = arg("How many gold units a worker may get wrong.", 0)


#: What a unit may pay at most, in dollars.
HIGHEST_REWARD: Final = 10_000

SERVER_TYPES: Final = ("flask", "node")


@dataclass
class ArchitectArgs:
    """Where a task is hosted: options that every architect has."""

    _architect_type: str = MISSING
    server_type: str = arg(
        "Kind of server. There is one, 'flask'; 'node' is accepted in existing configurations and means the same.",
        "flask",
    )
    server_source_path: str | None = arg(
        "Path to a prepared server directory, in place of the server that comes with mephisto.",
        planned="A server of one's own is not supported yet.",
    )


@dataclass
class ProviderArgs:
    """Who does the work: options that every provider has."""

    _provider_type: str = MISSING
    requester_name: str | None = arg(
        "Name of the registered account that launches the task; without it, the provider's default one, or else its newest."
    )


@dataclass
class RequesterArgs:
    """What registering an account asks for."""

    name: str = arg("Name under which the account is registered here.", required=True)


@dataclass
class TaskRunArgs:
    """The task itself: what workers read about it, what they earn, and the limits of a run."""

    task_name: str | None = arg(
        "Name under which runs share limits and reviews. Without it, the blueprint's name is used."
    )
    task_title: str = arg("Title that workers read.", required=True)
    task_description: str = arg("Longer description that workers read.", required=True)
    task_reward: float = arg("What one unit pays, in US dollars.", required=True)
    task_tags: str = arg("Words by which workers find the task, separated by commas.", required=True)
    task_lifetime_in_seconds: int = arg("How long the task is offered, in seconds.", 2_678_400)
    assignment_duration_in_seconds: int = arg("How long a worker has for one unit, in seconds.", 1_800)
    no_submission_patience: int = arg(
        "The run ends when nothing was submitted for so long, in seconds.", 43_200
    )
    allowed_concurrent: int = arg(
        "How many units one worker may hold at the same time; 0 sets no limit.", 0, required=True
    )
    maximum_units_per_worker: int = arg(
        "How many units one worker may do under this task name, over all its runs; 0 sets no limit.", 0
    )
    max_num_concurrent_units: int = arg("How many units are offered at the same time; 0 offers all.", 0)
    submission_timeout: int = arg(
        "How long a live task waits for the page's answer after its own part has ended, in seconds.",
        600,
        planned="Live tasks are not built yet.",
    )
    post_install_script: str = arg("Script that a run script passes to its own build step.", "")
    force_rebuild: bool = arg("Whether a run script rebuilds its page.", False)  # noqa: FBT003
    callback_patience_in_seconds: int = arg(
        "How long a worker's request waits for a function of the run script, in seconds.", 10
    )
    grace_time_in_seconds: int = arg(
        "How long workers may finish what they have begun when the run is stopped, in seconds.", 60
    )
    largest_upload_in_megabytes: int = arg("How large one file of a worker may be, in MiB.", 100)
    largest_answer_in_megabytes: int = arg("How large an answer may be with all its files, in MiB.", 1024)
    most_uploads: int = arg("How many files an answer may have.", 100)
    resume_incomplete_run: bool | None = arg(
        "Whether to go on with the newest run of the task, if its process is gone and it has work left; false, or unset, launches anew.",
        None,
    )
    page_language: str | None = arg(
        "Language of the sentences around the task; unset, the one that each worker's browser asks for.",
        None,
        choices=("en", "de"),
    )
