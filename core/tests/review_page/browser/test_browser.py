"""The review in Chromium, by keyboard only."""

import re

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe

from mephisto.data_model.objects import Agent
from mephisto.status import AgentStatus


def test_answers_are_decided_one_after_the_other_and_taken_back(reviewer, db):
    reviewer.sees(1, "x").press("a").is_told("Accepted: row 1, worker x").sees(1, "y")
    reviewer.press("p").is_told("Passed: row 1, worker y").sees(2, "x")
    reviewer.press("r").asked("Reject row 2, worker x?").press("Enter").asked("Reject row 2, worker x?")
    reviewer.types("Copied.").press("Enter").is_told("Rejected: row 2").sees(2, "y")
    decided = {"accepted", "soft_rejected", "rejected", "completed"}
    assert {unit.db_status for unit in db.find_units()} == decided
    reviewer.page.get_by_text("3 of 6 decided").wait_for()
    reviewer.press("u").is_told("Taken back: 1 decision").sees(2, "x")
    reviewer.press("u").sees(1, "y").idle().press("u").sees(1, "x").idle()
    reviewer.press("u").is_told("no decision to take back")
    assert {unit.db_status for unit in db.find_units()} == {"completed"}


def test_a_rejection_that_is_cancelled_decides_nothing(reviewer, db):
    reviewer.sees(1, "x").press("r").asked("Reject").types("No").press("Escape").answered()
    reviewer.press("j").sees(1, "y")
    assert {unit.db_status for unit in db.find_units()} == {"completed"}


def test_one_goes_up_and_down_the_list(reviewer):
    reviewer.sees(1, "x").press("k").is_told("This is the first one")
    for key, row, worker in (("j", 1, "y"), ("ArrowDown", 2, "x"), ("ArrowUp", 1, "y"), ("k", 1, "x")):
        reviewer.press(key).sees(row, worker)
    for _ in range(5):
        reviewer.press("j").idle()
    reviewer.sees(3, "y").press("j").is_told("This is the last one")


def test_a_note_is_kept_with_the_decision(reviewer, db):
    reviewer.sees(1, "x").press("n").types("a nice pair").press("Enter", "a").is_told("Accepted")
    reviewer.press("k").sees(1, "x")
    reviewer.page.get_by_role("list", name="Decisions").get_by_text("a nice pair").wait_for()
    reviewer.page.get_by_role("button", name="Accept", pressed=True).wait_for()


def test_all_of_a_worker_are_decided_after_a_confirmation_that_counts(reviewer, db):
    reviewer.sees(1, "x").press("Shift+P").asked("Pass 3 undecided answers of worker x?")
    reviewer.types("Too quick").press("Tab")
    assert reviewer.focus() == "Pass 3"
    reviewer.press("Enter").is_told("Passed: 3 answers of worker x").sees(1, "y")
    assert sorted(agent.db_status for agent in db.find_agents()) == ["completed"] * 3 + ["soft_rejected"] * 3
    reviewer.press("u").is_told("Taken back: 3 decisions").sees(1, "x")
    assert {agent.db_status for agent in db.find_agents()} == {"completed"}


def test_bulk_decides_about_what_the_filters_show_and_says_so(reviewer, db):
    reviewer.sees(1, "x").press("Shift+A").asked("Accept 3 undecided answers of worker x?")
    reviewer.page.get_by_text("These are all of this task.").wait_for()
    reviewer.press("Escape").answered().press("/").types("Character 2").sees(2, "x").press("Escape")
    reviewer.page.get_by_text("All undecided answers of this worker that the filters show").wait_for()
    assert reviewer.idle().page.get_by_role("searchbox", name="Text").input_value() == "Character 2"
    reviewer.press("Shift+A").asked("Accept 1 undecided answer of worker x?")
    reviewer.page.get_by_text("the worker's others stay as they are").wait_for()
    reviewer.press("Enter").is_told("Accepted: 1 answer of worker x")
    assert sorted(agent.db_status for agent in db.find_agents()) == ["approved"] + ["completed"] * 5


def test_a_decision_made_meanwhile_is_shown_and_not_overwritten(reviewer, db):
    reviewer.sees(1, "x")
    agent = db.find_agents()[0]
    Agent(db, agent.db_id).decide(AgentStatus.REJECTED, "Copied.")
    reviewer.press("a").is_told("decided meanwhile")
    reviewer.page.get_by_role("list", name="Decisions").get_by_text("Copied.").wait_for()
    assert Agent(db, agent.db_id).db_status == "rejected"
    reviewer.press("a").is_told("Accepted: row 1, worker x")
    assert Agent(db, agent.db_id).db_status == "approved"


def test_filters_are_reached_by_keys(reviewer):
    reviewer.sees(1, "x").press("/").types("Character 3")
    reviewer.sees(3, "x").press("Escape", "j").sees(3, "y")
    reviewer.press("/", "Control+a").types("nobody wrote this")
    reviewer.page.get_by_role("heading", name="Nothing here").wait_for()
    reviewer.press("Control+a", "Delete").sees(1, "x")


def test_the_page_is_as_the_worker_saw_it_and_cannot_be_changed(reviewer, db):
    reviewer.sees(1, "x")
    task = reviewer.task
    task.get_by_role("heading", name="Character 1").wait_for()
    assert task.get_by_role("heading").evaluate("e => getComputedStyle(e).color") == "rgb(1, 2, 3)"
    face = task.get_by_alt_text("A face")
    assert face.evaluate("e => e.decode().then(() => e.naturalWidth)") == 120
    why = task.get_by_label("Why")
    assert why.input_value() == "Because x says so."
    assert task.get_by_label("Good").is_checked()
    assert reviewer.page.evaluate("document.activeElement.localName") == "body"
    why.press_sequentially("more")
    task.get_by_label("Poor").press("Space")
    task.get_by_role("button", name="Submit").press("Enter")
    assert why.input_value() == "Because x says so."
    assert task.get_by_label("Good").is_checked()
    # Keys are the page's until Escape brings them back.
    reviewer.press("j", "Escape")
    reviewer.page.wait_for_function("document.activeElement.id === 'detail'")
    reviewer.press("j").sees(1, "y")


def test_the_page_of_the_task_cannot_reach_the_review(reviewer, served, client):
    reviewer.sees(1, "x").task.get_by_role("heading").wait_for()
    frame = reviewer.page.frames[1]
    assert frame.evaluate("location.origin") == served.pages
    assert frame.evaluate("Object.keys(sessionStorage).length") == 0
    reach = "(url) => fetch(url).then((r) => r.status, () => 'refused')"
    assert frame.evaluate(reach, f"{served.url}/api/task") == "refused"
    with_header = (
        "(url) => fetch(url, {headers: {'X-Mephisto-Review': 'x'}}).then((r) => r.status, () => 'refused')"
    )
    assert frame.evaluate(with_header, f"{served.url}/api/task") == "refused"
    opened = "() => { try { return top.sessionStorage.length } catch { return 'refused' } }"
    assert frame.evaluate(opened) == "refused"


def test_a_link_opens_once_and_stays_open_in_its_tab(reviewer, served, context, links):
    reviewer.sees(1, "x")
    assert reviewer.page.url == f"{served.url}/"
    reviewer.page.reload()
    reviewer.sees(1, "x")
    assert context.cookies() == []
    other = context.new_page()
    other.goto(f"{served.url}/#used")
    other.get_by_role("heading", name="Open the newest link").wait_for()
    other.goto("about:blank")
    other.goto(links[-1])
    other.get_by_role("heading", name="Row 1, worker x").wait_for()


def test_files_of_an_answer_are_shown_or_saved(client_of, new_reviewer, crowd, png):
    run = crowd.launch(rows=1, per_row=1)
    crowd.answer(
        run,
        "z",
        files=[
            ("drawing.png", "image/png", png),
            ("notes.txt", "text/plain", b"<b>plain</b>"),
            ("broken.png", "image/png", b"<script>"),
            ("page.html", "text/html", b"<script>top.hacked = 1</script>"),
        ],
    )
    reviewer = new_reviewer(run).sees(1, "z")
    files = reviewer.page.get_by_role("list", name="Files")
    picture = files.get_by_role("img", name="drawing.png")
    assert picture.evaluate("e => e.decode().then(() => e.naturalWidth)") == 1
    assert files.get_by_role("region", name="notes.txt").text_content() == "<b>plain</b>"
    files.get_by_text("It cannot be shown").wait_for()
    save = files.get_by_role("button", name="Save page.html")
    save.focus()
    with reviewer.page.expect_download() as download:
        reviewer.press("Enter")
    assert download.value.suggested_filename == "page.html"
    assert len(reviewer.page.context.pages) == 1


def test_what_workers_send_is_only_ever_text(new_reviewer, crowd, site):
    evil = "</script><img src=x onerror='top.hacked = hacked = 1'><script>hacked = 1</script>"
    run = crowd.launch(rows=1, per_row=2)
    site(run)
    files = [(f"{evil}.txt", "text/plain", evil.encode())]
    held = crowd.answer(run, evil, {"why": evil, evil: [evil, {evil: evil}]}, files=files)
    crowd.answer(run, "y")
    crowd.talk(held, evil, evil)
    Agent(crowd.db, held.agent_id).decide(AgentStatus.REJECTED, evil)
    reviewer = new_reviewer(run).sees(1, "y").press("k")
    reviewer.page.get_by_label("Show").select_option("rejected")
    reviewer.sees(1, evil).task.get_by_label("Why").wait_for()
    assert reviewer.task.get_by_label("Why").input_value() == evil
    reviewer.page.get_by_role("region", name=".txt").get_by_text("hacked").wait_for()
    assert [frame.evaluate("typeof hacked") for frame in reviewer.page.frames] == ["undefined"] * 2
    assert reviewer.page.locator("img").count() == 0


def test_many_pages_are_gone_through_by_keys(new_reviewer, crowd):
    run = crowd.launch(rows=52, per_row=1)
    for number in range(52):
        crowd.answer(run, f"w{number}")
    reviewer = new_reviewer(run).sees(1, "w0")
    for _ in range(49):
        reviewer.press("j").idle()
    reviewer.sees(50, "w49").press("j").sees(51, "w50").idle()
    reviewer.press("k").sees(50, "w49").idle()
    reviewer.press("a").is_told("Accepted: row 50").sees(51, "w50").idle()
    reviewer.press("u").sees(50, "w49")


def test_the_keys_are_told(reviewer):
    reviewer.sees(1, "x").press("?")
    reviewer.page.get_by_role("dialog", name="Keys").wait_for()
    assert findings(reviewer.page) == []
    reviewer.press("Escape").answered().press("j").sees(1, "y")


@pytest.fixture
def rich(crowd, site, terms, png):
    """Answers of every kind, with files, notes and a history."""
    run = crowd.launch(rows=2, per_row=2)
    site(run)
    crowd.answer(run, "b")
    partial = crowd.claim(run, "partial")
    crowd.end(partial, draft={"why": "Not yet"})
    first = crowd.answer(
        run,
        "a-worker-with-a-very-long-name-that-does-not-fit-anywhere",
        {"rating": "good", "why": "long " * 600, "tags": ["one", "two"], "box": {"left": 1, "empty": None}},
        files=[("drawing.png", "image/png", png), ("notes.txt", "text/plain", b"text\n" * 50)],
    )
    crowd.send(run, first, {"why": "second"}, "another")
    crowd.talk(first, "May I draw it by hand?", "Please do. " * 20, "Thank you.")
    Agent(crowd.db, first.agent_id).decide(AgentStatus.SOFT_REJECTED, "Too " + "long " * 30)
    return run


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (640, 400), (320, 640)])
def test_everyone_can_use_it_in_every_window(rich, new_reviewer, scheme, width, height):
    """A window of 640 by 400 is one of 1280 by 800 at 200 %."""
    reviewer = new_reviewer(rich)
    reviewer.page.emulate_media(color_scheme=scheme)
    reviewer.page.set_viewport_size({"width": width, "height": height})
    reviewer.sees(1, "x")
    assert findings(reviewer.page) == []
    reviewer.press("r").asked("Reject")
    assert findings(reviewer.page) == []
    reviewer.press("Escape").answered()
    reviewer.page.get_by_label("Show").select_option("")
    reviewer.page.get_by_role("searchbox", name="Worker").fill("a-worker")
    reviewer.sees(2, "a-worker-with-a-very-long-name-that-does-not-fit-anywhere")
    reviewer.page.get_by_role("img", name="drawing.png").wait_for()
    reviewer.page.get_by_text("May I draw it by hand?").wait_for()
    closed = reviewer.page.locator("details:not([open]) > summary")
    while closed.count():
        closed.first.press("Enter")
    assert findings(reviewer.page) == []
    assert reviewer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("scheme", "raised"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(28, 31, 36)")])
def test_browsers_that_do_not_know_light_dark_have_its_colors(rich, new_reviewer, scheme, raised):
    reviewer = new_reviewer(rich)
    reviewer.page.route(
        "**/static/*.css",
        lambda route: route.fulfill(
            content_type="text/css", body=route.fetch().text().replace("light-dark(", "not-known-here(")
        ),
    )
    reviewer.page.emulate_media(color_scheme=scheme)
    reviewer.page.reload()
    reviewer.sees(1, "x")
    reviewer.press("r").asked("Reject")
    dialog = reviewer.page.get_by_role("dialog")
    assert dialog.evaluate("(node) => getComputedStyle(node).backgroundColor") == raised


def test_everything_is_reached_by_the_tab_key(reviewer):
    reviewer.sees(1, "x")
    reached = set()
    for _ in range(30):
        reviewer.press("Tab")
        reached.add(
            reviewer.page.evaluate(
                "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
                " || document.activeElement.title"
            )
        )
    for name in ("Keys ?", "Worker", "Text", "Row 1xTo review", "Accept a", "Reject r", "Note", "Worker y"):
        assert any(found.startswith(name) for found in reached), name
    assert "The page as worker x saw it" in reached


def test_an_ended_review_says_so(context, serving, terms, crowd):
    from mephisto.review.page.serving import served_review

    with served_review(crowd.db, str(terms.task_id), "characters", 0, lambda _: None) as served:
        page = context.new_page()
        page.goto(served.link)
        page.get_by_role("heading", name="Row 1, worker x").wait_for()
        assert requests.get(served.url, timeout=10).status_code == 200
    page.keyboard.press("a")
    page.get_by_role("status").get_by_text(re.compile("The review has ended")).wait_for()


def findings(page):
    # Inside the frame is the researcher's own page.
    results = Axe().run(page, context={"exclude": [["iframe"]]})
    return [
        (found["id"], [node["html"] for node in found["nodes"]]) for found in results.response["violations"]
    ]
