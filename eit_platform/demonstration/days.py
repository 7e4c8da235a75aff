"""Dates told from the day of loading, so that the demonstration never grows old."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Days:
    """The calendar of a load: `today` is the day it is done."""

    today: date

    def ago(self, count: int) -> date:
        """The working day `count` days ago, or the Friday before it."""
        return self.working(self.today - timedelta(days=count))

    def ahead(self, count: int) -> date:
        """The day `count` days from now, moved to the Monday after when it falls on a week-end."""
        day = self.today + timedelta(days=count)
        return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day

    def between(self, random: Random, start: date, end: date) -> date:
        """A working day drawn between two days, both included; `start` when they cross."""
        return self.working(start + timedelta(days=random.randint(0, max(0, (end - start).days))), floor=start)

    @staticmethod
    def working(day: date, floor: date | None = None) -> date:
        """The day itself, or the Friday before a week-end; never before `floor`."""
        moved = day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))
        return day if floor is not None and moved < floor else moved

    @staticmethod
    def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
        """An aware time of that day, in the platform's zone."""
        return timezone.make_aware(datetime.combine(day, time(hour, minute)))

    @property
    def start(self) -> date:
        """First day of the fictitious démarche: 35 months before this one."""
        months = self.today.year * 12 + self.today.month - 1 - 35
        return date(months // 12, months % 12 + 1, 1)

    @property
    def end(self) -> date:
        """Its last day: four years, the length of a territorial contract."""
        return date(self.start.year + 4, self.start.month, 1) - timedelta(days=1)
