"""Findings as self-contained pages: nothing is loaded from elsewhere, nothing is run but what is on the page."""

from .dashboard import dashboard_html, page_data
from .page import report_html
from .summary import summary, title

__all__ = ["dashboard_html", "page_data", "report_html", "summary", "title"]
