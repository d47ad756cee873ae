"""Import paths of existing run scripts; what they name lives elsewhere."""
