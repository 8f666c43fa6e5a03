"""What is known of finite worlds: guarantees, with the vectors that bound what happens."""
