"""Properties: laws that hold for whatever Hypothesis draws."""
