"""What pages and scripts say to each other passes the desk: kept before it is acknowledged, once, and in order."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from mephisto.data_model.agent import Agent
from mephisto.store import Store


def talk(browser, *texts, after=0):
    """Send what a page says, each under its own name, and return the reply."""
    updates = [{"update_id": f"page {text}", "text": text} for text in texts]
    body = {"USED_AGENT_ID": browser.token, "after": after, "updates": updates}
    return browser.post("/live_updates", json=body)


def texts(reply):
    return [update["data"]["text"] for update in reply.json()["updates"]]


@pytest.fixture
def browser(house):
    house.launch()
    return house.browser().begin()


@pytest.fixture
def agent(house, browser):
    (row,) = house.rows("agents")
    return Agent.get(house.db, row.id)


def test_a_page_that_is_opened_again_hears_all_that_was_said(browser, agent):
    agent.observe({"text": "Hello."})
    talk(browser, "Hi.", after=1)
    agent.observe({"text": "Go on."})
    told = talk(browser).json()["updates"]
    assert [(each["from_worker"], each["data"]["text"]) for each in told] == [
        (False, "Hello."),
        (True, "Hi."),
        (False, "Go on."),
    ]
    assert [each["number"] for each in told] == [1, 2, 3]


def test_what_a_page_said_outlives_the_operator(house, browser, tmp_path):
    talk(browser, "kept")
    house.operator.shutdown()
    other = Store(house.directory)
    (row,) = house.rows("live_updates")
    assert (row.data["text"], row.from_worker) == ("kept", True)
    other.close()


def test_nothing_is_passed_over_when_several_speak_at_once(browser, agent):
    """A page that knows an update never misses one that is committed later."""
    heard, known = [], 0
    with ThreadPoolExecutor(4) as pool:
        speaking = [
            *(pool.submit(agent.observe, {"text": f"script {number}"}) for number in range(40)),
            *(pool.submit(talk, browser, str(number)) for number in range(40)),
        ]
        while not all(each.done() for each in speaking) or known < 80:
            for update in talk(browser, after=known).json()["updates"]:
                assert update["number"] == known + 1
                known = update["number"]
                heard.append(update["data"]["text"])
    assert sorted(heard) == sorted(
        [*(f"script {number}" for number in range(40)), *(str(number) for number in range(40))]
    )


def test_a_long_talk_is_told_in_parts(browser, agent):
    for number in range(130):
        agent.observe({"text": str(number)})
    first = talk(browser)
    rest = talk(browser, after=first.json()["updates"][-1]["number"])
    assert texts(first) + texts(rest) == [str(number) for number in range(130)]
    assert len(texts(first)) == 100


def test_a_page_reads_that_its_attempt_is_over_and_what_it_still_says_is_kept(house, clock):
    house.launch(assignment_duration_in_seconds=60)
    browser = house.browser().begin()
    assert not talk(browser).json()["is_over"]
    clock.advance(61)
    house.until_any("agents", "timeout")
    assert talk(browser, "late").json()["is_over"]
    assert house.rows("live_updates")[0].data["text"] == "late"


GOOD = {"update_id": "1", "text": "x"}


@pytest.mark.parametrize(
    "body",
    [
        {"after": -1},
        {"after": "1"},
        {"after": None},
        {"after": True},
        {"after": 2**40},
        {"updates": {}},
        {"updates": None},
        {"updates": [GOOD] * 101},
        {"updates": ["text"]},
        {"updates": [{"text": "without a name"}]},
        {"updates": [{"update_id": 1}]},
        {"updates": [{"update_id": ""}]},
        {"updates": [{"update_id": "x" * 101}]},
        {"updates": [{"update_id": "nul \0"}]},
        {"updates": [GOOD, {"update_id": "2", "text": "nul \0"}]},
        {"updates": [{"update_id": "\ud800"}]},
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_of_it_is_kept(house, browser, body):
    reply = browser.post("/live_updates", json={"USED_AGENT_ID": browser.token, **body})
    assert reply.status_code == 400
    assert reply.json()["error"]
    assert house.count("live_updates") == 0
