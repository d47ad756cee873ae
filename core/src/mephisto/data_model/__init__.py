"""The objects that run scripts work with."""
