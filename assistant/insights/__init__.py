"""What the artwork of an index says: features and themes that go with lift, graded."""
