from .scaling.scaling_fit import ScalingFit as ScalingFit
