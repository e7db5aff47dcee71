"""What keeps an installation well: its machine, rights, retention, documents, servers."""
