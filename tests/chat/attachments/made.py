"""Files for tests, made by the libraries that people's programs use; hostile ones by hand."""

from __future__ import annotations

import io
import zipfile
import zlib

import docx
from PIL import Image
from pypdf import PdfWriter

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return _saved(document)


def picture(kind: str = "png", size: int = 8) -> bytes:
    return _saved(Image.new("RGB", (size, size), "tomato"), kind)


def _saved(thing: object, *more: object) -> bytes:
    file = io.BytesIO()
    thing.save(file, *more)  # type: ignore[attr-defined]
    return file.getvalue()


def word_of_xml(xml: bytes, name: str = "word/document.xml") -> bytes:
    """Return an archive that has `xml` where a document's text is."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, xml)
    return file.getvalue()


def paragraph(text: str) -> bytes:
    xml = f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'
    return xml.encode()


ENTITIES = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
LAUGHS = f'<!DOCTYPE x [<!ENTITY e0 "ha">{ENTITIES}]>'.encode() + paragraph("&e9;")


def pdf_of(content: bytes, more: bytes = b"") -> bytes:
    """Return a PDF of one page with this content stream, whose dictionary has `more`."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), more, content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        data
        + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (table, len(data))
    )


def pdf(text: str = "Hello from a page") -> bytes:
    return pdf_of(b"BT /F 12 Tf 20 100 Td (%s) Tj ET" % text.encode())


def huge_pdf() -> bytes:
    """Return a small file whose only page has 400 MB."""
    packer = zlib.compressobj(9)
    stream = b"".join(packer.compress(b" " * 4_000_000) for _ in range(100)) + packer.flush()
    return pdf_of(stream, b"/Filter/FlateDecode")


def blank_pdf(password: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
