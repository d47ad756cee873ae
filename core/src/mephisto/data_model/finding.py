"""Found things as objects and rows: the reading half of the database."""

from typing import Any

from mephisto.data_model.errors import EntryDoesNotExistException
from mephisto.data_model.objects import (
    Agent,
    Assignment,
    OnboardingAgent,
    Project,
    Requester,
    Task,
    TaskRun,
    Unit,
    Worker,
)
from mephisto.data_model.qualification import GrantedQualification, Qualification
from mephisto.outbox.sender import Sender
from mephisto.store import Store


class Finder:
    """`find_*` list the objects whose attributes have the values given, None being any, the oldest first.

    `get_*` return the columns of one row as a dict, or raise `EntryDoesNotExistException`. Ids are str.
    """

    store: Store
    changes: int
    outbox: Sender

    @staticmethod
    def optimized_load(target_cls: type, db_id: str, row: Any = None) -> None:
        """Return None: where a database that keeps objects would return the one that it kept. This one keeps none."""

    @staticmethod
    def cache_result(target_cls: type, value: Any) -> None:
        """Keep nothing: an object is read anew whenever it is made, so that it is as the row is."""

    def find_projects(self, project_name: str | None = None) -> list[Project]:
        return Project.find(self, project_name=project_name)

    def find_tasks(self, task_name: str | None = None, project_id: str | None = None) -> list[Task]:
        return Task.find(self, task_name=task_name, project_id=project_id)

    def find_task_runs(
        self,
        task_id: str | None = None,
        requester_id: str | None = None,
        is_completed: bool | None = None,
    ) -> list[TaskRun]:
        return TaskRun.find(self, task_id=task_id, requester_id=requester_id, is_completed=is_completed)

    def find_assignments(
        self,
        task_run_id: str | None = None,
        task_id: str | None = None,
        requester_id: str | None = None,
        task_type: str | None = None,
        provider_type: str | None = None,
        sandbox: bool | None = None,
    ) -> list[Assignment]:
        return Assignment.find(
            self,
            task_run_id=task_run_id,
            task_id=task_id,
            requester_id=requester_id,
            task_type=task_type,
            provider_type=provider_type,
            sandbox=sandbox,
        )

    def find_units(  # noqa: PLR0913, PLR0917 - the filters that scripts know
        self,
        task_id: str | None = None,
        task_run_id: str | None = None,
        requester_id: str | None = None,
        assignment_id: str | None = None,
        unit_index: int | None = None,
        provider_type: str | None = None,
        task_type: str | None = None,
        agent_id: str | None = None,
        worker_id: str | None = None,
        sandbox: bool | None = None,
        status: str | None = None,
    ) -> list[Unit]:
        return Unit.find(
            self,
            task_id=task_id,
            task_run_id=task_run_id,
            requester_id=requester_id,
            assignment_id=assignment_id,
            unit_index=unit_index,
            provider_type=provider_type,
            task_type=task_type,
            agent_id=agent_id,
            worker_id=worker_id,
            sandbox=sandbox,
            db_status=status,
        )

    def find_agents(
        self,
        status: str | None = None,
        unit_id: str | None = None,
        worker_id: str | None = None,
        task_id: str | None = None,
        task_run_id: str | None = None,
        assignment_id: str | None = None,
        task_type: str | None = None,
        provider_type: str | None = None,
    ) -> list[Agent]:
        return Agent.find(
            self,
            db_status=status,
            unit_id=unit_id,
            worker_id=worker_id,
            task_id=task_id,
            task_run_id=task_run_id,
            assignment_id=assignment_id,
            task_type=task_type,
            provider_type=provider_type,
        )

    def find_onboarding_agents(
        self,
        status: str | None = None,
        worker_id: str | None = None,
        task_id: str | None = None,
        task_run_id: str | None = None,
        task_type: str | None = None,
    ) -> list[OnboardingAgent]:
        return OnboardingAgent.find(
            self,
            db_status=status,
            worker_id=worker_id,
            task_id=task_id,
            task_run_id=task_run_id,
            task_type=task_type,
        )

    def find_workers(self, worker_name: str | None = None, provider_type: str | None = None) -> list[Worker]:
        return Worker.find(self, worker_name=worker_name, provider_type=provider_type)

    def find_requesters(
        self, requester_name: str | None = None, provider_type: str | None = None
    ) -> list[Requester]:
        return Requester.find(self, requester_name=requester_name, provider_type=provider_type)

    def find_qualifications(self, qualification_name: str | None = None) -> list[Qualification]:
        return Qualification.find(self, qualification_name=qualification_name)

    def find_granted_qualifications(
        self, worker_id: str | None = None, qualification_id: str | None = None
    ) -> list[GrantedQualification]:
        return GrantedQualification.find(self, worker_id=worker_id, qualification_id=qualification_id)

    def check_granted_qualifications(
        self,
        qualification_id: str | None = None,
        worker_id: str | None = None,
        value: int | None = None,
    ) -> list[GrantedQualification]:
        return GrantedQualification.find(
            self, worker_id=worker_id, qualification_id=qualification_id, value=value
        )

    def get_project(self, project_id: str) -> dict[str, Any]:
        return Project(self, project_id).to_dict()

    def get_task(self, task_id: str) -> dict[str, Any]:
        return Task(self, task_id).to_dict()

    def get_task_run(self, task_run_id: str) -> dict[str, Any]:
        return TaskRun(self, task_run_id).to_dict()

    def get_assignment(self, assignment_id: str) -> dict[str, Any]:
        return Assignment(self, assignment_id).to_dict()

    def get_unit(self, unit_id: str) -> dict[str, Any]:
        return Unit(self, unit_id).to_dict()

    def get_agent(self, agent_id: str) -> dict[str, Any]:
        return Agent(self, agent_id).to_dict()

    def get_onboarding_agent(self, onboarding_agent_id: str) -> dict[str, Any]:
        return OnboardingAgent(self, onboarding_agent_id).to_dict()

    def get_worker(self, worker_id: str) -> dict[str, Any]:
        return Worker(self, worker_id).to_dict()

    def get_requester(self, requester_id: str) -> dict[str, Any]:
        return Requester(self, requester_id).to_dict()

    def get_qualification(self, qualification_id: str) -> dict[str, Any]:
        return Qualification(self, qualification_id).to_dict()

    def get_granted_qualification(self, qualification_id: str, worker_id: str) -> dict[str, Any]:
        """Return what a worker holds of a qualification; raise `EntryDoesNotExistException` if nothing."""
        found = self.find_granted_qualifications(worker_id=worker_id, qualification_id=qualification_id)
        if not found:
            raise EntryDoesNotExistException(
                f"Worker {worker_id} does not hold the qualification {qualification_id}."
            )
        return found[0].to_dict()
