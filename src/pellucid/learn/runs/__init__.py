"""What a training run is doing: its phase, its times, what is odd about its log, and when it will generalise."""
