"""Inside a model: activations, dictionaries of features, probes, geometry and interventions."""

__all__: list[str] = []
