from .scaling.oversight_law import OversightLaw as OversightLaw
