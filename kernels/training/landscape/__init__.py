"""The loss around the weights of the network that trains."""
