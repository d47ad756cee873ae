"""Names of statuses, as existing scripts import them."""
