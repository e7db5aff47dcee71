"""What happens to them in prison: sentences, stays, movements."""
