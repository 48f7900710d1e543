"""PDFs written object by object, as wrong as wanted."""

import zlib


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    out, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, len(out))
    return out + head + table + end


def stream(content: bytes, about: bytes = b"", packed: bool = True) -> bytes:
    """A stream object."""
    data = zlib.compress(content, 9) if packed else content
    return b"<< %s %s /Length %d >>\nstream\n%s\nendstream" % (
        about,
        b"/Filter /FlateDecode" if packed else b"",
        len(data),
        data,
    )


SAYS = b"BT /F 12 Tf 50 700 Td (Invoice 4711 Total 119.00 EUR) Tj ET"
FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def one_page(
    *more: bytes, content: bytes = SAYS, page: bytes = b"", catalogue: bytes = b"", resources: bytes = b""
) -> bytes:
    """A PDF of one page; `more` objects are numbered from 6."""
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> %s >> %s >>" % (resources, page),
        stream(content),
        FONT,
        *more,
    )
