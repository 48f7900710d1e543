"""A file that is unchanged is not read again, and nothing else is taken for unchanged."""

import hashlib
import os
import random
import sys
import zipfile
from itertools import islice

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from test_discover import LIMITS, PDF, PNG, XML

from tasks.discover import Seen, discover, stamps

OPENED = []
sys.addaudithook(lambda event, about: OPENED.append(str(about[0])) if event == "open" else None)


@pytest.fixture
def source(tmp_path):
    """Three documents."""
    folder = tmp_path / "source"
    folder.mkdir()
    for name, data in (("a.pdf", PDF), ("b.png", PNG), ("c.xml", XML)):
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def look(tmp_path, source, monkeypatch):
    """Walk through a source as the next run would: its documents, and the names of those that were opened.

    Files are taken for settled down as soon as they are written: the clock of this machine's disks ticks fast enough.
    """
    monkeypatch.setattr(stamps, "SETTLING_NS", 0)

    def look(place=source, settled=True, most=None, **limits):
        rules = LIMITS.model_copy(update=limits)
        seen = Seen(tmp_path / "store", str(place), rules, lambda ids: set(ids) if settled else set())
        OPENED.clear()
        files = list(islice(discover(str(place), rules, tmp_path / "spool", (), seen), most))
        return files, sorted({name.rpartition("/")[2] for name in OPENED if name.startswith(str(place))})

    return look


def test_what_is_unchanged_is_not_opened_and_is_the_same_document(look):
    """The second walk is a listing."""
    first, opened = look()
    assert opened == ["a.pdf", "b.png", "c.xml"]
    assert look() == look() == (first, [])


@pytest.mark.parametrize("how", ["longer", "same size and date", "another file of the same size and date"])
def test_what_was_changed_is_read(look, source, how):
    """Size and date can be kept by whoever writes; the time of the last change of status can not."""
    look()
    file, status = source / "a.pdf", (source / "a.pdf").stat()
    other = file if "another" not in how else source.with_name("other")
    other.write_bytes(PDF + b"%" if how == "longer" else PDF.replace(b"1.7", b"1.6"))
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(file)
    (changed, *_), opened = look()
    assert opened == ["a.pdf"]
    assert changed.document_id == hashlib.sha256(file.read_bytes()).hexdigest()
    assert look()[1] == []


def test_what_was_just_written_is_read_again(look, source, monkeypatch):
    """It could be written to once more within the same tick of the clock, and nothing would tell."""
    monkeypatch.setattr(stamps, "SETTLING_NS", 3600 * 10**9)
    assert look()[1] == look()[1] == ["a.pdf", "b.png", "c.xml"]


def test_new_files_are_found_and_lost_ones_forgotten(look, source):
    """The memory holds what the last walk saw and no more."""
    look()
    (source / "a.pdf").rename(source / "d.pdf")
    assert look()[1] == ["d.pdf"]
    (source / "d.pdf").rename(source / "a.pdf")
    assert look()[1] == ["a.pdf"]


def test_a_walk_that_does_not_end_leaves_the_memory_as_it_was(look):
    """A limit, an error, a kill."""
    first, _ = look()
    assert look(most=1) == (first[:1], [])
    assert look() == (first, [])


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_memory_costs_time_and_nothing_else(look, tmp_path, seed):
    """Cut short, bits flipped anywhere, or no memory at all: the documents are the same."""
    first, _ = look()
    (memory,) = (tmp_path / "store" / "work" / "seen").iterdir()
    chance, data = random.Random(seed), bytearray(memory.read_bytes())
    for _ in range(40):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    memory.write_bytes([data[: chance.randrange(len(data))], data][seed % 2] if seed else b"no memory")
    assert look()[0] == first
    assert look() == (first, [])


def test_other_limits_are_looked_at_anew(look):
    """What is over a limit depends on it."""
    look()
    assert look(file_mb=0.0001)[0][1].problem[0] == "limit"


def test_a_container_is_unpacked_again_unless_everything_in_it_is_settled(look, source):
    """Its documents' bytes are not at hand."""
    with zipfile.ZipFile(source / "d.zip", "w") as archive:
        archive.writestr("in.pdf", PDF + b"%")
    first, _ = look()
    assert [file.file_name for file in first] == ["a.pdf", "b.png", "c.xml", "d.zip/in.pdf"]
    assert look(settled=False) == (first, ["d.zip"])
    assert look() == (first, [])


def test_the_store_is_asked_about_many_containers_at_once(look, source, tmp_path):
    """A question for each would cost more than unpacking them."""
    for number in range(60):
        with zipfile.ZipFile(source / f"{number:02}.zip", "w") as archive:
            archive.writestr("in.pdf", PDF + b"%" * number)
    questions = []

    def settled_of(document_ids):
        questions.append(document_ids)
        return set(document_ids)

    first, _ = look()
    seen = Seen(tmp_path / "store", str(source), LIMITS, settled_of)
    assert list(discover(str(source), LIMITS, tmp_path / "spool", (), seen)) == first
    assert [len(question) for question in questions] == [60]


FETCHED = []


class Bucket(MemoryFileSystem):
    """An object store that lists versions, as S3 does."""

    protocol = "bucket"
    store, pseudo_dirs = {}, [""]

    @classmethod
    def _strip_protocol(cls, path):
        return MemoryFileSystem._strip_protocol(path.replace("bucket://", "memory://"))

    def ls(self, path, detail=True, **kwargs):
        entries = super().ls(path, detail=True, **kwargs)
        return [
            e | ({"ETag": str(hash(self.store[e["name"]].getvalue()))} if e["type"] == "file" else {}) for e in entries
        ]

    def _open(self, path, mode="rb", **kwargs):
        if mode == "rb":
            FETCHED.append(path)
        return super()._open(path, mode, **kwargs)


def test_an_object_of_the_same_version_is_not_fetched_once_it_is_settled(look):
    """Downloading is what a second run over a bucket would cost."""
    fsspec.register_implementation("bucket", Bucket, clobber=True)
    bucket = fsspec.filesystem("bucket")
    bucket.pipe({"/in/a.pdf": PDF, "/in/b.png": PNG})
    first, _ = look("bucket://in")
    assert len(FETCHED) == 2
    again, _ = look("bucket://in")
    assert [f.document_id for f in again] == [f.document_id for f in first] and len(FETCHED) == 2
    look("bucket://in", settled=False)
    assert len(FETCHED) == 4
    bucket.pipe("/in/a.pdf", PDF + b"%")
    changed, _ = look("bucket://in")
    assert len(FETCHED) == 5 and changed[0].document_id != first[0].document_id
