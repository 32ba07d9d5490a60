"""Reading and writing: pictures, YAML, folders near and far, atomic files."""
