"""From a brief to its answer: a match with the index, exemplars, evidence, a suite, scores."""
