"""What people read: a scan's summary, the status by day, one video's story. Values in, text out."""
