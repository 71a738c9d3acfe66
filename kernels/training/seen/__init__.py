"""What is seen of a network: what it says, holds and takes for what."""
