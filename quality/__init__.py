"""What is true: expectations and the gate that holds deliveries to them."""
