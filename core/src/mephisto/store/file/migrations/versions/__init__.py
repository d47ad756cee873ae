"""One file a migration; each names the one before it, in a single line."""
