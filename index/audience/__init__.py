"""Members who watch alike: their clusters, tastes and the audience of a new title."""
