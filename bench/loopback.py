"""What the collecting benches share: stored documents, and a server on loopback that counts its answers."""

import io
import os
import tarfile
from collections import Counter
from collections.abc import Iterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import zstandard
from aiohttp import web

DATA = Path(os.environ.get("EWS_SHARED_DATA", "../shared/data"))


def members(packed: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a .tar.zst, sorted by name."""
    plain = zstandard.ZstdDecompressor().decompressobj().decompress(packed.read_bytes())
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        for member in sorted(tar.getmembers(), key=lambda m: m.name):
            if member.isfile():
                yield member.name, tar.extractfile(member).read()


class Publisher:
    """Serves `served` by name, every second one with an ETag; counts whole answers and 304s."""

    def __init__(self) -> None:
        self.served: dict[str, bytes] = {}
        self.whole: Counter[str] = Counter()
        self.not_modified = 0
        self.port = 0

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/{name}"

    async def answer(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        raw = self.served.get(name)
        if raw is None:
            return web.Response(status=404)
        tag = f'"{sha256(raw).hexdigest()[:16]}"'
        with_tag = sha256(name.encode()).digest()[0] % 2 == 0
        if with_tag and request.headers.get("If-None-Match") == tag:
            self.not_modified += 1
            return web.Response(status=304, headers={"ETag": tag})
        self.whole[name] += 1
        return web.Response(body=raw, headers={"ETag": tag} if with_tag else {})


@asynccontextmanager
async def publishing(publisher: Publisher):
    app = web.Application()
    app.router.add_get("/{name}", publisher.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    publisher.port = runner.addresses[0][1]
    try:
        yield publisher
    finally:
        await runner.cleanup()
