from .guarantee.guarantee import Guarantee as Guarantee
from .hidden.steganographic_gap import SteganographicGap as SteganographicGap
from .scaling.oversight_law import OversightLaw as OversightLaw
