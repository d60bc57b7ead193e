"""The forms in which frames that are worth labelling are handed to people."""

LABEL_FORMS = ("csv", "slp", "deeplabcut")
