"""What people decided and what runs came to: rows are withdrawn, never deleted."""
