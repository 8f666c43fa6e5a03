from .bias_map import BiasMap as BiasMap
from .binary_bins import BinaryBins as BinaryBins
from .pareto_clusters import ParetoClusters as ParetoClusters
