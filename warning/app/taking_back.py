"""A person takes evidence back, or lets it stand again: stored and audited, told to desks by the next round."""

from dataclasses import dataclass

from warning.app.system import System
from warning.core.alerts import Alert
from warning.core.joinable import joinable
from warning.core.withdrawals import Withdrawal, WithdrawalAction, standing_withdrawals, withdrawal_id
from warning.core.withdrawing import holds, without
from warning.errors import ConfigError, EvidenceMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """An alert that rests on the evidence, and how many pieces are left to it when the act has been told."""

    alert: Alert
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    act: Withdrawal
    affected: tuple[Affected, ...]


def take_back(
    system: System, evidence_id: str, action: WithdrawalAction, *, actor: str, reason: str
) -> TakenBack:
    """Store the act. Raises EvidenceMissing for evidence nobody knows, ConfigError without a name or a reason."""
    if not actor.strip() or not reason.strip():
        raise ConfigError("say who takes it back and why: the desks that were told read both")
    now, book = system.clock(), system.book()
    act = Withdrawal(
        id=withdrawal_id(evidence_id, action, now),
        evidence_id=evidence_id,
        source_id=_source_of(system, evidence_id),
        action=action,
        reason=reason.strip(),
        actor=actor.strip(),
        known_at=now,
    )
    resting = system.repository.state_for(joinable(book, (), now, (act,))).open_alerts
    concerned = [alert for alert in resting if holds(alert, evidence_id, book)]
    item = system.repository.find_item(evidence_id)
    if item is None and not concerned:
        raise EvidenceMissing(
            f"no evidence has the id {evidence_id!r}; `warning alerts show KEY --json` lists each alert's evidence_id"
        )
    system.repository.add_withdrawals([act])
    affected = []
    for alert in concerned:
        standing = standing_withdrawals(alert.withdrawn, (act,))
        left = without(alert.whole or alert, standing, book)
        affected.append(Affected(alert=alert, left=left.evidence_total))
    return TakenBack(act=act, affected=tuple(affected))


def _source_of(system: System, evidence_id: str) -> str:
    item = system.repository.find_item(evidence_id)
    return item.source_id if item is not None else ""
