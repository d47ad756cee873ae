"""A real run, a real page: an onboarding whose validator fails is saved, and judged again when its worker asks."""

import pytest

ONBOARDING = "<h1>The rules</h1><label>Repeat them <input name='rules'></label>"
SAVED = "Your answer is saved"


class Validator(list):
    """Raises at first; holds what it was asked."""

    is_broken = True

    def __call__(self, data):
        self.append(data["outputs"])
        if self.is_broken:
            raise ValueError("no such rule")
        return True


@pytest.fixture
def validator():
    return Validator()


@pytest.fixture
def url(launch, validator):
    template = "<h1>${name}</h1><input name='answer'>"
    return launch(template, [{"name": "Ada"}], onboarding=ONBOARDING, validate_onboarding=validator).url


def test_who_has_answered_is_not_asked_anew_while_the_validator_fails(context, url, validator):
    page = context.new_page()
    page.goto(f"{url}/?worker_id=x&assignment_id=1")
    task = page.frame_locator("iframe")
    task.get_by_label("Repeat them").fill("read first")
    task.get_by_role("button", name="Submit").click()
    page.get_by_role("heading", name=SAVED).wait_for()
    page.get_by_text("could not be looked at yet").wait_for()
    page.reload()
    page.get_by_role("heading", name=SAVED).wait_for()
    validator.is_broken = False
    page.get_by_role("button", name="Try again").click()
    task.get_by_role("heading", name="Ada").wait_for()
    assert validator == [{"rules": "read first"}] * 3
