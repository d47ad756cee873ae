"""The review in Chromium, by keyboard only."""


def test_answers_are_decided_one_after_the_other_and_taken_back(reviewer, db):
    reviewer.sees(1, "x").press("a").is_told("Accepted: row 1, worker x").sees(1, "y")
    reviewer.press("p").is_told("Passed: row 1, worker y").sees(2, "x")
    reviewer.press("r")
    reviewer.page.get_by_role("dialog").wait_for()
    reviewer.press("Enter")
    assert reviewer.page.get_by_role("dialog").is_visible()
    reviewer.types("Copied.").press("Enter").is_told("Rejected: row 2").sees(2, "y")
    assert {unit.db_status for unit in db.find_units()} == {
        "accepted",
        "soft_rejected",
        "rejected",
        "completed",
    }
    reviewer.press("u").is_told("Taken back: 1 decision").sees(2, "x")
    reviewer.press("u").sees(1, "y").press("u").sees(1, "x")
    reviewer.press("u").is_told("no decision to take back")
    assert {unit.db_status for unit in db.find_units()} == {"completed"}
