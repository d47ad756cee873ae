from typing import Any

from mephisto.abstractions.databases.local_database import LocalMephistoDB
from mephisto.data_model.unit import Unit
from mephisto.tools.examine_utils import run_examine_or_review


def main() -> None:
    db = LocalMephistoDB()

    def format_for_printing(data: dict[str, Any]) -> str:
        inputs, outputs = data["data"]["inputs"], data["data"]["outputs"]
        agent = Unit.get(db, data["unit_id"]).get_assigned_agent()
        lines = [
            "-------------------",
            f"Worker: {data['worker_name']}",
            f"Unit: {data['unit_id']}",
            f"Duration: {data['task_end'] - data['task_start']:.0f}",
            f"Status: {data['status']}",
            f"Character: {inputs['character_name']}",
            f"Description: {inputs['character_description']}",
            f"   Rating: {outputs.get('rating')}",
            f"   Files: {outputs.get('files', [])}",
            f"   File directory {agent.get_data_dir()}",
        ]
        return "\n".join(lines)

    run_examine_or_review(db, format_for_printing)
    db.shutdown()


if __name__ == "__main__":
    main()
