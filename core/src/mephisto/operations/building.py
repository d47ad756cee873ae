"""Building the site of a run: the blueprint's pages, the provider's adapter, and what the server has to know."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mephisto.effects import Pages
from mephisto.errors import ConfigError
from mephisto.operations.plan import Plan
from mephisto.web.site import ADAPTER_FILE, PUBLIC_FOLDER, Limits, Site

MEBIBYTE: Final = 1 << 20


@dataclass(frozen=True)
class Built:
    """What became of a site: its pages, and whether its workers serve themselves."""

    pages: Pages
    self_service: bool


def build_site(plan: Plan, folder: Path) -> Built:
    """Fill *folder*, which must not exist yet, with what the architect serves."""
    use, public = plan.use, folder / PUBLIC_FOLDER
    public.mkdir(parents=True)
    pages = use.ask(use.hooks.blueprint_build, config=plan.blueprint, public=public)
    if plan.onboarding_qualification and not pages.onboarding:
        raise ConfigError(
            "There is an onboarding_qualification, but no onboarding page.",
            f"The blueprint {plan.names['blueprint']!r} built none.",
            "Name the page in the blueprint's options, or leave onboarding_qualification out.",
        )
    adapter = use.ask(use.hooks.provider_adapter, config=plan.provider)
    shutil.copyfile(adapter.script, folder / ADAPTER_FILE)
    Site(
        title=plan.task.task_title,
        description=plan.task.task_description,
        task_page=pages.task,
        preview_page=pages.preview,
        onboarding_page=pages.onboarding,
        task_config=plan.shared_state.task_config,
        frame_ancestors=adapter.frame_ancestors,
        self_service=adapter.self_service,
        language=plan.task.page_language,
        limits=Limits(
            upload=plan.task.largest_upload_in_megabytes * MEBIBYTE,
            total=plan.task.largest_answer_in_megabytes * MEBIBYTE,
            uploads=plan.task.most_uploads,
        ),
    ).write(folder)
    return Built(pages, adapter.self_service)
