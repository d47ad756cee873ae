"""What a worker's page shows: it is kept for the request that follows right away, and read from the rows otherwise."""

import threading

from sqlalchemy import event

ROWS = [{"name": f"Character {number}"} for number in range(130)]


def page(browser):
    return browser.session.get(browser.url + browser.details["page"], timeout=10)


def values(browser):
    ticket = browser.details["page"].removeprefix("/page-").removesuffix(".html")
    return browser.desk.handle({"packet_type": "page", "subject_id": ticket, "data": {}}).body


def test_a_page_shows_the_same_when_it_is_opened_and_when_it_is_reloaded(house):
    house.launch(ROWS)
    browser = house.browser("x").begin()
    opened, reloaded = values(browser), values(browser)
    assert opened == reloaded
    assert opened["page"] == "task"
    assert opened["values"]["name"] == "Character 0"
    assert opened["values"]["provider_worker_id"] == "x"
    assert opened["values"]["mephisto_agent_id"] == str(house.rows("agents")[0].id)


def test_the_page_of_who_was_given_a_unit_just_now_is_not_read_again(house):
    house.launch(ROWS)
    browser = house.browser().begin()
    here, read = threading.get_ident(), []

    @event.listens_for(house.store._open().engine, "checkout")
    def note(*_):
        if threading.get_ident() == here:
            read.append(True)

    values(browser)
    assert not read
    values(browser)
    assert read


def test_a_page_that_is_opened_after_its_attempt_has_ended_is_not_shown(house, clock):
    house.launch(ROWS, assignment_duration_in_seconds=60)
    browser = house.browser().begin()
    clock.advance(61)
    house.until_any("agents", "timeout")
    assert page(browser).status_code == 404


def test_a_page_that_is_opened_after_its_task_was_handed_in_is_not_shown(house):
    house.launch(ROWS)
    browser = house.browser().begin()
    browser.submit({"a": 1})
    assert page(browser).status_code == 404


def test_workers_who_never_open_their_pages_fill_no_memory(house):
    run = house.launch(ROWS)
    house.until(lambda: run.counts().launched == len(ROWS))
    browsers = [house.browser(f"w{number}").begin() for number in range(len(ROWS))]
    assert len(browsers[0].desk.worker_pages._expected) == 100
    assert values(browsers[0])["values"]["name"] == "Character 0"
