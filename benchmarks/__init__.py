"""What Layerscope is faster than: each speed beside a peer, measured in turn in one run.

``make bench`` runs them all, ``python -m benchmarks NAME`` one of them.
"""
