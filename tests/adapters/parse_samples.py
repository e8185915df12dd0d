"""Documents and profiles for the parser tests."""

import io
import os
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from warning.core.documents import Document
from warning.core.sources import SourceProfile, unknown_source

FETCHED_AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def document(
    body: str | bytes, content_type: str = "", url: str = "https://gov.example/list/index.html"
) -> Document:
    return Document(
        source_id="sample",
        url=url,
        body=body.encode() if isinstance(body, str) else body,
        content_type=content_type,
        fetched_at=FETCHED_AT,
        archive_hash="ab" * 32,
    )


def profile(country: str = "CN") -> SourceProfile:
    return unknown_source("sample", "regulatory", country, "zh")


def shared(name: str) -> Path:
    """A file of the real data set, or a skip that says what is missing."""
    path = Path(os.environ.get("EWS_SHARED_DATA", "../shared/data")) / name
    if not path.exists():
        pytest.skip(f"the real data set is not here (EWS_SHARED_DATA): {name}")
    return path


def unpacked(name: str) -> bytes:
    raw = shared(name).read_bytes()
    if not name.endswith(".zst"):
        return raw
    return (
        zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(raw, read_across_frames=True).read()
    )


def members(name: str) -> Iterator[tuple[str, bytes]]:
    """The files of a .tar.zst, by name."""
    with tarfile.open(fileobj=io.BytesIO(unpacked(name))) as archive:
        for member in sorted(archive.getmembers(), key=lambda one: one.name):
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                yield member.name, file.read()
