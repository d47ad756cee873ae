"""File systems on which a database must not lie: those that other machines share."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol

import psutil

#: As `mount` names them, without `fuse.` in front; numbers at the end (nfs4, smb3) are left out, too.
NETWORK: Final = frozenset(
    {
        *("nfs", "cifs", "smb", "smbfs", "ncpfs", "afpfs", "9p", "afs", "coda"),
        *("sshfs", "rclone", "s3fs", "s3ql", "gcsfuse", "davfs", "webdav", "google-drive-ocamlfuse"),
        *("ceph", "glusterfs", "lustre", "gpfs", "beegfs", "orangefs", "pvfs", "panfs", "ocfs", "gfs"),
    }
)


#: In front of a path that Windows takes as it stands, and of one of them that leads to another machine.
_LONG: Final = "\\\\?\\"
_LONG_SHARE: Final = "\\\\?\\UNC\\"


class Mounted(Protocol):
    """What is known of a mounted file system."""

    @property
    def mountpoint(self) -> str: ...
    @property
    def fstype(self) -> str: ...
    @property
    def opts(self) -> str: ...


def real_path(path: Path) -> Path:
    """Return *path*, absolute and without links, as a person would write it.

    On Windows, Python answers with the long form if somebody makes what is asked for at that moment.
    """
    found = os.path.realpath(path)
    if found.startswith(_LONG_SHARE):
        return Path("\\\\" + found.removeprefix(_LONG_SHARE))
    return Path(found.removeprefix(_LONG))


def network_file_system(path: Path, mounted: Iterable[Mounted] | None = None) -> str | None:
    """Return the kind of the network file system on which *path*, absolute and without links, lies; None if on none.

    *mounted* is what this machine has mounted, unless it is given; what cannot be found out counts as local.
    """
    if path.drive.startswith("\\\\"):
        return "network share"
    home = _home(path, _all_mounted() if mounted is None else mounted)
    if home is None:
        return None
    kind = home.fstype.lower().removeprefix("fuse.").removeprefix("fuse_")
    is_network = kind in NETWORK or kind.rstrip("0123456789") in NETWORK
    return home.fstype if is_network or "remote" in home.opts.split(",") else None


def _all_mounted() -> Iterable[Mounted]:
    try:
        return psutil.disk_partitions(all=True)
    except (OSError, psutil.Error):
        return ()


def _home(path: Path, mounted: Iterable[Mounted]) -> Mounted | None:
    """Find the deepest mount point above *path*; of several on one point, the last covers the others."""
    home, depth = None, 0
    for candidate in mounted:
        point = Path(candidate.mountpoint)
        if path.is_relative_to(point) and len(point.parts) >= depth:
            home, depth = candidate, len(point.parts)
    return home
