from pathlib import Path

from mephisto.testing import BlueprintTests

FILES = Path(__file__).with_name("conformance").as_posix()


class TestStatic(BlueprintTests):
    name = "static_task"
    options = {  # noqa: RUF012 - it is read only
        "task_source": f"{FILES}/task.html",
        "data_csv": f"{FILES}/data.csv",
        "units_per_assignment": 2,
    }
