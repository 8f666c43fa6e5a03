from .dashboard import dashboard_files as dashboard_files
from .dashboard import dashboard_html as dashboard_html
from .dashboard import page_data as page_data
from .page import report_html as report_html
from .summary import summary as summary
from .summary import title as title
