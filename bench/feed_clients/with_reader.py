"""`reader`, all feeds whether due or not, ten at once."""

from measured import asked, rounds
from reader import make_reader


def main() -> None:
    home, urls = asked()
    reader = make_reader(str(home / "reader.sqlite"))
    for url in urls:
        reader.add_feed(url)

    def one_round() -> int:
        reader.update_feeds(workers=10, scheduled=False)
        return reader.get_entry_counts().total

    rounds(one_round)


if __name__ == "__main__":
    main()
