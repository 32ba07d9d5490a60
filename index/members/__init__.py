"""Members who watch alike: learned or given clusters, what each over-watches, what it will watch."""
