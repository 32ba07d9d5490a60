"""What turning one thing alone would do, and how far that can be trusted."""
