"""What is measured of weights on photos that they were not trained on."""
