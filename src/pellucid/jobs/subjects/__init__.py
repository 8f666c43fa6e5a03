"""What a person's words stand for: tables, equations, texts, programs."""
