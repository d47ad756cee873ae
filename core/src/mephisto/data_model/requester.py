"""Requesters: the accounts that launch."""

from mephisto.data_model.objects import Requester

__all__ = ["Requester"]
