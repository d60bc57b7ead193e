"""Batches: lists of tasks that are pinned on disk, submitted, sealed when they are over, or moved aside."""
