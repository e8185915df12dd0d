"""What one poll brought, as it is stored: documents, evidence, and how the source is afterwards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from warning.app.collected import SourceOutcome
from warning.app.detail_pages import Detailed
from warning.app.mail_reading import still_left_out
from warning.app.reading_basis import read_as
from warning.app.source_judgement import EntryBrief, Verdict, judge_document
from warning.app.source_states import answered, newest, news_days
from warning.app.stored_labels import Relabelling
from warning.catalog.sources import SourceSpec
from warning.collect.fetch_values import Fetched
from warning.core.documents import Document, LeftOut, Parsed
from warning.core.evidence import Item
from warning.core.formats import ListingFormat
from warning.core.health import ANNEX_OWED, LEFT_TO_PEOPLE, SourceState
from warning.core.phrases import counted
from warning.core.rhythm import remember
from warning.store.evidence_writer import EvidenceWriter

Settled = tuple[SourceState, SourceOutcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a poll brought: `store` writes it and tells how the source is now; `remember` follows when it is stored.

    `is_news` is false where there is but a state to write down. `relabels` is what of the store is relabelled afterwards.
    """

    store: Callable[[EvidenceWriter], Settled]
    remember: Callable[[], None] = lambda: None
    is_news: bool = True
    relabels: tuple[Relabelling, ...] = ()

    @classmethod
    def nothing(cls, settled: Settled) -> "Findings":
        return cls(store=lambda _: settled, is_news=False)

    def relabelling(self, relabels: Relabelling) -> "Findings":
        """Return what is stored with a state that keeps all labels that may stand, until the store stands under those of now."""

        def store(writer: EvidenceWriter) -> Settled:
            last = writer.last_item_number()
            state, outcome = self.store(writer)
            return relabels.begun(state, last), outcome

        return replace(self, store=store, is_news=True, relabels=(*self.relabels, relabels))

    def relabelling_others(self, others: Sequence[Relabelling]) -> "Findings":
        """Return the same with sources that are not asked themselves: what is stored of them is relabelled too."""

        def store(writer: EvidenceWriter) -> Settled:
            last = writer.last_item_number()
            settled = self.store(writer)
            for one in others:
                state = writer.source_state(one.source_id) or SourceState(source_id=one.source_id)
                writer.save_source_state(one.begun(state, last))
            return settled

        return replace(self, store=store, relabels=(*self.relabels, *others)) if others else self


def archive(writer: EvidenceWriter, document: Document) -> None:
    writer.archive(
        document.body,
        source_id=document.source_id,
        url=document.url,
        content_type=document.content_type,
        fetched_at=document.fetched_at,
    )


def store_read(
    writer: EvidenceWriter,
    spec: SourceSpec,
    parsed: Parsed,
    detailed: Detailed,
    dark_since: datetime | None,
    seen_at: datetime,
    *,
    anew: bool,
) -> SourceOutcome:
    """Store the evidence. With `anew` a list was read in another way than before."""
    listing = replace(parsed.listing, read_anew=anew) if parsed.listing else None
    changes = writer.add_listing(listing, spec.expect.list) if listing else ()
    items = writer.add_items(detailed.items)
    observations = writer.add_observations(parsed.observations, seen_at=seen_at)
    return SourceOutcome(
        source_id=spec.id,
        answer="fresh",
        condition="ok",
        seen=max(parsed.seen, parsed.records),
        items_new=len(items.new),
        items_late=_late(items.new, dark_since),
        items_revised=len(items.revised),
        items_relabelled=items.relabelled,
        observations_new=len(observations.new) + len(observations.revised),
        listing_changes=len(changes),
    )


def succeeded(
    spec: SourceSpec,
    state: SourceState,
    fetched: Fetched,
    parsed: Parsed,
    detailed: Detailed,
    outcome: SourceOutcome,
    briefs: Sequence[EntryBrief],
    now: datetime,
) -> Settled:
    news = outcome.published
    after = replace(
        state,
        newest_at=newest(parsed, state, now),
        last_new_at=now if news or state.last_new_at is None else state.last_new_at,
        items_seen=outcome.seen,
        read_pages=detailed.read_pages,
        news_days=remember(
            state.news_days,
            news_days(spec, parsed, brought_news=bool(news) and state.last_new_at is not None, now=now),
        ),
        late_items=outcome.items_late if state.dark_since else state.late_items,
        left_out=still_left_out(state.left_out, (*parsed.left_out, *detailed.left_out), now),
    )
    verdict = judge_document(spec, parsed, briefs, after, now)
    if detailed.unread and verdict.condition in {"ok", "frozen"}:  # what is new may stand on them
        old = f"; {verdict.cause}" if verdict.condition == "frozen" else ""
        unread = f"{counted(detailed.unread, 'page')} unread"
        verdict = Verdict(condition="partial", cause=f"{unread}: {detailed.cause}{old}")
    elif detailed.owed and verdict.condition == "ok":
        verdict = Verdict(condition="partial", cause=f"{ANNEX_OWED}: {detailed.owed}")
    elif detailed.left_out and verdict.condition == "ok":
        verdict = Verdict(condition="partial", cause=_left_to_people(detailed.left_out))
    before, after = after, answered(spec, after, fetched, verdict, now)
    if isinstance(spec.parse, ListingFormat) and parsed.listing is None:
        # No list was read: the next one is still the first that is read so, or from there.
        reading = read_as(spec, before, is_fresh=False)
        after = replace(
            after, read_as=reading, fetched_url=before.fetched_url, etag="", last_modified="", body_hash=""
        )
    if detailed.unread or detailed.owed:
        # Without a body hash the next poll reads the list again and asks for the pages and annexes still owed.
        after = replace(after, etag="", last_modified="", body_hash="")
    return after, replace(outcome, condition=verdict.condition, cause=verdict.cause)


def _left_to_people(left: Sequence[LeftOut]) -> str:
    others = f" and {len(left) - 1} more" if len(left) > 1 else ""
    return f"{LEFT_TO_PEOPLE} {left[0].name}{others}: {left[0].reason}"


def _late(new: Sequence[object], dark_since: datetime | None) -> int:
    """How many new items appeared while the source could not be read."""
    if dark_since is None:
        return 0
    items = (item for item in new if isinstance(item, Item))
    return sum(item.published_at is None or item.published_at >= dark_since for item in items)
