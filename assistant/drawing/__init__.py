"""Drawing without a model: a canvas, people, lettering and scenery, for the demo and for comps."""
