"""The forms in which others load the project: each writes its files under a temporary name and renames them."""
