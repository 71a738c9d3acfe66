"""Experiments on gradient descent: races, basins, maps of hyper-parameters, fair tuning."""
