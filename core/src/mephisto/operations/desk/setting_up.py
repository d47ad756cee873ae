"""Setting up the desk of a run: which parts it needs, by what its plan asks for."""

from collections.abc import Callable

from mephisto.data_model.database import LocalMephistoDB
from mephisto.operations.building import Built
from mephisto.operations.callbacks import CallbackPool
from mephisto.operations.choosing import Choosing
from mephisto.operations.desk.extras import ExtraUnits, extras_of
from mephisto.operations.desk.onboarding import Onboarding
from mephisto.operations.desk.run_desk import RunDesk
from mephisto.operations.desk.standing import Standing
from mephisto.operations.desk.taking_in import TakingIn
from mephisto.operations.desk.talking import Talking
from mephisto.operations.desk.welcoming import Welcoming
from mephisto.operations.desk.worker_pages import WorkerPages
from mephisto.operations.listening import Listening
from mephisto.operations.plan import Plan
from mephisto.operations.tally import Tally
from mephisto.shared_state import OnboardingSharedState
from mephisto.store.admission import Terms


def set_up(
    db: LocalMephistoDB,
    plan: Plan,
    terms: Terms,
    built: Built,
    tally: Tally,
    standing: Standing,
    listening: Listening | None,
    changed: Callable[[], None],
) -> RunDesk:
    """Make the desk of a run; *changed* is called after whatever the clock should look at."""
    state = plan.shared_state
    pool = CallbackPool(db.store, plan.task.callback_patience_in_seconds)
    choosing = Choosing(db, terms, state, pool) if plan.is_set("worker_can_do_unit") else None
    onboarding_data = getattr(state, "onboarding_data", {})
    onboarding = None
    if isinstance(state, OnboardingSharedState) and terms.onboarding_qualification:
        onboarding = Onboarding(db, terms, state.validate_onboarding, pool)
    extra = None
    if terms.extra:
        extra = ExtraUnits(db, terms, terms.extra, plan.pay_cents, pool, choosing)
    worker_pages = WorkerPages(db.store, terms.run_id, onboarding_data)
    welcoming = Welcoming(
        store=db.store,
        use=plan.use,
        provider=plan.provider,
        terms=terms,
        pages=built.pages,
        self_service=built.self_service,
        worker_pages=worker_pages,
        tally=tally,
        standing=standing,
        changed=changed,
        choosing=choosing,
        listening=listening,
        onboarding=onboarding,
        extras=extras_of(extra, plan.blueprint, state),
    )
    taking_in = TakingIn(db.store, terms, changed, listening)
    return RunDesk(welcoming, worker_pages, taking_in, Talking(db.store), standing, tally)
