"""Stand in for DeepLabCut: that it can be imported is all that is asked."""
