"""The example with screening units, as a researcher launches it and workers meet it."""


def rate(new_worker, url, worker, place, shown, rating):
    """Let a worker rate what they are shown; return what they read then."""
    window = new_worker()
    frame = window.open(f"{url}/?worker_id={worker}&assignment_id={place}")
    frame.get_by_text(shown).wait_for()
    frame.get_by_role("radio", name=rating).check()
    return window.submit(frame).notice


def test_workers_pass_fail_and_come_back(researcher, new_worker):
    words = ("python", "static_run_with_screening.py", "mephisto.architect.port=0")
    with researcher.launch(*words) as script:
        url = script.url
        assert "saved" in rate(new_worker, url, "x", 1, "Ida the Lamplighter", "Good")
        rate(new_worker, url, "z", 1, "Ida the Lamplighter", "Bad")
        failed = new_worker()
        failed.page.goto(f"{url}/?worker_id=z&assignment_id=2")
        failed.page.get_by_text("You cannot work on this task.").wait_for()
        for place in (2, 3):
            rate(new_worker, url, "x", place, f"Loaded Character {place - 1}", "Passable")
        assert script.exit_status() == 0, script.printed
    assert researcher.rows("SELECT kind, unit_index, status FROM unit ORDER BY kind, id") == [
        ("screening", -1, "completed"),
        ("screening", -1, "completed"),
        ("standard", 0, "completed"),
        ("standard", 0, "completed"),
    ]
