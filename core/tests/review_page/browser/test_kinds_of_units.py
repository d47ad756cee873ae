"""What reviewers read of units beside the data, in Chromium."""


def test_a_screening_unit_is_named_as_one_and_decided_about_like_any(crowd, db, new_reviewer):
    terms = crowd.launch(rows=1)
    crowd.answer(terms, "x")
    crowd.send(terms, crowd.screen(terms, "y", {"example": "An example"}), {"rating": "good"})
    reviewer = new_reviewer(terms).sees(1, "x").press("j")
    reviewer.page.get_by_role("heading", name="Screening unit, worker y", exact=True).wait_for()
    reviewer.page.get_by_role("navigation").get_by_text("Screening unit").wait_for()
    reviewer.page.get_by_text("Data of this unit").wait_for()
    reviewer.press("a").is_told("Accepted: screening unit, worker y")
    assert [unit.db_status for unit in db.find_units(unit_index=-1)] == ["accepted"]
