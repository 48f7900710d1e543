"""Invoices inside something else: one attached to an e-mail, two packed in a zip."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from email.message import EmailMessage

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER

from data.generator.inbox import german
from data.generator.inbox.anglo import FASTENERS, FREIGHT
from data.generator.paper import paper
from data.generator.sheet import TIMES, Style
from data.generator.truth import Document

INBOX = "inbox/2026-11"


def documents() -> list[Document]:
    """All of them."""
    path = f"{INBOX}/Ihre Rechnung November.eml"
    hosting = replace(
        german.HOSTING,
        number="NL-261101-8034",
        issue_date=date(2026, 11, 1),
        due_date=date(2026, 11, 15),
        references=(("customer_number", "K-204418"), ("period", "01.11.2026 – 30.11.2026")),
        terms="Der Betrag wird per Überweisung erbeten. Verwendungszweck: NL-261101-8034.",
    )
    attached = paper(f"{path}/NL-261101-8034.pdf", hosting, "minimal", Style(accent=HexColor("#0f766e")))
    archive = f"{INBOX}/invoices week 45.zip"
    copperline = replace(
        FREIGHT,
        number="CF-119077",
        issue_date=date(2026, 11, 5),
        due_date=date(2026, 11, 20),
        references=(("delivery_note", "BOL 8120-1101"), ("delivery_date", "11/02/2026")),
        lines=FREIGHT.lines[:2],
    )
    prairie = replace(
        FASTENERS,
        number="10655",
        issue_date=date(2026, 11, 3),
        due_date=date(2026, 12, 3),
        purchase_order="HV-20981",
        lines=FASTENERS.lines[1:3],
    )
    packed = [
        paper(f"{archive}/CF-119077.pdf", copperline, "remittance", Style(TIMES, wording=2, size=LETTER)),
        paper(
            f"{archive}/INV-10655.pdf", prairie, "american", Style(accent=HexColor("#1d3557"), wording=2, size=LETTER)
        ),
    ]
    return [replace(attached, container=_mail(attached)), *[replace(item, container=_zip(packed)) for item in packed]]


def _mail(attachment: Document) -> bytes:
    message = EmailMessage()
    message["From"] = "Nordlicht Hosting & Cloud <rechnung@nordlicht-cloud.example>"
    message["To"] = "rechnungseingang@halden-voss.example"
    message["Subject"] = "Ihre Rechnung NL-261101-8034"
    message["Date"] = "Sun, 01 Nov 2026 06:12:44 +0100"
    message["Message-ID"] = "<20261101061244.8034@nordlicht-cloud.example>"
    message.set_content("Guten Tag,\n\nanbei erhalten Sie Ihre aktuelle Rechnung als PDF.\n\nIhr Nordlicht-Team\n")
    name = attachment.path.rpartition("/")[2]
    message.add_attachment(attachment.payload, maintype="application", subtype="pdf", filename=name)
    message.set_boundary("=-nordlicht-8034")
    return message.as_bytes()


def _zip(items: list[Document]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for item in items:
            info = zipfile.ZipInfo(item.path.rpartition("/")[2], (2026, 11, 6, 9, 30, 0))
            archive.writestr(info, item.payload, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
