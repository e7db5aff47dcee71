"""What has become of those who were released: read beside each release, and undoing none."""
