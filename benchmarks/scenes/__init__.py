"""What goes wrong in a project's life, each as a scene that every tool plays; benchmarks/false_done counts."""
