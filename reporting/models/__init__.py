from reporting.models.indicators import Indicator, Measurement, Target
from reporting.models.reports import Report

__all__ = ["Indicator", "Measurement", "Report", "Target"]
