"""What happens between a configuration and an ended run."""
