"""Running scenes: step by step without a clock, and live in a thread of its own."""

BUDGET = 512 * 2**20  # bytes that the kept States of a run may take
