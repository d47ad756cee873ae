"""What one worker's page asks, as steps of a load."""

from typing import Any

from benchmarks.http_client import Connection


def request_agent(connection: Connection, number: int) -> str:
    """Ask for a unit as a new worker; return the agent's token and page."""
    return str(_details(connection, number)["agent_id"])


def submit(connection: Connection, token: str) -> str:
    """Hand in about 1 kB; return the receipt."""
    body = {"USED_AGENT_ID": token, "final_data": {"answer": "x" * 900}, "submission_id": "one"}
    return str(connection.post("/submit_task", body)["receipt"])


def flow(connection: Connection, number: int) -> str:
    """Open the page, read the configuration, get an agent and its page, and hand in an answer."""
    connection.get("/")
    connection.get("/task_config.json")
    details = _details(connection, number)
    connection.get(details["page"])
    return submit(connection, details["agent_id"])


def _details(connection: Connection, number: int) -> Any:
    who = {"worker_name": f"w{number}", "place": f"p{number}"}
    details = connection.post("/request_agent", {"provider_data": who, "browser_key": "k"})["data"]
    if not details["agent_id"]:
        raise RuntimeError(f"There was no unit for w{number}: {details}")
    return details
