"""Work changed by id: the writing half of the database as far as it is about runs."""

from mephisto.data_model.absent import Absent
from mephisto.data_model.errors import MephistoDBException
from mephisto.data_model.finding import Finder
from mephisto.data_model.objects import Agent, Assignment, OnboardingAgent, Unit
from mephisto.data_model.run_part import RunPart

_LAUNCHED = (
    "A run is made, and ended, by the process that launches it.",
    "operator.launch_task_run(...) launches one.",
)
_ASKED = ("An attempt begins when its worker asks for work.",)
_DECIDED = (
    "Each decision is a row of its own already.",
    "agent.approve_work(...) and its like, worker.block_worker(...) and worker.grant_qualification(...) write it.",
)


class Amender(Finder):
    """Does what methods of the objects do, for whoever has only ids; raises what these raise."""

    new_task_run = Absent(*_LAUNCHED)
    update_task_run = Absent(*_LAUNCHED)
    new_assignment = Absent(
        "Rows of data come from the blueprint of a run.",
        "A generator as static_task_data gives more of them while the run goes on.",
    )
    new_agent = Absent(*_ASKED)
    new_onboarding_agent = Absent(*_ASKED)
    new_worker_review = Absent(*_DECIDED)
    update_worker_review = Absent(*_DECIDED)

    def new_unit(  # noqa: PLR0913, PLR0917 - what scripts pass
        self,
        task_id: str,
        task_run_id: str,
        requester_id: str,
        assignment_id: str,
        unit_index: int,
        pay_amount: float,
        provider_type: str,
        task_type: str,
        sandbox: bool | None = None,
    ) -> str:
        """Do what `Unit.new` does, and return the id; raise `MephistoError` if the assignment is not of such a run."""
        assignment = Assignment(self, assignment_id)
        said = {
            "task_id": str(task_id),
            "task_run_id": str(task_run_id),
            "requester_id": str(requester_id),
            "provider_type": provider_type,
            "task_type": task_type,
            "sandbox": sandbox,
        }
        _agree(assignment, said)
        return Unit.new(self, assignment, unit_index, pay_amount).db_id

    def update_unit(self, unit_id: str, agent_id: str | None = None, status: str | None = None) -> None:
        """Do what `set_db_status` of the unit does; *agent_id* is the one that it has, or left out."""
        unit = Unit(self, unit_id)
        if agent_id is not None and str(agent_id) != unit.agent_id:
            raise MephistoDBException(
                f"Unit {unit_id} is not given to agent {agent_id}.",
                "A unit is given to the worker who asks for it.",
                "Leave agent_id out.",
            )
        if status is not None:
            unit.set_db_status(status)

    def clear_unit_agent_assignment(self, unit_id: str) -> None:
        """Do what `clear_assigned_agent` of the unit does."""
        Unit(self, unit_id).clear_assigned_agent()

    def update_agent(self, agent_id: str, status: str | None = None) -> None:
        """Do what `update_status` of the agent does."""
        agent = Agent(self, agent_id)
        if status is not None:
            agent.update_status(status)

    def update_onboarding_agent(self, onboarding_agent_id: str, status: str | None = None) -> None:
        """Do what `update_status` of the onboarding agent does."""
        agent = OnboardingAgent(self, onboarding_agent_id)
        if status is not None:
            agent.update_status(status)


def _agree(assignment: RunPart, said: dict[str, str | bool | None]) -> None:
    for name, value in said.items():
        if value is not None and value != getattr(assignment, name):
            raise MephistoDBException(
                f"Assignment {assignment.db_id} has the {name} {getattr(assignment, name)}, and not {value}.",
                "A unit belongs to the run of its assignment.",
                "db.get_assignment(assignment_id) tells all of them.",
            )
