from .runs.run_diagnosis import RunDiagnosis as RunDiagnosis
from .scaling.scaling_fit import ScalingFit as ScalingFit
