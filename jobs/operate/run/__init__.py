"""One run of a night: its folder, its manifest, what is written down of it, where its files go."""
