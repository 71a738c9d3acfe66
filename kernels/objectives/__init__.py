"""What is descended: loss surfaces, analytic, typed and from data, and what is known of them."""
