"""Finished work reviewed in the browser: two servers on this machine, one for the review, one for the task's pages."""
