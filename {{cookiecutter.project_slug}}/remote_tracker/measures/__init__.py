"""The numbers of the report's page: what tracks, records and joined tables say of each video and of each machine."""
