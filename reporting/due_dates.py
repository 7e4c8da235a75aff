"""When an annual report is due, and when its draft must be ready. Pure: the day is an argument."""

import calendar
from datetime import date, timedelta

NOTICE = timedelta(days=45)


def due_date(year: int, month: int, day: int) -> date:
    """The day when the report on `year` is due, the year after; the 31st of a shorter month is its last day."""
    following = year + 1
    return date(following, month, min(day, calendar.monthrange(following, month)[1]))


def years_to_prepare(today: date, month: int, day: int) -> list[int]:
    """The years whose draft should exist on `today`: those due within 45 days, and the one due last.

    The last one is there so that a platform stopped during these 45 days still prepares it when it starts again.
    """
    candidates = range(today.year - 3, today.year + 1)
    due = {year: due_date(year, month, day) for year in candidates}
    passed = [year for year in candidates if due[year] < today]
    near = [year for year in candidates if today <= due[year] <= today + NOTICE]
    return [*passed[-1:], *near]
