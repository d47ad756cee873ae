"""The database file: how it is recognised, made, opened, brought up to date, and backed up."""
