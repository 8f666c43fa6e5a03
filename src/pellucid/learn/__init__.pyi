from .complexity.checkpoint_complexity import CheckpointComplexity as CheckpointComplexity
from .runs.phase_survey import PhaseSurvey as PhaseSurvey
from .runs.run_diagnosis import RunDiagnosis as RunDiagnosis
from .runs.run_logger import RunLogger as RunLogger
from .scaling.scaling_fit import ScalingFit as ScalingFit
from .skills.skill_forecast import SkillForecast as SkillForecast
