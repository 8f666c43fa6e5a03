"""Language models and other modules: sites, activations, labelled texts."""
