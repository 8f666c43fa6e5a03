from .guarantee.guarantee import Guarantee as Guarantee
from .scaling.oversight_law import OversightLaw as OversightLaw
