"""The families of figures: in each file the definitions beside what computes them."""
