"""What runs cost: measured CPU and memory, modelled energy and carbon, and what would cut them."""
