"""Skills: by which law the tasks of one training run are learnt, and when the rest will be."""
