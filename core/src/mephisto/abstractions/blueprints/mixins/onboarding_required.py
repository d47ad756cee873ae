"""An import path of existing run scripts: onboarding, which any blueprint may have by its options."""

from typing import Any

from mephisto.config import OnboardingArgs as OnboardingRequiredArgs
from mephisto.shared_state import OnboardingSharedState
from mephisto.store.onboarding import failed_name

__all__ = ["OnboardingRequired", "OnboardingRequiredArgs", "OnboardingSharedState"]


class OnboardingRequired:
    """What scripts ask about an onboarding."""

    @staticmethod
    def get_failed_qual(qualification_name: str) -> str:
        """Return the name of the qualification that those have who failed."""
        return failed_name(qualification_name)

    @classmethod
    def clear_onboarding(cls, worker: Any, qualification_name: str) -> None:
        """Let a worker do the onboarding once more, whether they passed or failed."""
        for name in (qualification_name, cls.get_failed_qual(qualification_name)):
            worker.revoke_qualification(name)
