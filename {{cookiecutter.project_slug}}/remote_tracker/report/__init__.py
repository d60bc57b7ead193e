"""The texts that people read: a scan's summary, the status by day, a video's story. Values in, text out."""
