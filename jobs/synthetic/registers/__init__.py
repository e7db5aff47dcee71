"""What the two registers hold on a night, and the truth beside them."""
