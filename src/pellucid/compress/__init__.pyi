from .pareto_clusters import ParetoClusters as ParetoClusters
