import pytest

from mephisto.web import Limits, Site


def test_a_site_is_read_as_it_was_written(tmp_path):
    site = Site(
        title="Bewerten",
        description="Zwölf Zeilen",
        task_page="task.html",
        preview_page="preview.html",
        task_config={"frame_height": 650, "nested": {"list": [1, None, True]}},
        frame_ancestors=("'self'", "https://*.mturk.com"),
        limits=Limits(answer=10, upload=20, uploads=3, total=40),
    )
    site.write(tmp_path / "new" / "site")
    assert Site.read(tmp_path / "new" / "site") == site
    assert (tmp_path / "new" / "site" / "public").is_dir()


@pytest.mark.parametrize("source", ["'self'; script-src *", "a\r\nSet-Cookie: b", "", "a b", "a,b"])
def test_a_source_that_may_frame_cannot_write_a_policy_of_its_own(source):
    with pytest.raises(ValueError, match="cannot be a source"):
        Site("T", "D", "task.html", frame_ancestors=(source,))
