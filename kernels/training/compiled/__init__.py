"""The training step of a tiny network as machine code: many steps in one call, on the CPU."""
