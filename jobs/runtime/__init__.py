"""What every room may lean on: settings, errors, files, progress, memory release."""
