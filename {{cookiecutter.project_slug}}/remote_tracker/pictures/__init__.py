"""Pictures of where the animals of each video were, thumbnails of them, and sprites of the thumbnails of a day."""
