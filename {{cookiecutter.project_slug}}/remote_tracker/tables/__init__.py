"""What each video and each animal is in the tables that people analyse, and what each column means."""
