"""Running scenes: step by step without a clock, and live in a thread of its own."""
