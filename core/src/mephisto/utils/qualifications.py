"""An import path of existing run scripts; what it names lives in `mephisto.data_model`."""

from mephisto.data_model.qualification import make_qualification_dict
from mephisto.data_model.qualifying import find_or_create_qualification, worker_is_qualified

__all__ = ["find_or_create_qualification", "make_qualification_dict", "worker_is_qualified"]
