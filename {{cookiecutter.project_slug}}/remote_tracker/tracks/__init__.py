"""Where the animals of a video were, frame by frame, read from the results of each tracker."""
