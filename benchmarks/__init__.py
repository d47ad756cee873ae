"""The figures that this project holds itself to: `python -m benchmarks [NAME …]`, or `make bench` for all of them.

Server and load run on this one machine, in processes of their own, over loopback. Compare ratios and orders of
magnitude: what one machine does at one time of the day is not what another does.
"""
