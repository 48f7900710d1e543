"""Objects come from far away: several are fetched at a time, and what comes of them is as if one came after another."""

import hashlib
import threading
from itertools import islice
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from test_discover import LIMITS, PDF, zipped

from tasks.discover import discover


class Far(MemoryFileSystem):
    """An object store whose driver takes several requests at once, and that answers none before so many have come."""

    protocol, async_impl = "far", True
    store, pseudo_dirs = {}, [""]
    asked, wanted, turn = 0, 0, threading.Condition()

    @classmethod
    def _strip_protocol(cls, path):
        return MemoryFileSystem._strip_protocol(path.replace("far://", "memory://"))

    def _open(self, path, mode="rb", **kwargs):
        if mode == "rb":
            self.await_others()
        if mode == "rb" and path.endswith("lost.pdf"):
            raise ConnectionError("the store hung up")
        return super()._open(path, mode, **kwargs)

    @classmethod
    def await_others(cls):
        with cls.turn:
            cls.asked += 1
            cls.turn.notify_all()
            if not cls.turn.wait_for(lambda: cls.asked >= cls.wanted, timeout=30):
                raise TimeoutError("nobody else came")


@pytest.fixture
def far():
    fsspec.register_implementation("far", Far, clobber=True)
    yield fsspec.filesystem("far")
    Far.store.clear()


@pytest.fixture
def take_in(tmp_path):
    """The documents of a bucket, one by one."""
    return lambda: discover("far://in", LIMITS, tmp_path / "spool")


def test_several_are_on_their_way_at_once_and_arrive_in_the_order_of_their_names(far, take_in, monkeypatch):
    """The first comes once seven others were asked for, too: one after another none would ever come."""
    objects = {f"/in/{number:02}.pdf": PDF + str(number).encode() for number in range(24)}
    far.pipe(objects)
    monkeypatch.setattr(Far, "wanted", 8)
    monkeypatch.setattr(Far, "asked", 0)
    files = list(take_in())
    assert [file.file_name for file in files] == [name.removeprefix("/in/") for name in objects]
    assert [file.document_id for file in files] == [hashlib.sha256(data).hexdigest() for data in objects.values()]
    assert [Path(file.path).read_bytes() for file in files] == list(objects.values())


def test_one_that_can_not_be_fetched_is_told_and_the_others_come(far, take_in):
    """Containers among them, too."""
    far.pipe({"/in/a.pdf": PDF, "/in/lost.pdf": PDF, "/in/z.zip": zipped({"b.pdf": PDF + b"%"})})
    found = {file.file_name: file.problem for file in take_in()}
    assert found == {
        "a.pdf": None,
        "lost.pdf": ("unreadable", "it can't be read: the store hung up"),
        "z.zip/b.pdf": None,
    }


def test_a_copy_is_there_also_where_its_original_was_settled_and_deleted_meanwhile(far, take_in):
    """Both lie in the spool under the name of their bytes, and the second was there before the first was asked for."""
    far.pipe({f"/in/{name}.pdf": PDF for name in "abc"})
    for file in take_in():
        assert Path(file.path).read_bytes() == PDF
        Path(file.path).unlink()


def test_a_run_that_wants_no_more_of_them_waits_for_none(far, take_in):
    """`--limit` ends it: no thread goes on."""
    far.pipe({f"/in/{number:03}.pdf": PDF + str(number).encode() for number in range(100)})
    before = threading.active_count()
    files = take_in()
    assert len(list(islice(files, 2))) == 2
    files.close()
    assert threading.active_count() == before
