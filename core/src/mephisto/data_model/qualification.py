"""Qualifications: named marks on workers, what workers hold of them, and how tasks compare them."""

from datetime import datetime

from sqlalchemy import select

from mephisto.data_model.base import StoredObject
from mephisto.model import granted_qualifications, qualifications
from mephisto.qualification_rules import (
    COMPARATORS,
    QUAL_EQUAL,
    QUAL_EXISTS,
    QUAL_GREATER,
    QUAL_GREATER_EQUAL,
    QUAL_IN_LIST,
    QUAL_LESS,
    QUAL_LESS_EQUAL,
    QUAL_NOT_EQUAL,
    QUAL_NOT_EXIST,
    QUAL_NOT_IN_LIST,
    make_qualification_dict,
)

__all__ = [
    "COMPARATORS",
    "QUAL_EQUAL",
    "QUAL_EXISTS",
    "QUAL_GREATER",
    "QUAL_GREATER_EQUAL",
    "QUAL_IN_LIST",
    "QUAL_LESS",
    "QUAL_LESS_EQUAL",
    "QUAL_NOT_EQUAL",
    "QUAL_NOT_EXIST",
    "QUAL_NOT_IN_LIST",
    "GrantedQualification",
    "Qualification",
    "make_qualification_dict",
]


class Qualification(StoredObject):
    """A name that can be granted."""

    subject = "qualification"
    rows = select(
        qualifications.c.id,
        qualifications.c.name.label("qualification_name"),
        qualifications.c.description,
        qualifications.c.created_at.label("creation_date"),
    )

    qualification_name: str
    description: str
    creation_date: datetime


class GrantedQualification(StoredObject):
    """What a worker holds of a qualification."""

    subject = "granted qualification"
    rows = select(
        granted_qualifications.c.id,
        granted_qualifications.c.worker_id,
        granted_qualifications.c.qualification_id,
        qualifications.c.name.label("qualification_name"),
        granted_qualifications.c.value,
        granted_qualifications.c.created_at.label("creation_date"),
        granted_qualifications.c.updated_at.label("update_date"),
    ).join_from(granted_qualifications, qualifications)

    worker_id: str
    qualification_id: str
    qualification_name: str
    value: int
    creation_date: datetime
    update_date: datetime
