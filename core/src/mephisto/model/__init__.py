"""The tables, one subject a file, as SQLModel classes, and as Core tables under their plural names."""

from mephisto.model.answers import Submission as Submission
from mephisto.model.answers import Upload as Upload
from mephisto.model.base import Model as Model
from mephisto.model.base import table
from mephisto.model.decision import Decision as Decision
from mephisto.model.draft import Draft as Draft
from mephisto.model.event import Event as Event
from mephisto.model.live_update import LiveUpdate as LiveUpdate
from mephisto.model.outbox import Action as Action
from mephisto.model.people import Block as Block
from mephisto.model.people import Requester as Requester
from mephisto.model.people import Worker as Worker
from mephisto.model.project import Project as Project
from mephisto.model.qualification import GrantedQualification as GrantedQualification
from mephisto.model.qualification import Qualification as Qualification
from mephisto.model.refusal import Refusal as Refusal
from mephisto.model.role import Role as Role
from mephisto.model.task import Process as Process
from mephisto.model.task import Task as Task
from mephisto.model.task import TaskRun as TaskRun
from mephisto.model.work import Agent as Agent
from mephisto.model.work import Assignment as Assignment
from mephisto.model.work import Unit as Unit

actions = table(Action)
agents = table(Agent)
assignments = table(Assignment)
blocks = table(Block)
decisions = table(Decision)
drafts = table(Draft)
events = table(Event)
granted_qualifications = table(GrantedQualification)
live_updates = table(LiveUpdate)
processes = table(Process)
projects = table(Project)
qualifications = table(Qualification)
refusals = table(Refusal)
requesters = table(Requester)
roles = table(Role)
submissions = table(Submission)
task_runs = table(TaskRun)
tasks = table(Task)
units = table(Unit)
uploads = table(Upload)
workers = table(Worker)
