"""What the verbs print with --json: a JSON schema for each, made from the classes in forms.py."""
