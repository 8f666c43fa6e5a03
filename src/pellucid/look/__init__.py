"""Inside a model: activations, dictionaries of features, probes, geometry and interventions."""

from .dictionaries.crosscoder import Crosscoder
from .dictionaries.dictionary_at_site import DictionaryAtSite
from .dictionaries.dictionary_evaluation import DictionaryEvaluation
from .dictionaries.feature_survey import FeatureSurvey
from .dictionaries.low_rank_adaptation import LowRankAdaptation
from .dictionaries.sparse_autoencoders import BatchTopKSAE, GatedSAE, JumpReLUSAE, MatryoshkaSAE, SwitchSAE, TopKSAE
from .dictionaries.transcoder import Transcoder
from .geometry.circle_probe import CircleProbe
from .geometry.feature_groups import FeatureGroups
from .geometry.helix_probe import HelixProbe
from .geometry.intermediate import Intermediate
from .layers.attribution_patching import AttributionPatching
from .layers.layer_effects import LayerDeletion, LayerSwap
from .layers.layer_stages import LayerStages
from .probes.difference_of_means import DifferenceOfMeans
from .probes.logistic_probe import LogisticProbe
from .probes.multinomial_probe import MultinomialProbe
from .probes.nearest_means import NearestMeans
from .probes.ridge_probe import RidgeProbe
from .probes.sparse_probe import SparseProbe
from .probes.transfer import ProbeTransfer

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
