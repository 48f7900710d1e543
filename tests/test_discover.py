"""Taking in what lies in a source: every file once, by its bytes, whatever its name, and nothing lost in silence."""

import hashlib
import io
import json
import os
import random
import socket
import struct
import threading
import time
import zipfile
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import fsspec
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.errors import DocumentError, EmptyDocumentError, SourceError, UnsupportedError
from routing.policy import parse_policy
from tasks.discover import discover, ensure_unchanged, kind_of, sniff
from tasks.discover.labels import inner_label

ROOT = Path(__file__).parent.parent
HOSTILE = ROOT.parent / "shared" / "hostile"
LIMITS = parse_policy((ROOT / "data/policy.toml").read_text(), "data/policy.toml").limits

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
XML = b'<?xml version="1.0"?>\n<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'


@pytest.fixture
def source(tmp_path):
    (tmp_path / "source").mkdir()
    return tmp_path / "source"


@pytest.fixture
def take_in(tmp_path, source):
    """Discover the source folder, or another one, under limits that may differ from the policy's."""

    def take_in(place=source, skip=(), **limits):
        return list(discover(str(place), LIMITS.model_copy(update=limits), tmp_path / "spool", skip))

    return take_in


def names(files):
    return [file.file_name for file in files]


def outcome(files):
    """File name -> code of its problem, None where it is a document."""
    return {file.file_name: file.problem and file.problem[0] for file in files}


def zipped(members, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def mail(*attachments, html=None):
    """An e-mail with (name, bytes) attachments."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.com", "b@example.com", "Rechnung"
    message.set_content("Please find attached.")
    if html:
        message.add_alternative(html, subtype="html")
    for name, data in attachments:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message


# What a source is


def test_a_folder_is_taken_in_by_name(source, take_in):
    """Sorted, `/`-separated, relative to the source, hashed, where the bytes lie."""
    (source / "b").mkdir()
    for name in ["b/2.pdf", "a.pdf", "b.pdf", "b/1.pdf", "b-1.pdf"]:
        (source / name).write_bytes(PDF + name.encode())
    files = take_in()
    assert names(files) == ["a.pdf", "b-1.pdf", "b.pdf", "b/1.pdf", "b/2.pdf"]
    assert [f.document_id for f in files] == [hashlib.sha256(PDF + f.file_name.encode()).hexdigest() for f in files]
    assert all(Path(f.path).read_bytes() == PDF + f.file_name.encode() for f in files)
    assert all(f.bytes == len(PDF) + len(f.file_name) and f.source == str(source) for f in files)


def test_a_single_file_is_a_source(source, take_in):
    """Named by its own name."""
    (source / "one.pdf").write_bytes(PDF)
    assert outcome(take_in(source / "one.pdf")) == {"one.pdf": None}


def test_a_file_url_is_the_folder_itself(source, take_in):
    """Nothing is copied."""
    (source / "one.pdf").write_bytes(PDF)
    assert [f.path for f in take_in(f"file://{source}")] == [str(source / "one.pdf")]


def test_an_object_store_is_fetched_to_the_spool(tmp_path, take_in):
    """Content-addressed, whole, and containers in it are unpacked."""
    memory = fsspec.filesystem("memory")
    memory.pipe({"/bucket/in/a.pdf": PDF, "/bucket/in/sub/b.zip": zipped({"c.xml": XML}), "/bucket/other.pdf": PDF})
    try:
        files = take_in("memory://bucket/in")
        assert outcome(files) == {"a.pdf": None, "sub/b.zip/c.xml": None}
        assert Path(files[0].path) == tmp_path / "spool" / hashlib.sha256(PDF).hexdigest()
        assert Path(files[0].path).read_bytes() == PDF
        assert outcome(take_in("memory://bucket/other.pdf")) == {"other.pdf": None}
    finally:
        memory.rm("/bucket", recursive=True)


@pytest.mark.parametrize("place", ["nowhere", "memory://nowhere/at/all", "s4://bucket/in", "s3://", ""])
def test_a_source_that_is_not_there_is_an_error_at_once(place, tmp_path):
    """Before the first document is asked for, with a remedy."""
    with pytest.raises(SourceError):
        discover(place, LIMITS, tmp_path)


def test_the_store_inside_the_source_is_not_taken_in(source, take_in):
    """Nor is the spool."""
    (source / "store/parquet").mkdir(parents=True)
    (source / "store/parquet/x.pdf").write_bytes(PDF)
    (source / "a.pdf").write_bytes(PDF)
    assert names(take_in(skip=[source / "store"])) == ["a.pdf"]
    assert names(discover(str(source), LIMITS, source / "store")) == ["a.pdf"]


def test_files_come_one_by_one(source, tmp_path):
    """The first is there before the last is looked at: memory does not grow with their number."""
    for number in range(3):
        (source / f"{number}.pdf").write_bytes(PDF)
    files = discover(str(source), LIMITS, tmp_path / "spool")
    next(files)
    (source / "2.pdf").unlink()
    assert outcome(files) == {"1.pdf": None, "2.pdf": "unreadable"}


# Odd names, links, and what is not a file


@pytest.mark.parametrize(
    "name",
    [
        "-rf.pdf",
        ".hidden.pdf",
        "INVOICE.PDF",
        "new\nline.pdf",
        "quote'\"$(id).pdf",
        "請求書.pdf",
        "a" * 250 + ".pdf",
        "~.pdf",
        "*?.pdf",
    ],
)
def test_odd_names_are_names(source, take_in, name):
    """Neither options, nor patterns, nor commands."""
    (source / name).write_bytes(PDF)
    assert outcome(take_in()) == {name: None}


def test_a_name_that_is_not_utf_8_becomes_valid_text(source, take_in):
    """It can be stored and printed, and the bytes are still found."""
    Path(os.fsdecode(os.fsencode(source) + b"/M\xfcller.pdf")).write_bytes(PDF)
    [file] = take_in()
    assert json.loads(json.dumps(file.file_name).encode()) == "M\\xfcller.pdf"
    assert Path(file.path).read_bytes() == PDF
    [file] = take_in(file.path)
    assert file.source.encode() == os.fsencode(source) + b"/M\\xfcller.pdf"


def test_only_droppings_are_passed_over(source, take_in):
    """A short list of names; a hidden PDF is not on it, and a placeholder with content is not empty."""
    for name in [".DS_Store", "Thumbs.db", "desktop.ini", "~$invoice.docx", ".gitkeep"]:
        (source / name).write_bytes(b"" if name == ".gitkeep" else b"x")
    (source / ".keep").write_bytes(PDF)
    assert names(take_in()) == [".keep"]


def test_links_to_files_are_followed(source, take_in, tmp_path):
    """Inside and outside of the source; one that leads nowhere is a problem, not a crash."""
    (tmp_path / "elsewhere.pdf").write_bytes(PDF)
    (source / "a.pdf").write_bytes(PDF)
    (source / "inside.pdf").symlink_to("a.pdf")
    (source / "outside.pdf").symlink_to(tmp_path / "elsewhere.pdf")
    (source / "broken.pdf").symlink_to("gone.pdf")
    (source / "itself.pdf").symlink_to("itself.pdf")
    expected = {
        "a.pdf": None,
        "broken.pdf": "unreadable",
        "inside.pdf": None,
        "itself.pdf": "unreadable",
        "outside.pdf": None,
    }
    assert outcome(take_in()) == expected


def test_links_to_folders_make_no_loops(source, take_in, tmp_path):
    """What lies in the source is found at its own place, what lies outside once."""
    (source / "sub").mkdir()
    (source / "sub/a.pdf").write_bytes(PDF)
    (tmp_path / "share").mkdir()
    (tmp_path / "share/b.pdf").write_bytes(PDF)
    (tmp_path / "share/back").symlink_to(source)
    for link, target in {"up": source, "above": tmp_path, "again": source / "sub", "share": tmp_path / "share"}.items():
        (source / "sub" / link).symlink_to(target)
    (source / "zzz").symlink_to(tmp_path / "share")
    assert names(take_in()) == ["sub/a.pdf", "sub/share/b.pdf"]


def test_what_is_not_a_file_does_not_make_us_wait(source, take_in):
    """Named pipes, sockets, folders named like files."""
    os.mkfifo(source / "pipe.pdf")
    (source / "folder.pdf").mkdir()
    (source / "folder.pdf/a.pdf").write_bytes(PDF)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(source / "socket.pdf"))
        files = take_in()
    assert outcome(files) == {"folder.pdf/a.pdf": None, "pipe.pdf": "unsupported", "socket.pdf": "unsupported"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_a_problem(source, take_in):
    """Of that file or that folder."""
    (source / "a.pdf").write_bytes(PDF)
    (source / "secret.pdf").write_bytes(PDF)
    (source / "secret.pdf").chmod(0)
    (source / "vault").mkdir(mode=0)
    assert outcome(take_in()) == {"a.pdf": None, "secret.pdf": "unreadable", "vault/": "unreadable"}


def test_an_error_while_reading_is_a_problem(source, take_in):
    """Of that file alone: the memory of a process looks like a file, and gives an input/output error."""
    (source / "a.pdf").write_bytes(PDF)
    (source / "bad.pdf").symlink_to("/proc/self/mem")
    assert outcome(take_in()) == {"a.pdf": None, "bad.pdf": "unreadable"}


def test_what_could_not_be_read_is_told_apart_by_its_place(source, take_in):
    """Two of them are not one document, and the next run knows them again."""
    for name in ["a.pdf", "b.pdf"]:
        (source / name).symlink_to("gone")
    first, again = take_in(), take_in()
    assert len({f.document_id for f in first}) == 2
    assert first == again


def test_a_file_that_is_written_to_is_taken_as_a_copy(source, take_in, tmp_path):
    """The bytes that are read later are those that were hashed, however often it changes."""
    path, stop = source / "growing.pdf", threading.Event()
    path.write_bytes(PDF + bytes(20_000_000))

    def write():
        with path.open("ab", buffering=0) as stream:
            while not stop.is_set():
                stream.write(b"x")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        [file] = take_in()
    finally:
        stop.set()
        writer.join()
    assert Path(file.path).parent == tmp_path / "spool"
    assert hashlib.sha256(Path(file.path).read_bytes()).hexdigest() == file.document_id


@pytest.mark.parametrize("happens", ["nothing", "written to", "deleted"])
def test_a_change_after_taking_in_is_noticed(source, take_in, happens):
    """What was read of a file that changed since it was hashed is not used."""
    path = source / "a.pdf"
    path.write_bytes(PDF)
    [file] = take_in()
    if happens == "nothing":
        ensure_unchanged(file)
        return
    path.unlink() if happens == "deleted" else path.write_bytes(PDF + b"more")
    with pytest.raises(DocumentError, match=r"while it was being read"):
        ensure_unchanged(file)


def test_a_file_over_the_limit_is_not_read(source, take_in):
    """A sparse file of a terabyte takes no time."""
    with (source / "huge.pdf").open("wb") as stream:
        stream.write(PDF)
        stream.truncate(10**12)
    [file] = take_in()
    assert file.problem[0] == "limit"
    assert file.problem[1].startswith("file_mb 50: it has 1000000.0 MB; raise file_mb in [limits]")


# Kinds


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PDF, "pdf"),
        (b"\r\nX" * 300 + PDF, "pdf"),
        (b"<feff>" + PDF, "pdf"),
        (PNG, "image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image"),
        (b"II*\x00\x08\x00\x00\x00", "image"),
        (b"MM\x00*\x00\x00\x00\x08", "image"),
        (XML, "xml"),
        (b"\xef\xbb\xbf" + XML, "xml"),
        (XML.decode().encode("utf-16"), "xml"),
        (XML.decode().encode("utf-16-le"), "xml"),
        (XML.decode().encode("utf-16-be"), "xml"),
        (b"\n\n  " + XML[22:], "xml"),
        (b"<!-- made by hand -->\n<!DOCTYPE Invoice [<!ENTITY a 'b'>]><rsm:CrossIndustryInvoice xmlns:rsm='x'>", "xml"),
        (b"<?xml version='1.0'?><!--" + b"licence " * 2000, "xml"),
        (zipped({"a.pdf": PDF}), "zip"),
        (zipped({"a.pdf": PDF}, compression=zipfile.ZIP_STORED), "zip"),
        (mail().as_bytes(), "eml"),
        (b"Return-Path: <a@b.c>\r\nReceived: from x\r\n\tby y; today\r\nFrom: a@b.c\r\n\r\nHello", "eml"),
        (b"MIME-Version: 1.0\nReceived: " + b"from x\x85\n\tby y\n\t" * 1000, "eml"),
        (b"From a@b.c Mon Jan  5 2026\nMessage-ID: <1>\nFrom: a@b.c\n\nHello", "eml"),
    ],
)
def test_bytes_decide_what_something_is(head, kind):
    """PDF, picture, XML, zip, e-mail."""
    assert sniff(head) == kind


@pytest.mark.parametrize(
    ("head", "looks_like"),
    [
        (b"<!DOCTYPE html><html><head><title>502</title>", "HTML"),
        (b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML'><html/>", "HTML"),
        (b"<!-- saved from url --><html lang='en'>", "HTML"),
        (b"<table border=1><tr><td>Total</td>", "HTML"),
        (b"GIF89a\x01\x00", "GIF"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "HEIC"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "Office"),
        (b"{\\rtf1\\ansi", "Rich Text"),
        (b"Rechnung Nr. 4711\nGesamtbetrag 100,00 EUR\n", "plain text"),
        ("Datum: 5. März\nAn: Müller\nBetreff: Rechnung\n\nHallo".encode(), "plain text"),
        (b"Date: 5 May\nTo: Alice\nFrom: Bob\nSubject: memo\n\nHi", "plain text"),
        (b'{"a": 1}', "plain text"),
        (b"%1.4\n%\xe2\xe3\xcf\xd3\x01\n1 0 obj\n<< >>", "PDF without"),
        (b"O\xd6\x80\x0b]\xdfe2=\xe2\x9fY\x00\x01\x02", "not a kind"),
        (b"\x00" * 100, "not a kind"),
    ],
)
def test_what_is_not_read_is_told_what_it_looks_like(head, looks_like):
    """So that a person knows what to do with it."""
    with pytest.raises(UnsupportedError, match=looks_like):
        sniff(head)


@pytest.mark.parametrize("head", [b" " * 8000 + b"x", b"<!-- -->" * 1000 + b"x", b"<?a" * 2700, b"<!DOCTYPE [ ]" * 600])
def test_crafted_heads_take_no_time(head):
    """Patterns do not try all ways to split them."""
    started = time.monotonic()
    with suppress(UnsupportedError):
        sniff(head)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("head", [b"", b"\n", b" \t\r\n"])
def test_nothing_is_empty(head):
    """White space too."""
    with pytest.raises(EmptyDocumentError):
        sniff(head)


@settings(deadline=None)
@given(
    st.binary(max_size=300)
    | st.builds(bytes.__add__, st.sampled_from([PDF, PNG, XML, b"PK\x03\x04", b"From: "]), st.binary())
)
def test_any_bytes_are_some_kind_or_none(head):
    """Nothing makes the sniffer fail."""
    with suppress(UnsupportedError, EmptyDocumentError):
        assert sniff(head) in ("pdf", "image", "xml", "zip", "eml")


def test_the_kind_of_a_file_is_that_of_a_document(tmp_path):
    """A container is not one."""
    (tmp_path / "a.txt").write_bytes(PDF)
    (tmp_path / "b.pdf").write_bytes(zipped({"a.pdf": PDF}))
    assert kind_of(tmp_path / "a.txt") == "pdf"
    with pytest.raises(UnsupportedError, match="container"):
        kind_of(tmp_path / "b.pdf")


def test_office_documents_are_not_containers(source, take_in):
    """Though they are zip archives."""
    (source / "a.docx").write_bytes(
        zipped({"word/media/x.png": PNG, "[Content_Types].xml": "", "word/document.xml": XML})
    )
    (source / "b.odt").write_bytes(zipped({"mimetype": "application/vnd.oasis.opendocument.text", "x.png": PNG}))
    files = take_in()
    assert [f.problem[1] for f in files] == [
        "looks like a Word document",
        "looks like an OpenDocument file or an e-book",
    ]


# Containers


def test_members_of_an_archive_are_documents(source, take_in):
    """Named after where they come from, whatever the archive is called."""
    (source / "a.pdf").write_bytes(
        zipped({"x/1.pdf": PDF, "2.bin": XML, "3.txt": b"hello", ".DS_Store": b"x", "__MACOSX/._1.pdf": b"x"})
    )
    files = take_in()
    assert outcome(files) == {"a.pdf/x/1.pdf": None, "a.pdf/2.bin": None, "a.pdf/3.txt": "unsupported"}
    assert {f.container for f in files} == {"a.pdf"}
    assert files[0].document_id == hashlib.sha256(PDF).hexdigest()
    assert Path(files[0].path).read_bytes() == PDF


def test_names_inside_are_labels_only(source, take_in, tmp_path):
    """No path leads out of the spool, no two are the same, and missing UTF-8 flags are seen through."""
    archive = zipped(
        {
            "../../etc/evil.pdf": PDF,
            "C:\\temp\\a.pdf": PDF + b"1",
            "/abs.pdf": PDF + b"2",
            "..": PDF + b"3",
            "a\x07b.pdf": PDF + b"4",
        }
    )
    (source / "a.zip").write_bytes(archive)
    assert names(take_in()) == [
        "a.zip/etc/evil.pdf",
        "a.zip/temp/a.pdf",
        "a.zip/abs.pdf",
        "a.zip/unnamed",
        "a.zip/ab.pdf",
    ]
    assert {p.name for p in tmp_path.iterdir()} == {"source", "spool"}


@settings(deadline=None)
@given(st.text() | st.builds("/../".join, st.lists(st.text(max_size=5))))
def test_any_inner_name_becomes_a_harmless_label(name):
    """Valid text without a way up, an absolute beginning, control characters or empty parts."""
    label = inner_label(name)
    parts = label.encode().decode().split("/")
    assert all(0 < len(part) <= 255 and part not in (".", "..") for part in parts)
    assert not any(ord(character) < 32 or character == "\\" for character in label)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_stay_apart(source, take_in):
    """The second is numbered."""
    with zipfile.ZipFile(source / "a.zip", "w") as archive:
        archive.writestr("a.pdf", PDF)
        archive.writestr("a.pdf", PDF + b"2")
    assert names(take_in()) == ["a.zip/a.pdf", "a.zip/a (2).pdf"]


def test_a_member_without_a_name_is_a_document(source, take_in):
    """And keeps none of its neighbours from being one."""
    named = zipped({"a": PDF, "b.pdf": PDF + b"more"})
    for record, name_length_at in ((b"PK\x03\x04", 26), (b"PK\x01\x02", 28)):
        at = named.index(record) + name_length_at
        named = named[:at] + struct.pack("<HH", 0, 1) + named[at + 4 :]  # its name is now an extra field
    (source / "a.zip").write_bytes(named)
    assert outcome(take_in()) == {"a.zip/unnamed": None, "a.zip/b.pdf": None}


def test_names_without_the_utf_8_flag_are_seen_through(source, take_in):
    """As macOS and many servers write them."""
    data = zipped({"M#ller.pdf": PDF}).replace(b"M#ller.pdf", "Mü".encode() + b"ler.pdf")
    (source / "a.zip").write_bytes(data)
    assert names(take_in()) == ["a.zip/Müler.pdf"]


def test_attachments_are_documents(source, take_in):
    """By name, encoded or not; what has no name gets one by its kind."""
    message = mail(("Rechnung März.pdf", PDF), ("請求書.xml", XML), (None, PNG))
    (source / "mail.txt").write_bytes(message.as_bytes())
    files = take_in()
    assert outcome(files) == {
        "mail.txt/Rechnung März.pdf": None,
        "mail.txt/請求書.xml": None,
        "mail.txt/attachment-3.png": None,
    }
    assert Path(files[0].path).read_bytes() == PDF
    assert files[0].container == "mail.txt"


def test_old_encodings_of_names_are_decoded(source, take_in):
    """Encoded words where RFC 2231 was meant, raw Latin-1, quoted-printable bodies."""
    (source / "m.eml").write_bytes(
        b"From: a@b.c\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b'Content-Type: application/pdf; name="=?utf-8?Q?M=C3=A4rz.pdf?="\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"%PDF-1.4=0Aabc\r\n--b\r\n"
        b'Content-Type: application/pdf; name="=?nonsense?Q?x?=.pdf"\r\n\r\n%PDF-1.5\r\n--b--\r\n'
    )
    files = take_in()
    assert names(files) == ["m.eml/März.pdf", "m.eml/=?nonsense?Q?x?=.pdf"]
    assert Path(files[0].path).read_bytes().startswith(b"%PDF-1.4\nabc")


def test_a_folder_of_mails_is_not_taken_for_the_first_of_them(source, take_in):
    """Nothing of the others would be found; one mail with its envelope line is taken in."""
    one = b"From a@b.c Mon Jan  5 10:00:00 2026\n" + mail(("a.pdf", PDF)).as_bytes()
    (source / "one.mbox").write_bytes(one + b"\n")
    (source / "two.mbox").write_bytes(one + b"\n" + one)
    assert outcome(take_in()) == {"one.mbox/a.pdf": None, "two.mbox": "unsupported"}


def test_pictures_of_the_text_are_not_documents(source, take_in):
    """Neither those its HTML shows, nor a tiny logo, nor a signature; a scan that is sent inline is one."""
    message = mail(("invoice.pdf", PDF), html='<img src="cid:shown@x">')
    for identity, data in [("<shown@x>", PNG), ("<logo@x>", PNG[:200]), ("<scan@x>", PNG + b"scan")]:
        message.add_attachment(data, "image", "png", disposition="inline", filename="p.png", cid=identity)
    message.add_attachment(b"signed", "application", "pkcs7-signature", filename="smime.p7s")
    (source / "m.eml").write_bytes(message.as_bytes())
    files = take_in()
    assert outcome(files) == {"m.eml/invoice.pdf": None, "m.eml/p.png": None}
    assert Path(files[1].path).read_bytes() == PNG + b"scan"


def test_containers_lie_in_each_other(source, take_in):
    """A zip in an attached e-mail in an e-mail in a zip, down to the depth that is allowed."""
    inner = mail(("deep.zip", zipped({"deep.pdf": PDF})), ("flat.pdf", PDF + b"flat"))
    outer = mail()
    outer.add_attachment(inner, filename="forwarded.eml")
    (source / "a.zip").write_bytes(zipped({"mail.eml": outer.as_bytes(), "top.pdf": PDF + b"top"}))
    assert outcome(take_in(container_depth=4)) == {
        "a.zip/mail.eml/forwarded.eml/deep.zip/deep.pdf": None,
        "a.zip/mail.eml/forwarded.eml/flat.pdf": None,
        "a.zip/top.pdf": None,
    }
    files = take_in(container_depth=3)
    assert outcome(files)["a.zip/mail.eml/forwarded.eml/deep.zip"] == "limit"
    assert outcome(files)["a.zip/mail.eml/forwarded.eml/flat.pdf"] is None
    assert {f.container for f in files} == {"a.zip", "a.zip/mail.eml/forwarded.eml"}


def test_an_attached_mail_without_a_name_is_taken_too(source, take_in):
    """Forwarded as attachment."""
    outer = mail()
    outer.add_attachment(mail(("a.pdf", PDF)))
    (source / "m.eml").write_bytes(outer.as_bytes())
    assert outcome(take_in()) == {"m.eml/attachment-1.eml/a.pdf": None}


@pytest.mark.parametrize(
    ("members", "limits", "names_limit"),
    [
        ({"a.pdf": PDF, "zeros.pdf": bytes(3_000_000)}, {}, "container_expansion 200"),
        ({"a.pdf": PDF, "b.pdf": os.urandom(900_000).hex()}, {"container_mb": 1.5}, "container_mb 1.5"),
        ({"a.pdf": PDF, "b.pdf": PDF, "c.pdf": PDF}, {"container_documents": 1}, "container_documents 1"),
        (
            {"a.pdf": PDF, "b.zip": zipped({"zeros.zip": zipped({"zeros.pdf": bytes(9_000_000)})})},
            {},
            "container_expansion 200",
        ),
    ],
)
def test_a_breach_of_a_limit_is_the_containers_problem(source, take_in, tmp_path, members, limits, names_limit):
    """What was found before stays, nothing half-written is left."""
    (source / "a.zip").write_bytes(zipped(members))
    found, breach = take_in(**limits)
    assert (found.file_name, found.problem) == ("a.zip/a.pdf", None)
    assert (breach.file_name, breach.problem[0]) == ("a.zip", "limit")
    assert breach.problem[1].startswith(names_limit)
    assert not list((tmp_path / "spool").glob(".part*"))


def test_an_archive_with_a_giant_directory_is_not_opened(source, take_in):
    """Its directory would be loaded whole."""
    (source / "a.zip").write_bytes(zipped({f"{number}/": b"" for number in range(200)}))
    [file] = take_in(container_documents=5)
    assert file.problem[0] == "limit"
    assert file.problem[1].startswith("container_documents 5: its directory has 9890 bytes; raise ")


def test_damage_never_escapes(source, take_in):
    """Archives and mails with bytes lost at random places: each ends as documents or as a problem."""
    chance = random.Random(4711)
    whole = [
        zipped({"a.pdf": PDF * 3, "m.eml": mail(("x.xml", XML)).as_bytes()}),
        mail(("a.zip", zipped({"a.pdf": PDF}))).as_bytes(),
    ]
    for number in range(100):
        data = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 9)] = chance.randbytes(chance.randint(0, 9))
        (source / f"{number}.bin").write_bytes(data)
    files = take_in()
    assert {int(f.file_name.partition(".")[0]) for f in files} == set(range(100))


def test_leaving_early_ends_the_unpacking_process(source, tmp_path):
    """Nothing is left behind by a run that stops after a few documents."""
    (source / "a.zip").write_bytes(zipped({"a.pdf": PDF}))
    (source / "b.pdf").write_bytes(PDF)
    files = discover(str(source), LIMITS, tmp_path / "spool")
    before = set(psutil.Process().children())
    next(files)
    assert set(psutil.Process().children()) > before
    files.close()
    assert set(psutil.Process().children()) == before


def test_sizes_in_headers_are_not_believed(source, take_in):
    """A member that claims to be small and inflates to more."""
    honest = zipped({"bomb.pdf": PDF + bytes(1_000_000)})
    size = (len(PDF) + 1_000_000).to_bytes(4, "little")
    (source / "a.zip").write_bytes(honest.replace(size, (100).to_bytes(4, "little")))
    [file] = take_in()
    assert file.problem[0] in ("corrupt", "limit")


def test_an_attached_file_over_the_limit_is_a_problem_of_its_own(source, take_in):
    """Its neighbours are taken in."""
    (source / "a.zip").write_bytes(zipped({"a.pdf": PDF, "big.pdf": PDF + os.urandom(1_000_000)}))
    assert outcome(take_in(file_mb=0.5)) == {"a.zip/a.pdf": None, "a.zip/big.pdf": "limit"}


def test_an_encrypted_member_says_so(source, take_in):
    """Its neighbours are taken in."""
    data = bytearray(zipped({"a.pdf": PDF, "b.pdf": PDF + b"b"}))
    for signature, offset in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)]:
        data[data.find(signature) + offset] |= 1
    (source / "a.zip").write_bytes(data)
    assert outcome(take_in()) == {"a.zip/a.pdf": "encrypted", "a.zip/b.pdf": None}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04" + b"\x00" * 100, "corrupt"),
        (zipped({"a.pdf": PDF})[:-30], "corrupt"),
        (zipped({}), "unsupported"),
        (zipped({"sub/": b""}), "unsupported"),
        (mail().as_bytes(), "unsupported"),
        (b"From: a@b.c\nContent-Type: multipart/encrypted; boundary=b\n\n--b\n\nVersion: 1\n--b--", "encrypted"),
        (b"From: a@b.c\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nMIIB", "encrypted"),
    ],
)
def test_a_container_without_a_document_is_one_problem(source, take_in, data, code):
    """It has an outcome of its own."""
    (source / "c").write_bytes(data)
    assert outcome(take_in()) == {"c": code}


def test_a_damaged_member_is_its_own_problem(source, take_in):
    """Its neighbours are taken in."""
    data = zipped({"a.pdf": PDF * 9, "b.pdf": PDF})
    start = data.find(b"a.pdf") + len("a.pdf")
    (source / "a.zip").write_bytes(data[:start] + b"\xff" * 8 + data[start + 8 :])
    assert outcome(take_in()) == {"a.zip/a.pdf": "corrupt", "a.zip/b.pdf": None}


def test_mails_nested_without_end_are_refused(source, take_in):
    """A thousand multiparts in each other, in bounded time and memory."""
    lines = [b"From: a@b.c", b"MIME-Version: 1.0"]
    for depth in range(3000):
        lines += [b"Content-Type: multipart/mixed; boundary=b%d" % depth, b"", b"--b%d" % depth]
    (source / "m.eml").write_bytes(b"\r\n".join(lines))
    assert outcome(take_in()) == {"m.eml": "corrupt"}


def test_hostile_files_are_survived(take_in):
    """Each once; odd names are read, bombs are stopped, the archived invoice is found."""
    if not HOSTILE.exists():
        pytest.skip("../shared/hostile is not here")
    manifest = [json.loads(line) for line in (HOSTILE / "manifest.jsonl").read_text().splitlines()]
    files = {f.file_name: f for f in take_in(HOSTILE)}
    expected = {row["path"] for row in manifest} - {"docs/non_pdf/invoice.pdf.zip"}
    assert expected <= set(files)
    assert all(files[row["path"]].document_id == row["sha256"] for row in manifest if row["path"] in expected)
    assert files["docs/non_pdf/invoice.pdf.zip/invoice.pdf"].problem is None
    assert files["docs/non_pdf/nested-bomb-10MB.zip"].problem[0] == "limit"
    read = {row["path"] for row in manifest if row["category"] not in ("empty", "non_pdf")}
    assert [name for name in read if files[name].problem] == []


def test_hostile_names_are_taken_in(source, take_in):
    """As they are to be installed."""
    if not HOSTILE.exists():
        pytest.skip("../shared/hostile is not here")
    manifest = [json.loads(line) for line in (HOSTILE / "manifest.jsonl").read_text().splitlines()]
    named = {row["install_as"]: HOSTILE / row["path"] for row in manifest if "install_as" in row}
    for name, path in named.items():
        (source / name).symlink_to(path)
    assert outcome(take_in()) == dict.fromkeys(sorted(named))
