"""What networks are trained on: parameters of a data set, and the arrays made of them."""
