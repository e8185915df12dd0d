"""`newsboat` reloading in eight threads, without its screen."""

import sqlite3
import subprocess

from measured import asked, rounds


def main() -> None:
    home, urls = asked()
    (home / "urls").write_text("\n".join(urls) + "\n")
    (home / "config").write_text("reload-threads 8\nmax-items 0\n")
    command = [
        "newsboat",
        "-u",
        str(home / "urls"),
        "-C",
        str(home / "config"),
        "-c",
        str(home / "cache.db"),
        "-x",
        "reload",
    ]

    def one_round() -> int:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with sqlite3.connect(home / "cache.db") as database:
            return database.execute("select count(*) from rss_item").fetchone()[0]

    rounds(one_round)


if __name__ == "__main__":
    main()
