"""A real run, a real page and a script in a thread talk with each other, through a reload and until the answer."""

import threading

import pytest

from mephisto.data_model.exceptions import AgentTimeoutError
from mephisto.tools.data_browser import DataBrowser

TEMPLATE = """<input id="question"><button type="button" id="ask">Ask</button><ul></ul>
<form><input name="guess"><button>Submit</button></form>
<script>
  mephistoLiveTask.onLiveUpdate((update) => {
    document.querySelector("ul").append(Object.assign(document.createElement("li"), { textContent: update.text }));
  });
  document.getElementById("ask").onclick = () => {
    mephistoLiveTask.sendLiveUpdate({ text: document.getElementById("question").value });
  };
</script>
"""


@pytest.fixture
def run(launch):
    return launch(TEMPLATE, [{"animal": "cow"}, {"animal": "duck"}])


def answer(agent, told):
    """Answer all questions of one worker, as a script would, until they have guessed."""
    while (update := agent.get_live_update(timeout=30)) is not None:
        told.append(update["text"])
        agent.observe({"text": f"{update['text']} Ask the {agent.state.get_init_state()['animal']}."})


def asks(task, question):
    task.locator("#question").fill(question)
    task.locator("#ask").click()
    task.get_by_text(f"{question} Ask the cow.").wait_for()


def test_a_worker_and_a_script_talk_until_the_answer_is_in(context, operator, run):
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{run.url}/?worker_id=x&assignment_id=1")
    task = page.frame_locator("iframe")
    task.locator("[name=guess]").wait_for()
    (agent,) = operator.db.find_agents(status="in task")
    told = []
    answering = threading.Thread(target=answer, args=(agent, told))
    answering.start()
    asks(task, "Does it fly?")
    page.reload()
    task.get_by_text("Does it fly? Ask the cow.").wait_for()
    asks(task, "Is it big?")
    task.locator("[name=guess]").fill("cow")
    task.get_by_role("button", name="Submit").click()
    page.get_by_role("heading", name="Your answer is saved").wait_for()
    answering.join(30)
    assert not answering.is_alive()
    assert told == ["Does it fly?", "Is it big?"]
    data = DataBrowser(operator.db).get_data_from_unit(agent.get_unit())["data"]
    assert data["outputs"]["guess"] == "cow"
    said = [each["data"]["text"] for each in data["live_updates"]]
    assert said == [
        "Does it fly?",
        "Does it fly? Ask the cow.",
        "Is it big?",
        "Is it big? Ask the cow.",
    ]


def test_a_worker_who_says_nothing_for_too_long_reads_that_their_time_is_over(context, operator, run):
    page = context.new_page()
    page.goto(f"{run.url}/?worker_id=x&assignment_id=1")
    page.frame_locator("iframe").locator("[name=guess]").wait_for()
    (agent,) = operator.db.find_agents(status="in task")
    with pytest.raises(AgentTimeoutError):
        agent.get_live_update(timeout=0.5)
    page.get_by_text("Your time is over").wait_for()
