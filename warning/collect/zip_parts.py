"""The parts of a document that is a ZIP of others (.docx, .ofd, .xlsx), unpacked no further than they may be."""

import io
import zipfile
import zlib
from dataclasses import dataclass

from lxml import etree

from warning.collect.decode import decode
from warning.collect.xml_read import read_xml
from warning.errors import ParseError

MOST_PARTS = 5_000
MAX_PART_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 100_000_000
MAX_READ_BYTES = 60_000_000
MOST_TAGS = 1_500_000
_ENTRY = b"PK\x01\x02"
_BLOCK_BYTES = 1_000_000


@dataclass(slots=True, kw_only=True)
class Parts:
    """What a packed document holds, by name. Sizes are counted as they unpack: what the file says of them may be a lie.

    All that is read of one document shares `room_bytes` and `room_tags`, a part read twice counting twice: a small file
    may name one large part again and again.
    """

    archive: zipfile.ZipFile
    names: frozenset[str]
    room_bytes: int = MAX_READ_BYTES
    room_tags: int = MOST_TAGS

    def part(self, name: str) -> bytes:
        """Return a part. Raises ParseError where it is not there, is damaged, packed in packings or too large."""
        if name not in self.names:
            raise ParseError(f"the file holds no {name}")
        content = b"".join(self._blocks(name, min(MAX_PART_BYTES, self.room_bytes)))
        self.room_bytes -= len(content)
        return content

    def xml(self, name: str) -> etree._Element:
        """Return a part read as XML. Raises ParseError, also for one that defines entities or is nearly all tags."""
        text = decode(self.part(name), "application/xml").text
        self.room_tags -= text.count("<")
        if self.room_tags < 0:
            raise ParseError(f"{name}: over {MOST_TAGS} tags in the file; such files are not read")
        return read_xml(text)

    def whole(self, name: str) -> bytes:
        """Return a part of any size: for one that `refuse_bombs` has let pass, and that is not kept."""
        return b"".join(self._blocks(name, MAX_UNPACKED_BYTES))

    def refuse_bombs(self) -> None:
        """Unpack everything once, keeping nothing, before a library does so. Raises ParseError when it grows too large."""
        room = MAX_UNPACKED_BYTES
        for name in self.names:
            room -= sum(map(len, self._blocks(name, room)))

    def _blocks(self, name: str, most: int) -> list[bytes]:
        blocks, size = [], 0
        try:
            with self.archive.open(name) as packed:
                while block := packed.read(_BLOCK_BYTES):
                    size += len(block)
                    if size > most:
                        raise ParseError(f"{name} unpacks to over {most} bytes")
                    blocks.append(block)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as wrong:
            raise ParseError(f"{name} in the file is damaged or cut off ({wrong})") from wrong
        except RuntimeError as wrong:  # how zipfile says that a password is wanted
            raise ParseError("the file is encrypted and asks for a password") from wrong
        return blocks


def parts_of(body: bytes) -> Parts:
    """Open a packed document. Raises ParseError for what is no ZIP, is cut off, or holds thousands of parts."""
    if body.count(_ENTRY) > MOST_PARTS:
        raise ParseError(f"over {MOST_PARTS} parts: such files are not read")
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
        names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as wrong:
        raise ParseError(f"the file is damaged or cut off ({wrong})") from wrong
    return Parts(archive=archive, names=frozenset(names))
