"""Inside a model: activations, dictionaries of features, probes, geometry and interventions."""

from .attribution_patching import AttributionPatching
from .crosscoder import Crosscoder
from .dictionary_at_site import DictionaryAtSite
from .dictionary_evaluation import DictionaryEvaluation
from .feature_survey import FeatureSurvey
from .geometry.circle_probe import CircleProbe
from .geometry.feature_groups import FeatureGroups
from .geometry.helix_probe import HelixProbe
from .geometry.intermediate import Intermediate
from .layer_effects import LayerDeletion, LayerSwap
from .layer_stages import LayerStages
from .low_rank_adaptation import LowRankAdaptation
from .probes.difference_of_means import DifferenceOfMeans
from .probes.logistic_probe import LogisticProbe
from .probes.multinomial_probe import MultinomialProbe
from .probes.nearest_means import NearestMeans
from .probes.ridge_probe import RidgeProbe
from .probes.sparse_probe import SparseProbe
from .probes.transfer import ProbeTransfer
from .sparse_autoencoders import BatchTopKSAE, GatedSAE, JumpReLUSAE, MatryoshkaSAE, SwitchSAE, TopKSAE
from .transcoder import Transcoder

__all__ = [
    "AttributionPatching",
    "BatchTopKSAE",
    "CircleProbe",
    "Crosscoder",
    "DictionaryAtSite",
    "DictionaryEvaluation",
    "DifferenceOfMeans",
    "FeatureGroups",
    "FeatureSurvey",
    "GatedSAE",
    "HelixProbe",
    "Intermediate",
    "JumpReLUSAE",
    "LayerDeletion",
    "LayerStages",
    "LayerSwap",
    "LogisticProbe",
    "LowRankAdaptation",
    "MatryoshkaSAE",
    "MultinomialProbe",
    "NearestMeans",
    "ProbeTransfer",
    "RidgeProbe",
    "SparseProbe",
    "SwitchSAE",
    "TopKSAE",
    "Transcoder",
]
