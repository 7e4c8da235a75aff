"""The data of the demonstration: two documented démarches told from public sources, and a fictitious one with its history.

Everything is drawn from fixed seeds and dated from the day of loading: the same day gives the same démarche.
"""
