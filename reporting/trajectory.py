"""Where an objective should be today. Pure: dates are arguments.

The trajectory is a straight line from zero on the first day of the démarche to the target on its last one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

TOLERANCE = 0.9  # of what is due: a month's slip is not yet a drift


class Verdict(StrEnum):
    REACHED = "reached"
    ON_TRACK = "on_track"
    BELOW = "below"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Objective:
    """A figure with its target; `target` None when nobody set one."""

    code: str
    label: str
    value: int
    target: int | None
    verdict: Verdict
    due_now: float | None = None  # what the straight line asks for today


def due_value(target: float, starts_on: date, ends_on: date, day: date) -> float:
    """What the line asks for on `day`: 0 before the start, the target from the end on."""
    span = (ends_on - starts_on).days
    if span <= 0:
        return float(target)
    return target * min(1.0, max(0.0, (day - starts_on).days / span))


def judged(code: str, label: str, value: int, target: int | None, starts_on: date | None, ends_on: date | None, day: date):
    """The objective with its verdict; without target or dates, nothing is concluded."""
    if target and value >= target:
        return Objective(code, label, value, target, Verdict.REACHED)
    if not target or starts_on is None or ends_on is None:
        return Objective(code, label, value, target, Verdict.UNKNOWN)
    due = due_value(target, starts_on, ends_on, day)
    verdict = Verdict.ON_TRACK if value >= due * TOLERANCE else Verdict.BELOW
    return Objective(code, label, value, target, verdict, due_now=due)


def monthly_targets(months: Sequence[date], target: int | None, starts_on: date | None, ends_on: date | None) -> list[float]:
    """The line at the end of each month (given by its first day); empty without target or dates."""
    if not target or starts_on is None or ends_on is None:
        return []
    return [round(due_value(target, starts_on, ends_on, _next_month(month)), 2) for month in months]


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
