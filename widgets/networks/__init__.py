"""Drawings of networks: neurons as pictures, weights as links."""
