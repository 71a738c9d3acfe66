"""The optimizers of torch.optim: their parameters, their schedules, and one update worked out."""
