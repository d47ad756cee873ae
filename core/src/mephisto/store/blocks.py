"""Who may do nothing more for an account."""

from sqlalchemy import Connection, delete, insert, select

from mephisto.model import blocks


def of_worker(connection: Connection, worker_id: int) -> list[int]:
    """List the accounts that block a worker."""
    query = select(blocks.c.requester_id).where(blocks.c.worker_id == worker_id).order_by(blocks.c.id)
    return list(connection.execute(query).scalars())


def add(
    connection: Connection, new_id: int, worker_id: int, requester_id: int, reason: str, now: int
) -> bool:
    """Block a worker at an account; False if they are blocked there."""
    if requester_id in of_worker(connection, worker_id):
        return False
    row = {"id": new_id, "worker_id": worker_id, "requester_id": requester_id, "reason": reason}
    connection.execute(insert(blocks).values(**row, created_at=now))
    return True


def remove(connection: Connection, worker_id: int, requester_id: int) -> bool:
    """Take a block back; False if there is none."""
    gone = connection.execute(
        delete(blocks).where(blocks.c.worker_id == worker_id, blocks.c.requester_id == requester_id)
    )
    return gone.rowcount == 1
