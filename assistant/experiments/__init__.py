"""From an open question to its result: plans of tests, outcomes, and how past advice fared."""
