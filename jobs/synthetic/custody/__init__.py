"""What befalls them in prison."""
