"""Finished work: what was decided about it and shall reach the provider, and taking it out as files."""
