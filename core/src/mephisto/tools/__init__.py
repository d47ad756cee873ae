"""What run scripts import."""
