"""The linkage model: m and u probabilities, priors, training, quality, packaged models."""
