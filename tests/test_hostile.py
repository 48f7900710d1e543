"""Documents made to harm, through discovery and the reading processes: read or refused with a reason, and in bounds."""

import io
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from email.message import EmailMessage
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image
from raw_pdf import FONT, SAYS, one_page, pdf, stream

from routing.errors import ChangedError, DocumentError, LimitError
from routing.policy import parse_policy
from tasks.discover import discover
from tasks.examine import examine
from tasks.triage import is_settled
from tasks.workers import WorkerPool

HERE = Path(__file__).parent
POLICY = parse_policy((HERE.parent / "data/policy.toml").read_text(encoding="utf-8"), "data/policy.toml")
LIMITS = POLICY.limits.model_copy(
    update={"document_seconds": 5.0, "worker_memory_mb": 1000, "ocr_pages": 2, "container_mb": 50.0}
)
INVOICE = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"{}>
 <cbc:ID>4711</cbc:ID><cbc:IssueDate>2026-01-31</cbc:IssueDate>
 <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>{}</Invoice>"""


@pytest.fixture(scope="module")
def pool():
    policy = POLICY.model_copy(update={"limits": LIMITS})
    with WorkerPool(1, LIMITS, partial(examine, policy=policy)) as pool:
        yield pool


@pytest.fixture
def outcome_of(pool, tmp_path):
    """What a document ends as: `read`, or the code and detail of its problem."""

    def outcome_of(data: bytes) -> tuple[str, str]:
        source = tmp_path / "document"
        source.write_bytes(data)
        [file] = discover(str(source), LIMITS, tmp_path / "spool")
        [examined] = pool.run([file])
        return examined.problem or ("read", " ".join(examined.warnings))

    return outcome_of


def picture(kind: str, size: tuple[int, int], mode: str = "1", **how) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind, **how)
    return buffer.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A PNG that says it is of that size, and holds next to nothing."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def tiff_of_frames(count: int) -> bytes:
    """A TIFF of frames of one pixel, each directory followed by the next."""
    tags = ((256, 4, 1), (257, 4, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 0), (278, 4, 1), (279, 4, 1))
    entries = struct.pack("<H", len(tags)) + b"".join(
        struct.pack("<HHLL", tag, kind, 1, value) for tag, kind, value in tags
    )
    size = len(entries) + 4
    directories = (entries + struct.pack("<L", 8 + size * (number + 1)) for number in range(count))
    return b"II*\0" + struct.pack("<L", 8) + b"".join(directories)


def form(content: bytes, others: bytes) -> bytes:
    return stream(
        content, b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << %s >> >>" % others
    )


def forms_within_forms(levels: int, times: int) -> bytes:
    """Each form draws the next so many times: times to the power of levels in all."""
    forms = [form(b"/X Do " * times, b"/X %d 0 R" % (7 + level)) for level in range(levels)]
    return one_page(*forms, form(b"0 0 1 1 re f", b""), content=SAYS + b" /X Do", resources=b"/XObject << /X 6 0 R >>")


def attachments(count: int, size: int) -> bytes:
    """A page with so many files attached, of so many bytes each once unpacked."""
    packed = stream(bytes(size), b"/Type /EmbeddedFile")
    names = b" ".join(b"(f%05d.xml) %d 0 R" % (n, 7 + n) for n in range(count))
    specs = [b"<< /Type /Filespec /F (f%05d.xml) /EF << /F 6 0 R >> >>" % n for n in range(count)]
    return one_page(packed, *specs, catalogue=b"/Names << /EmbeddedFiles << /Names [%s] >> >>" % names)


def laughing(levels: int, place: str) -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, levels))
    body = INVOICE.format(' a="&e9;"', "") if place == "attribute" else INVOICE.format("", "<cbc:Note>&e9;</cbc:Note>")
    return f'<!DOCTYPE Invoice [<!ENTITY e0 "ha">{entities}]>{body}'.encode()


READ = {
    "pages that are their own parent": lambda: pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [2 0 R 3 0 R 2 0 R] /Count 3 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        stream(SAYS),
        FONT,
        b"<< /Font << /F 5 0 R >> >>",
    ),
    "a form that draws itself": lambda: one_page(
        form(b"/X Do", b"/X 6 0 R"), content=SAYS + b" /X Do", resources=b"/XObject << /X 6 0 R >>"
    ),
    "a table of objects before itself": lambda: one_page(page=b"").replace(b"/Root", b"/Prev 9 /XRefStm 9 /Root"),
    "a picture that says it has ten billion pixels": lambda: one_page(
        stream(
            bytes(1000),
            b"/Type /XObject /Subtype /Image /Width 100000 /Height 100000 /BitsPerComponent 8 /ColorSpace /DeviceRGB",
        ),
        content=SAYS + b" q 500 0 0 500 0 0 cm /X Do Q",
        resources=b"/XObject << /X 6 0 R >>",
    ),
    "pictures that no decoder takes": lambda: one_page(
        stream(
            bytes(100),
            b"/Type /XObject /Subtype /Image /Width 2147483647 /Height 2147483647 /Filter /JBIG2Decode",
            packed=False,
        ),
        stream(
            b"\xff\x4f\xff\x51" + b"\xff" * 60,
            b"/Type /XObject /Subtype /Image /Width 9 /Height 9 /Filter /JPXDecode",
            packed=False,
        ),
        content=SAYS + b" q 99 0 0 99 0 0 cm /X Do /Y Do Q",
        resources=b"/XObject << /X 6 0 R /Y 7 0 R >>",
    ),
    "a hidden text larger than any number": lambda: one_page(
        content=SAYS + b" 1 1 1 rg BT /F 8 Tf %s 0 0 %s %s %s Tm (Order 12) Tj ET" % ((b"1" + b"0" * 28 + b".0",) * 4)
    ),
    "brackets a hundred thousand deep": lambda: one_page(page=b"/A " + b"[" * 100_000 + b"]" * 100_000),
    "a font of nothing": lambda: one_page(
        b"<< /Type /Font /Subtype /TrueType /BaseFont /X /LastChar 2147483647 /Widths [1] /FontDescriptor 7 0 R >>",
        b"<< /Type /FontDescriptor /FontName /X /Flags 4 /FontFile2 8 0 R >>",
        stream(b"\0\1\0\0\xff\xff" + bytes(200), b"/Length1 2147483647"),
        content=SAYS + b" BT /G 12 Tf 50 600 Td (abc) Tj ET",
    ).replace(b"/F 5 0 R", b"/F 5 0 R /G 6 0 R"),
    "attachments of 12 GB": lambda: attachments(300, 40_000_000),
    "a thousand small attachments": lambda: attachments(1000, 1000),
    "an e-invoice with a file of 11 MB inside": lambda: INVOICE.format(
        "", f"<cbc:Note>{'A' * 11_000_000}</cbc:Note>"
    ).encode(),
    "an e-invoice that points to a schema elsewhere": lambda: INVOICE.format(
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd"', ""
    ).encode(),
}


@pytest.mark.parametrize("made", READ)
def test_what_can_be_read_is_read_whatever_surrounds_it(outcome_of, made):
    """Circles, claims and depths in a document do not keep its page from being read."""
    assert outcome_of(READ[made]())[0] == "read"


REFUSED = {
    # how much pdfium held when memory ran out is not always known to who waits for it: then it has just died
    "forms within forms, a billion times": (lambda: forms_within_forms(9, 10), "limit or corrupt", ""),
    "a catalogue in a stream that is none of objects": (
        lambda: (
            b"%PDF-1.5\n5 0 obj\n"
            + stream(bytes([1, 0, 0, 0, 2, 0, 5, 0]), b"/Type /XRef /W [1 1 2] /Size 2 /Root 1 0 R", packed=False)
            + b"\nendobj\nstartxref\n9\n%%EOF\n"
        ),
        "corrupt",
        "pypdf can't read it",
    ),
    "a table of objects beyond any file": (
        lambda: b"%PDF-1.4\nstartxref\n" + b"9" * 30 + b"\n%%EOF\n",
        "corrupt",
        "pypdf can't read it",
    ),
    "a page that is cut to nothing": (
        lambda: one_page(page=b"/CropBox [0 900 595 1000]"),
        "corrupt",
        "pdfium can't load",
    ),
    "a picture of a hundred billion pixels": (
        lambda: png_claiming(400_000, 250_000),
        "limit",
        "picture_megapixels 100: it has 100000; raise picture_megapixels in [limits] of the policy to take it in",
    ),
    "more frames than are read": (lambda: tiff_of_frames(200_000), "limit", "ocr_pages 2: it has more frames; raise "),
    "entities that laugh": (lambda: laughing(10, "text"), "corrupt", "is not well-formed XML: Maximum entity amplif"),
    "entities that laugh in an attribute": (lambda: laughing(10, "attribute"), "corrupt", "is not well-formed XML: "),
    "a document type in UTF-16": (
        lambda: f"<!DOCTYPE Invoice>{INVOICE.format('', '')}".encode("utf-16"),
        "unsupported",
        "declares a document type (DTD), which no e-invoice does",
    ),
    "a root with a name of 5 KB": (
        lambda: b"<" + b"r" * 5_000 + b"/>",
        "unsupported",
        "is no e-invoice that we read",
    ),
    "tags ten thousand deep": (
        lambda: INVOICE.format("", "<a>" * 10_000).encode(),
        "corrupt",
        "is not well-formed XML: ",
    ),
}


@pytest.mark.parametrize("made", REFUSED)
def test_what_is_over_a_bound_is_told(outcome_of, made):
    """By the limit's name, its value and what to do about it, in time."""
    make, code, detail = REFUSED[made]
    data, began = make(), time.monotonic()
    told = outcome_of(data)
    assert told[0] in code.split(" or ") and told[1].startswith(detail) and len(told[1]) <= 500
    assert time.monotonic() - began < 3 * LIMITS.document_seconds


ACTIONS = {
    "URI": b"/S /URI /URI (%s/uri)",
    "Launch": b"/S /Launch /F (%s/launch)",
    "GoToR": b"/S /GoToR /F << /FS /URL /F (%s/gotor) >> /D [0 /Fit]",
    "JavaScript": b"/S /JavaScript /JS (app.launchURL\\('%s/javascript'\\);)",
    "SubmitForm": b"/S /SubmitForm /F << /FS /URL /F (%s/submit) >> /Flags 4",
    "ImportData": b"/S /ImportData /F << /FS /URL /F (%s/import) >>",
}


def calling_documents(url: str) -> Iterator[bytes]:
    """Documents that ask for something at `url` in all ways that their formats know."""
    address = url.encode()
    for action in ACTIONS.values():
        do = b"<< /Type /Action " + action.replace(b"%s", address) + b" >>"
        annotation = b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 595 842] /A %s >>]" % do
        yield one_page(
            catalogue=b"/OpenAction %s /AA << /WC %s >>" % (do, do), page=annotation + b" /AA << /O %s >>" % do
        )
    elsewhere = b"<< /FS /URL /F (%s/stream) >>" % address
    image = (
        b"<< /Type /XObject /Subtype /Image /Width 9 /Height 9 /ColorSpace /DeviceGray /F %s /Length 0 >>" % elsewhere
    )
    yield one_page(image + b"\nstream\n\nendstream", content=SAYS + b" /X Do", resources=b"/XObject << /X 6 0 R >>")
    head = f'<?xml-stylesheet href="{url}/style.xsl" type="text/xsl"?>'
    schema = f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x {url}/schema.xsd"'
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{url}/include.xml"/>'
    invoice = head + INVOICE.format(schema, include)
    yield invoice.encode()
    yield f'<!DOCTYPE Invoice SYSTEM "{url}/invoice.dtd">{invoice}'.encode()
    yield f'<!DOCTYPE Invoice [<!ENTITY % p SYSTEM "{url}/parameter"> %p;]>{invoice}'.encode()
    entity = INVOICE.format("", "<cbc:Note>&e;</cbc:Note>")
    yield f'<!DOCTYPE Invoice [<!ENTITY e SYSTEM "{url}/entity">]>{entity}'.encode()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "a@example.com", "b@example.com", "<1@example.com>"
    mail.set_content(f'<img src="{url}/pixel.png"><script src="{url}/script.js"></script>', subtype="html")
    mail.add_attachment(one_page(), maintype="application", subtype="pdf", filename="invoice.pdf")
    yield mail.as_bytes()


@pytest.fixture
def listener():
    """A server on this machine that says who called: its address, and the paths that were asked for."""
    calls = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            calls.append(self.path)
            self.send_error(404)

        do_POST = do_HEAD = do_GET  # noqa: N815 - the library's names

        def log_message(self, *_):
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", calls
        server.shutdown()


@pytest.mark.parametrize("guarded", [True, False])
def test_nothing_that_a_document_points_to_is_fetched_or_run(pool, listener, tmp_path, guarded):
    """Not even where nothing would keep a reader from it: that is not what the guard is for."""
    url, calls = listener
    (tmp_path / "source").mkdir()
    for number, data in enumerate(calling_documents(url)):
        (tmp_path / "source" / f"{number:02}").write_bytes(data)
    files = list(discover(str(tmp_path / "source"), LIMITS, tmp_path / "spool"))
    if guarded:
        read = sum(not examined.problem for examined in pool.run(files))
    else:
        read = 0
        for file in files:
            with suppress(DocumentError):
                read += bool(examine(file, POLICY))
    assert (len(files), read, calls) == (12, 9, [])


@pytest.mark.parametrize(
    ("outcome", "allowed", "settled"),
    [
        ("rejected", 400, True),
        ("rejected", 300, True),
        ("rejected", 600, False),
        ("deferred", 400, False),
        ("review", 600, True),
    ],
)
def test_what_was_over_a_limit_is_read_once_that_is_raised(outcome, allowed, settled):
    """As its reason says; nothing else that was settled is read again."""
    reason = str(LimitError("pages", 400, "it has 512"))
    assert is_settled(outcome, reason, LIMITS.model_copy(update={"pages": allowed})) is settled


def test_what_changed_while_it_was_read_is_read_again_where_it_is_met_again():
    """Its bytes may come back: they were never read."""
    assert not is_settled("rejected", str(ChangedError("it was written to while it was being read")), LIMITS)
