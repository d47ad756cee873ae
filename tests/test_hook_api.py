"""The contract with plugins as plain text: whoever changes it does so here too, on purpose."""

import inspect

import pytest

from mephisto.hookspecs import KINDS, NAME, BlueprintSpecs, RunSpecs, hookspec, required

API = """\
BlueprintSpecs
  question  blueprint_check(config, shared_state)
  question  blueprint_tasks(config, shared_state)  required
  question  blueprint_build(config, public)  required
ArchitectSpecs
  question  architect_check(config)
  question  architect_address(config)
  question  architect_deploy(config, site, desk)  required
  command   architect_shutdown(config, state)  required
ProviderSpecs
  question  provider_register(config)
  question  provider_adapter(config)  required
  question  provider_links(config, run, url)
  question  provider_identify(config, data)  required
  question  provider_repeatable(config)
  question  provider_approve(config, requester, worker, attempt, reason, token)
  question  provider_reject(config, requester, worker, attempt, reason, token)
  question  provider_soft_reject(config, requester, worker, attempt, reason, token)
  question  provider_bonus(config, requester, worker, attempt, reason, amount, token)
  question  provider_message(config, requester, worker, attempt, text, token)
  question  provider_block(config, requester, worker, reason, token)
  question  provider_unblock(config, requester, worker, reason, token)
  question  provider_grant(config, requester, worker, qualification, value, token)
  question  provider_revoke(config, requester, worker, qualification, token)
RunSpecs
"""


def api_of(*groups):
    lines = []
    for specs in groups:
        lines.append(specs.__name__)
        for name, hook in vars(specs).items():
            options = getattr(hook, f"{NAME}_spec", None)
            if options is not None:
                asked = "question" if options["firstresult"] else "command "
                arguments = ", ".join(list(inspect.signature(hook).parameters)[1:])
                mark = "  required" if hasattr(hook, f"{NAME}_required") else ""
                lines.append(f"  {asked}  {name}({arguments}){mark}")
    return "".join(f"{line}\n" for line in lines)


def test_the_contract_is_the_one_that_was_promised():
    assert api_of(*KINDS.values(), RunSpecs) == API


def test_every_hook_says_its_promise():
    for specs in (*KINDS.values(), RunSpecs):
        for name, hook in vars(specs).items():
            if hasattr(hook, f"{NAME}_spec"):
                assert hook.__doc__.startswith(("Question: ", "Command: ", "Event: ")), name


class _Renamed(BlueprintSpecs):
    @required
    @hookspec(firstresult=True)
    def blueprint_data(self, config, shared_state): ...


class _OneMore(BlueprintSpecs):
    @required
    @hookspec(firstresult=True)
    def blueprint_tasks(self, config, shared_state, run): ...


class _NotRequired(BlueprintSpecs):
    @hookspec(firstresult=True)
    def blueprint_tasks(self, config, shared_state): ...


class _NoQuestion(BlueprintSpecs):
    @required
    @hookspec
    def blueprint_tasks(self, config, shared_state): ...


@pytest.mark.parametrize("changed", [_Renamed, _OneMore, _NotRequired, _NoQuestion])
def test_a_change_is_seen(changed):
    assert api_of(changed).splitlines()[1] not in API.splitlines()
