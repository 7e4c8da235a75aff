from reporting.views.dashboard import dashboard
from reporting.views.indicators import indicator_list
from reporting.views.reports import (
    report_build,
    report_create,
    report_data,
    report_detail,
    report_list,
    report_pdf,
    report_transmit,
)

__all__ = [
    "dashboard",
    "indicator_list",
    "report_build",
    "report_create",
    "report_data",
    "report_detail",
    "report_list",
    "report_pdf",
    "report_transmit",
]
