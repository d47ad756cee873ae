"""A database must not lie on a file system that other machines share."""

from pathlib import Path
from typing import NamedTuple

import pytest

from mephisto.errors import StoreError
from mephisto.store import Store
from mephisto.store.file.file_systems import network_file_system, real_path


class Mounted(NamedTuple):
    mountpoint: str
    fstype: str
    opts: str = "rw"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/me/data", "nfs4"),
        ("/home/me/fast/data", None),
        ("/home/me/fast/share/x", "fuse.sshfs"),
        ("/mnt/c/data", "9p"),
        ("/mnt/windows", "cifs"),
        ("/cluster/scratch/me", "lustre"),
        ("/data", None),
        ("/home/melanie", None),
        ("/over", "smb3"),
        ("/net/x", "nfs"),
        ("/remote", "apfs"),
    ],
)
def test_network_file_systems_are_known(path, kind):
    mounted = [
        Mounted("/", "ext4"),
        Mounted("/home/me", "nfs4"),
        Mounted("/home/me/fast", "xfs"),
        Mounted("/home/me/fast/share", "fuse.sshfs"),
        Mounted("/mnt/c", "9p"),
        Mounted("/mnt/windows", "cifs"),
        Mounted("/cluster", "lustre"),
        Mounted("/over", "ext4"),
        Mounted("/over", "smb3"),
        Mounted("/net", "autofs"),
        Mounted("/net/x", "nfs"),
        Mounted("/remote", "apfs", "rw,remote"),
    ]
    assert network_file_system(Path(path), mounted) == kind


@pytest.mark.parametrize(
    ("found", "written"),
    [
        ("\\\\?\\C:\\data", "C:\\data"),
        ("\\\\?\\UNC\\server\\share\\data", "\\\\server\\share\\data"),
        ("/home/me/data", "/home/me/data"),
    ],
)
def test_a_disk_of_windows_is_no_network_share_in_whichever_form_its_path_comes(found, written, monkeypatch):
    """Two launches that make the data directory at the same moment get it in the long form."""
    monkeypatch.setattr("os.path.realpath", lambda _: found)
    assert str(real_path(Path("data"))) == str(Path(written))


def test_a_network_file_system_is_refused_with_the_ways_out(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "psutil.disk_partitions", lambda **_: [Mounted("/", "ext4"), Mounted(str(tmp_path.resolve()), "nfs")]
    )
    with pytest.raises(StoreError) as caught:
        Store(tmp_path / "data").open()
    told = str(caught.value)
    assert "network file system (nfs)" in told
    assert "MEPHISTO_DATA_DIR" in told
    assert "core.main_data_directory" in told
    assert list((tmp_path / "data").iterdir()) == []


def test_where_the_mounted_cannot_be_listed_the_disk_counts_as_local(tmp_path, monkeypatch):
    def fails(**_):
        raise PermissionError

    monkeypatch.setattr("psutil.disk_partitions", fails)
    Store(tmp_path).open().close()
